/**
 * The things a test may want that a machine need not have: a 32-bit compiler, a processor that runs 32-bit programs,
 * a shelf of Linux kernels, a maker of file systems, a browser, Electron with a display.  A test that wants one says so and is skipped by name where it is
 * missing; where ASTRIDE_REQUIRE lists the extra (the build machine's way of saying "it must be here"), missing it is a
 * failure.
 *
 *     describe.skipIf(!available('compiler'))('the blob rebuilds to the same bytes', () => { … });
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programIn } from '../main/fronts/find-electron.ts';
import { findBrowser } from './end-to-end/find-browser.ts';

export type Extra = 'compiler' | 'native32' | 'kernels' | 'mke2fs' | 'browser' | 'electron';

const probes: Record<Extra, () => string> = {
  compiler: probeCompiler,
  native32: probeNative32,
  kernels: probeKernels,
  mke2fs: () => complaint('mke2fs', 'mke2fs', ['-V']),
  browser: probeBrowser,
  electron: probeElectron,
};
const answers = new Map<Extra, string>();

/** Whether the machine has this extra. Says so on stderr, once, when it does not; throws when it had to. */
export function available(name: Extra): boolean {
  const asked = answers.has(name);
  const why = whyMissing(name);
  if (why === '') return true;
  if (requiredExtras(process.env.ASTRIDE_REQUIRE).includes(name)) {
    throw new Error(`ASTRIDE_REQUIRE asks for "${name}", and it is missing: ${why}`);
  }
  if (!asked) process.stderr.write(`skipping what needs "${name}": ${why}\n`);
  return false;
}

/** What keeps this extra from being here, as a clause; the empty string when nothing does. */
export function whyMissing(name: Extra): string {
  let why = answers.get(name);
  if (why === undefined) {
    why = probes[name]();
    answers.set(name, why);
  }
  return why;
}

/** The extras a comma-separated wish names. A name nobody knows is an error: a typing slip must not hide a skip. */
export function requiredExtras(wish: string | undefined): Extra[] {
  const names = (wish ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map(knownExtra);
}

function knownExtra(name: string): Extra {
  if (!Object.hasOwn(probes, name)) throw new Error(`ASTRIDE_REQUIRE names "${name}", which is not an extra`);
  return name as Extra; // the keys of `probes` are exactly the extras
}

/** GNU as for 32 bits, and a gcc that can take C all the way to a linked 32-bit program. */
function probeCompiler(): string {
  return inScratchFolder((folder) => {
    writeFileSync(join(folder, 'one.s'), 'nop\n');
    writeFileSync(join(folder, 'one.c'), 'int main(void) { return 0; }\n');
    return (
      complaint('as --32', 'as', ['--32', '-o', join(folder, 'one.o'), join(folder, 'one.s')]) ||
      complaint('gcc -m32', 'gcc', ['-m32', '-o', join(folder, 'one'), join(folder, 'one.c')])
    );
  });
}

/** Runs a program of ours rather than a compiled one, so that this answer does not depend on the other. */
function probeNative32(): string {
  if (process.platform !== 'linux') return `${process.platform} is not Linux`;
  return inScratchFolder((folder) => {
    const program = join(folder, 'exit-with-zero');
    writeFileSync(program, smallestElf32(), { mode: 0o755 });
    return complaint('a 32-bit program', program, []);
  });
}

function probeKernels(): string {
  const folder = process.env.ASTRIDE_KERNELS;
  if (!folder) return 'ASTRIDE_KERNELS names no folder of lguest-capable kernels';
  return existsSync(folder) ? '' : `ASTRIDE_KERNELS names ${folder}, which does not exist`;
}

function probeBrowser(): string {
  const found = findBrowser();
  return 'missing' in found ? found.missing : '';
}

/** The program is not run here: without arguments it opens a window, and it wants a display for anything. */
function probeElectron(): string {
  const dist = process.env.ASTRIDE_ELECTRON;
  if (!dist) return 'ASTRIDE_ELECTRON names no folder of an Electron';
  if (!existsSync(programIn(dist, process.platform))) return `ASTRIDE_ELECTRON names ${dist}, and no Electron is there`;
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return '';
  return complaint('Xvfb', 'Xvfb', ['-help']);
}

function inScratchFolder(probe: (folder: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'astride-extras-'));
  try {
    return probe(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function complaint(what: string, command: string, parameters: string[]): string {
  const { error, status, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (error) return `${what} does not run (${error.message})`;
  return status === 0 ? '' : `${what} fails (${stderr.trim().split('\n').pop()})`;
}

/**
 * A whole i386 Linux program in 91 bytes: an ELF header (52), one program header (32) that maps the file at its
 * address, and seven bytes of code: exit(0).
 */
function smallestElf32(): Uint8Array {
  const code = [0x31, 0xdb, 0x8d, 0x43, 0x01, 0xcd, 0x80]; // xor ebx, ebx; lea eax, [ebx + 1]; int 0x80
  const [address, headers] = [0x08048000, 52 + 32];
  const bytes = new Uint8Array(headers + code.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]); // magic, 32-bit, little-endian, version 1
  [2, 3].forEach((value, i) => {
    view.setUint16(16 + 2 * i, value, true); // an executable, for the 386
  });
  [1, address + headers, 52].forEach((value, i) => {
    view.setUint32(20 + 4 * i, value, true); // version, entry, where the program header is
  });
  [52, 32, 1].forEach((value, i) => {
    view.setUint16(40 + 2 * i, value, true); // sizes of both headers, and one of the second
  });
  [1, 0, address, address, bytes.length, bytes.length, 5, 4096].forEach((value, i) => {
    view.setUint32(52 + 4 * i, value, true); // load, from 0, to address (twice), sizes, readable and executable
  });
  bytes.set(code, headers);
  return bytes;
}
