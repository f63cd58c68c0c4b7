/**
 * Names for a kernel's addresses: from its own symbol table, or from a System.map that lies beside it, as distributions
 * and kernel builds leave them.  A kernel without either simply has none.
 */

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ElfSymbol, readSymbols } from '../../core/launcher/elf-symbols.ts';

/** `path` is where the kernel lies, `file` what is in it. */
export function kernelSymbols(path: string, file: Uint8Array): readonly ElfSymbol[] {
  const own = readSymbols(file);
  if (own.length > 0) return own;
  const map = mapBeside(path);
  if (map === null) return [];
  try {
    return readSystemMap(readFileSync(map, 'utf8'));
  } catch {
    return []; // not ours to read
  }
}

/** The System.map that goes with the kernel at `path`, or null. */
export function mapBeside(path: string): string | null {
  const candidates = mapNames(basename(path)).map((name) => join(dirname(path), name));
  return candidates.find((map) => existsSync(map)) ?? null;
}

/** The kernel's own first: vmlinuz-4.10.0 goes with System.map-4.10.0, and lab.bzImage with lab.System.map. */
function mapNames(kernel: string): string[] {
  const version = /-(.+)$/.exec(kernel)?.[1];
  const own = [`${kernel}.map`, `${kernel.replace(/\.[^.]+$/, '')}.System.map`];
  return [...(version === undefined ? [] : [`System.map-${version}`]), ...own, 'System.map'];
}

/** Lines of `c1000000 T _text`. Absolute symbols (a) are constants, not places. */
const mapLine = /^([0-9a-f]{8}) ([b-zB-Z]) (\S+)$/gm;

export function readSystemMap(text: string): ElfSymbol[] {
  const symbols = [...text.matchAll(mapLine)].map(([, address, , name]) => ({
    name,
    address: Number.parseInt(address, 16),
    size: 0,
  }));
  return symbols.sort((one, other) => one.address - other.address);
}
