/**
 * What the file alone says about a kernel, without unpacking or running anything.  It also answers for files that cannot
 * be booted here but are kernels all the same: someone who asks what a 64-bit vmlinux is deserves better than "no".
 */

import { elf, elfHeader, looksLikeElf } from '../elf.ts';
import { readSymbols } from '../elf-symbols.ts';
import { type KernelImage, readKernelImage } from '../kernel-image.ts';
import { holds, recordAt } from '../record.ts';
import { type Fact, fact } from './fact.ts';
import { findBanner } from './linux-banner.ts';
import { type Payload, readSetupHeader } from './setup-header.ts';

export interface StaticFacts {
  readonly format: 'ELF' | 'bzImage';
  readonly fileBytes: number;
  readonly bits: Fact<32 | 64>;
  /** As the kernel names itself: release first, then who built it and when. */
  readonly version: Fact<string> | null;
  /** Boot protocol; bzImage only. */
  readonly protocol: string | null;
  readonly payload: Payload | null;
  /** What the header wants for unpacking and first steps; bzImage only. */
  readonly initialBytes: number | null;
  /** Whether Linux's symbols have lguest's entry among them; null without Linux's symbols. */
  readonly lguestSymbol: boolean | null;
  /** What can be loaded; null for a 64-bit ELF file. */
  readonly image: KernelImage | null;
}

/** Linux's own names: its first C function, and the one lguest's entry jumps to (lguest-abi §1). */
const linuxSymbols = { start: 'start_kernel', lguest: 'lguest_init' } as const;
const MACHINE_X86_64 = 62;

/** Reads what can be read; throws ImageError for what is no kernel of an x86, or is broken. */
export function readStaticFacts(file: Uint8Array): StaticFacts {
  if (isElf64(file)) return { ...elfFacts(file, [file]), bits: fact(64, 'header'), image: null };
  const image = readKernelImage(file);
  if (image.format === 'bzImage') {
    return { format: 'bzImage', fileBytes: file.length, ...readSetupHeader(file), lguestSymbol: null, image };
  }
  const pieces = image.pieces.map(({ bytes }) => bytes);
  return { ...elfFacts(file, pieces), bits: fact(32, 'header'), image };
}

/** An executable for the 64-bit x86. Its header agrees with the 32-bit one in every field asked for here. */
function isElf64(file: Uint8Array): boolean {
  if (!looksLikeElf(file) || !holds(file, 0, elfHeader.bytes)) return false;
  const header = recordAt(file, 0, elfHeader);
  if (header('class') !== elf.class64 || header('encoding') !== elf.littleEndian) return false;
  return header('machine') === MACHINE_X86_64 && header('type') === elf.executable;
}

function elfFacts(file: Uint8Array, pieces: readonly Uint8Array[]) {
  const banner = pieces.map(findBanner).find((text) => text !== null) ?? null;
  return {
    format: 'ELF',
    fileBytes: file.length,
    version: banner === null ? null : fact(banner, 'file'),
    protocol: null,
    payload: null,
    initialBytes: null,
    lguestSymbol: lguestSymbol(file),
  } as const;
}

function lguestSymbol(file: Uint8Array): boolean | null {
  const names = new Set(readSymbols(file).map(({ name }) => name));
  return names.has(linuxSymbols.start) ? names.has(linuxSymbols.lguest) : null;
}
