/**
 * How the bare workloads are compiled.  Every source becomes one object, and the compute objects are linked twice: for
 * the board and as a Linux program, so that the ratio between the two compares engines and not compilers.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstDifference, imagesFolder, tool } from './guest-images.ts';

const bareFolder = join(imagesFolder, 'bare');
const common = ['run.c', 'text.c'];
const platform = { board: ['board-entry.S', 'board.c'], linux: ['linux-entry.S', 'linux.c'] } as const;

export const bareImages = ['compute', 'system'] as const;
export type BareImage = (typeof bareImages)[number];

/** The words after the first line are for the reader of objdump: an i686 with x87 and nothing newer. */
const compilerFlags = [
  ...['-m32', '-march=i686', '-mno-mmx', '-mno-sse', '-mfpmath=387', '-fno-math-errno'],
  ...['-ffreestanding', '-nostdinc', '-std=gnu11', '-O2', '-fno-pic', '-fno-pie', '-fcf-protection=none'],
  ...['-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident', '-fno-tree-loop-distribute-patterns'],
  ...['-Wall', '-Wextra', '-Werror', '-Wa,--fatal-warnings', '-Wa,--noexecstack'],
];
const linkerFlags = ['-m', 'elf_i386', '--build-id=none', '-z', 'noexecstack', '-z', 'max-page-size=4096'];

export const bareImagePath = (name: BareImage) => join(bareFolder, `${name}.elf`);

function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(bareFolder, folder)).filter((name) => /\.[cS]$/.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

const objectOf = (source: string) => `${source.replaceAll('/', '-').replace(/\.[cS]$/, '')}.o`;

/** Compiles and links in a scratch folder. Throws a sentence when a tool is missing or refuses. */
function build(name: BareImage, on: keyof typeof platform): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'astride-bare-'));
  try {
    const sources = [...platform[on], ...common, ...sourcesIn(name)];
    for (const source of sources) {
      tool('gcc', [...compilerFlags, '-c', source, '-o', join(scratch, objectOf(source))], bareFolder);
    }
    // 64-bit division is a function of the compiler's own.
    const division = tool('gcc', ['-m32', '-print-libgcc-file-name']).trim();
    const script = ['--no-warn-rwx-segments', '-T', join(bareFolder, 'bare.ld')];
    tool('ld', [...linkerFlags, ...script, '-o', 'image', ...sources.map(objectOf), division], scratch);
    return readFileSync(join(scratch, 'image'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export const buildBareImage = (name: BareImage): Uint8Array => build(name, 'board');

/** The compute workloads as a program for 32-bit Linux: prints the same line, and its time between the marks on stderr. */
export const buildNativeProgram = (): Uint8Array => build('compute', 'linux');

/** A sentence if the committed image is not what its sources say now. */
export function bareImageDifference(name: BareImage): string | null {
  const at = firstDifference(buildBareImage(name), readFileSync(bareImagePath(name)));
  return at === null
    ? null
    : `guest-images/bare/${name}.elf is not what its sources say, first at byte 0x${at.toString(16)}.`;
}
