/**
 * How puppy is built: its programs, packed with a few plain files into a cpio archive, and a kernel with that archive
 * inside.  The kernel is linked twice, for the names of its functions are known only afterwards, and an oops wants them.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveEntry, cpioArchive } from './cpio-archive.ts';
import {
  compile,
  compilerFlags,
  compilerLibrary,
  imagesFolder,
  inScratchFolder,
  link,
  sourcesIn,
  tool,
} from './guest-compiler.ts';
import { filesUnder } from './tree.ts';

/** A backtrace follows frame pointers. */
const kernelFlags = [...compilerFlags, '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls'];
/** What of the library a program does not use is left out by the linker. */
const programFlags = [...compilerFlags, '-ffunction-sections', '-fdata-sections'];

/** Of the common sources, all but the console and the clock: puppy's can do more. */
const commonSources = ['entry.S', 'host.c', 'memory.c', 'options.c', 'start.c', 'text.c', 'trap-entry.S', 'traps.c'];

const DIRECTORY_MODE = 0o040755;
const PROGRAM_MODE = 0o100755;
const FILE_MODE = 0o100644;
const emptyFolders = ['bin', 'dev', 'etc', 'mnt', 'proc', 'tmp'];

/** `user/ls.c` is the program `ls`, and so would be all of `user/ls/`. */
function programs(): { name: string; sources: string[] }[] {
  const alone = sourcesIn('puppy/user').map((source) => ({ name: nameOf(source), sources: [source] }));
  const folders = readdirSync(join(imagesFolder, 'puppy/user'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
    .map(({ name }) => ({ name, sources: sourcesIn(`puppy/user/${name}`) }));
  return [...alone, ...folders].filter(({ sources }) => sources.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files have hyphens in their names where lmbench's programs have underscores. */
const nameOf = (source: string) =>
  source
    .replace(/^.*\//, '')
    .replace(/\.[cS]$/, '')
    .replaceAll('-', '_');

/** All programs, linked and stripped, as they lie in the archive. */
function buildPrograms(scratch: string): ArchiveEntry[] {
  const library = compile(scratch, sourcesIn('puppy/user/lib'), [], programFlags);
  return programs().map(({ name, sources }) => {
    const objects = compile(scratch, sources, ['puppy/user/lib'], programFlags);
    const all = ['--gc-sections', '--strip-all', ...objects, ...library, compilerLibrary()];
    link(scratch, `program-${name}`, 'puppy/user/program.ld', all);
    return { path: `bin/${name}`, mode: PROGRAM_MODE, bytes: readFileSync(join(scratch, `program-${name}`)) };
  });
}

function plainFiles(): ArchiveEntry[] {
  const root = join(imagesFolder, 'puppy/root');
  return filesUnder(root, ['']).map((path) => ({ path, mode: FILE_MODE, bytes: readFileSync(join(root, path)) }));
}

function buildArchive(scratch: string): Uint8Array {
  const folders = emptyFolders.map((path) => ({ path, mode: DIRECTORY_MODE, bytes: new Uint8Array(0) }));
  return cpioArchive([...folders, ...buildPrograms(scratch), ...plainFiles()]);
}

/** Function names by address as assembly: a word for each address, then the names in the same order. */
function symbolTable(scratch: string, image: string | null): string {
  const lines = image === null ? [] : tool('nm', ['-n', image], scratch).split('\n');
  const found = lines.map((line) => /^([0-9a-f]{8}) [tT] (\w+)$/.exec(line)).filter((match) => match !== null);
  const addresses = found.map(([, address]) => `.long 0x${address}`);
  const names = found.map(([, , name]) => `.asciz "${name}"`);
  const marks = ['.section .symbols, "a"', '.globl symbol_addresses, symbol_names', 'symbol_addresses:'];
  return [...marks, ...addresses, '.long 0', 'symbol_names:', ...names, '.byte 0', ''].join('\n');
}

/** Assembles text of our own making. */
function assemble(scratch: string, name: string, text: string): string {
  writeFileSync(join(scratch, `${name}.s`), `${text}\n.section .note.GNU-stack, "", @progbits\n`);
  tool('as', ['--32', `${name}.s`, '-o', `${name}.o`], scratch);
  return `${name}.o`;
}

const embeddedArchive = `.section .initrd, "a"
.globl initrd_start, initrd_end
initrd_start: .incbin "initrd"
initrd_end:`;

/** Throws a sentence when a tool is missing or refuses. */
export function buildPuppy(): Uint8Array {
  return inScratchFolder((scratch) => {
    writeFileSync(join(scratch, 'initrd'), buildArchive(scratch));
    const common = commonSources.map((name) => `common/${name}`);
    const sources = [...common, ...sourcesIn('puppy/kernel')];
    const objects = compile(scratch, sources, ['common', 'puppy/kernel'], kernelFlags);
    objects.push(assemble(scratch, 'initrd-inside', embeddedArchive));
    const linkWith = (image: string, symbols: string) => {
      const all = [...objects, assemble(scratch, 'symbols', symbols), compilerLibrary()];
      link(scratch, image, 'puppy/kernel/puppy.ld', all);
    };
    linkWith('nameless', symbolTable(scratch, null));
    linkWith('image', symbolTable(scratch, 'nameless'));
    return readFileSync(join(scratch, 'image'));
  });
}
