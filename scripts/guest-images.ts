/**
 * How the sample guests are compiled: which sources make which image, with which flags.  Builds happen in a scratch
 * folder under names without a path, so that an image is a function of its sources and the compiler, and of nothing else.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './tree.ts';

export const imagesFolder = join(projectRoot, 'guest-images');
/** Names the compiler that made the committed images. */
export const toolchainFile = join(imagesFolder, 'toolchain.txt');

export interface GuestRecipe {
  readonly name: string;
  /** Folders below guest-images whose sources are linked, in this order. */
  readonly folders: readonly string[];
  readonly linkerScript: string;
}

export const guestRecipes: readonly GuestRecipe[] = [
  { name: 'hello', folders: ['hello'], linkerScript: 'hello/hello.ld' },
  { name: 'faults', folders: ['common', 'faults'], linkerScript: 'common/guest.ld' },
  { name: 'trouble', folders: ['common', 'trouble'], linkerScript: 'common/guest.ld' },
];

/** An i686 without floating point and without help from a C library; nothing that depends on where or when. */
const compilerFlags = [
  ...['-m32', '-march=i686', '-mgeneral-regs-only', '-ffreestanding', '-nostdinc', '-std=gnu11', '-O2', '-fno-pic'],
  ...['-fno-pie', '-fcf-protection=none', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident'],
  // A loop that fills memory must not be turned into a call of the very function it is the body of.
  ...['-fno-tree-loop-distribute-patterns', '-fno-isolate-erroneous-paths-dereference'],
  ...['-Wall', '-Wextra', '-Werror', '-Wa,--fatal-warnings', '-Wa,--noexecstack'],
];
const linkerFlags = ['-m', 'elf_i386', '--build-id=none', '-z', 'noexecstack', '-z', 'max-page-size=4096'];

/** Runs a tool; answers what it printed, or throws a sentence. */
export function tool(command: string, parameters: readonly string[], folder = imagesFolder): string {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8', cwd: folder });
  if (error) throw new Error(`${command} does not run (${error.message}); the sample guests need gcc and binutils`);
  if (status !== 0) throw new Error(`${command} fails: ${stderr.trim()}`);
  return stdout;
}

/** The compiler and linker at hand, in the form of toolchain.txt; throws a sentence where there is none. */
export function toolchain(): string {
  const binutils = /(\d+(?:\.\d+)+)\s*$/m.exec(tool('ld', ['--version']).split('\n')[0]);
  return `gcc ${tool('gcc', ['-dumpfullversion']).trim()}, binutils ${binutils?.[1] ?? 'unknown'}\n`;
}

const imageOf = (name: string) => `${name}/${name}.elf`;
export const imagePath = (name: string) => join(imagesFolder, imageOf(name));

/** Sources of one folder, in an order that no file system changes. */
function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(imagesFolder, folder)).filter((name) => /\.[cS]$/.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** `faults/probe.user.S` becomes `faults-probe.user.o`: the linker script knows ring-3 programs by `.user.o`. */
const objectOf = (source: string) => source.replace('/', '-').replace(/\.[cS]$/, '.o');

/** Compiles and links one guest. Throws a sentence when a tool is missing or refuses. */
export function buildGuest({ folders, linkerScript }: GuestRecipe): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'astride-guest-'));
  try {
    const sources = folders.flatMap(sourcesIn);
    for (const source of sources) {
      const include = ['-Icommon', `-I${source.split('/')[0]}`];
      tool('gcc', [...compilerFlags, ...include, '-c', source, '-o', join(scratch, objectOf(source))]);
    }
    const script = join(imagesFolder, linkerScript);
    tool(
      'ld',
      [...linkerFlags, '--no-warn-rwx-segments', '-T', script, '-o', 'image', ...sources.map(objectOf)],
      scratch,
    );
    return readFileSync(join(scratch, 'image'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The byte at which two images part, or null if they are the same. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number | null {
  const shorter = Math.min(one.length, other.length);
  const at = one.subarray(0, shorter).findIndex((byte, index) => byte !== other[index]);
  if (at >= 0) return at;
  return one.length === other.length ? null : shorter;
}

/** A sentence if the committed image of a guest is not what its sources say now. */
export function imageDifference(recipe: GuestRecipe): string | null {
  const fresh = buildGuest(recipe);
  let committed: Uint8Array;
  try {
    committed = readFileSync(imagePath(recipe.name));
  } catch {
    return `guest-images/${imageOf(recipe.name)} is missing.`;
  }
  const at = firstDifference(fresh, committed);
  if (at === null) return null;
  return `guest-images/${imageOf(recipe.name)} is not what its sources say, first at byte 0x${at.toString(16)}.`;
}
