/**
 * The compiler and linker of the sample guests, and the flags all of them share.  Builds happen in a scratch folder under
 * names without a path, so that an image is a function of its sources and the compiler, and of nothing else.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from './tree.ts';

export const imagesFolder = join(projectRoot, 'guest-images');

/** An i686 without floating point and without help from a C library; nothing that depends on where or when. */
export const compilerFlags = [
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

/** Calls `work` with a folder that is gone afterwards. */
export function inScratchFolder<T>(work: (scratch: string) => T): T {
  const scratch = mkdtempSync(join(tmpdir(), 'astride-guest-'));
  try {
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Sources of one folder below guest-images, in an order that no file system changes. */
export function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(imagesFolder, folder)).filter((name) => /\.[cS]$/.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** `faults/probe.user.S` becomes `faults-probe.user.o`: the linker script knows ring-3 programs by `.user.o`. */
export const objectOf = (source: string) => source.replaceAll('/', '-').replace(/\.[cS]$/, '.o');

/** Compiles sources to objects in the scratch folder; each finds the headers of its own folder and of these. */
export function compile(
  scratch: string,
  sources: readonly string[],
  headers: readonly string[],
  flags = compilerFlags,
) {
  for (const source of sources) {
    const include = [...headers, dirname(source)].map((folder) => `-I${folder}`);
    tool('gcc', [...flags, ...include, '-c', source, '-o', join(scratch, objectOf(source))]);
  }
  return sources.map(objectOf);
}

/** Links objects of the scratch folder to the file `name` in it. */
export function link(scratch: string, name: string, script: string, objects: readonly string[]): void {
  const how = [...linkerFlags, '--no-warn-rwx-segments', '-T', join(imagesFolder, script)];
  tool('ld', [...how, '-o', name, ...objects], scratch);
}

/** The compiler's own functions: 64-bit division is one. */
export const compilerLibrary = () => tool('gcc', ['-m32', '-print-libgcc-file-name']).trim();
