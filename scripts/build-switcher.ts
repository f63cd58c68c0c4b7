/**
 * Assembles the Switcher into core/switcher/switcher-image.ts, so that core needs neither a file nor an assembler.
 * With --check it writes nothing: it builds again in a scratch folder and says, a sentence each, what differs.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SWITCHER_ADDRESS } from '../core/agreement/page-tables.ts';
import { assemblerOffsets } from './switcher-offsets.ts';
import { projectRoot } from './tree.ts';

const folder = join(projectRoot, 'core/switcher');
const products = { offsets: 'offsets.generated.S', image: 'switcher-image.ts' } as const;
const sources = ['switcher.S', 'nmi.S', 'walker.S'];

/** Runs a tool of GNU binutils; answers what it printed, or throws a sentence. */
function tool(command: string, parameters: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (error) throw new Error(`${command} does not run (${error.message}); the Switcher needs GNU binutils to be built`);
  if (status !== 0) throw new Error(`${command} fails: ${stderr.trim()}`);
  return stdout;
}

interface Build {
  readonly bytes: Uint8Array;
  readonly symbols: readonly (readonly [string, number])[];
}

/** Assembles `offsets` and the sources in a scratch folder. */
function assemble(offsets: string): Build {
  const scratch = mkdtempSync(join(tmpdir(), 'astride-switcher-'));
  try {
    for (const name of sources) writeFileSync(join(scratch, name), readFileSync(join(folder, name)));
    writeFileSync(join(scratch, products.offsets), offsets);
    const [object, linked, flat] = ['switcher.o', 'switcher.elf', 'switcher.bin'].map((name) => join(scratch, name));
    tool('as', ['--32', '--fatal-warnings', '-I', scratch, '-o', object, join(scratch, sources[0])]);
    const start = `0x${SWITCHER_ADDRESS.toString(16)}`;
    const place = ['-Ttext', start, '-e', start];
    tool('ld', ['-m', 'elf_i386', ...place, '-o', linked, object]);
    tool('objcopy', ['-O', 'binary', '-j', '.text', linked, flat]);
    return { bytes: readFileSync(flat), symbols: symbolsOf(tool('nm', ['-n', linked])) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Text symbols only, without the linker's own; by address. */
function symbolsOf(listing: string): [string, number][] {
  const found = [...listing.matchAll(/^([0-9a-f]+) [tT] (\w+)$/gm)];
  return found
    .map(([, address, name]): [string, number] => [name, Number.parseInt(address, 16)])
    .sort(([one, at], [other, place]) => at - place || (one < other ? -1 : 1));
}

const BYTES_PER_LINE = 56;
const SYMBOLS_PER_LINE = 4;

/** The whole of core/switcher/switcher-image.ts. */
function imageModule({ bytes, symbols }: Build): string {
  const hex = Buffer.from(bytes).toString('hex');
  const lines = hex.match(new RegExp(`.{1,${BYTES_PER_LINE * 2}}`, 'g')) ?? [];
  const named = symbols.map(([name, at]) => `${name}: 0x${at.toString(16)},`);
  const rows = named.flatMap((_, at) =>
    at % SYMBOLS_PER_LINE === 0 ? [`  ${named.slice(at, at + SYMBOLS_PER_LINE).join(' ')}`] : [],
  );
  const stubs = symbols.find(([name]) => name === 'stub_1')?.[1] ?? 0;
  const first = symbols.find(([name]) => name === 'stub_0')?.[1] ?? 0;
  return `/**
 * The Switcher's machine code and symbols, made by scripts/build-switcher.ts from the sources beside it; do not edit.
 * \`npm run rebuild\` makes it again; a test fails if it is not what the sources say.
 */

/** Distance of one vector's stub from the next. */
export const STUB_BYTES = ${stubs - first};

/** Linear addresses, in order. */
// biome-ignore format: a table
export const switcherSymbols = {
${rows.join('\n')}
} as const;

// biome-ignore format: machine code
const code = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');

/** A fresh copy of the code, to be placed at SWITCHER_ADDRESS. */
export function switcherCode(): Uint8Array {
  return Uint8Array.from({ length: code.length / 2 }, (_, at) => Number.parseInt(code.slice(at * 2, at * 2 + 2), 16));
}
`;
}

function committed(name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}

/** Sentences on how the committed products differ from what the sources say now. */
function differences(offsets: string, image: string): string[] {
  const found: string[] = [];
  for (const [name, fresh] of [
    [products.offsets, offsets],
    [products.image, image],
  ]) {
    const [was, is] = [committed(name).split('\n'), fresh.split('\n')];
    const line = is.findIndex((text, at) => text !== was[at]);
    if (line >= 0 || was.length !== is.length) {
      found.push(
        `core/switcher/${name} is not what its sources say, first at line ${(line < 0 ? is.length : line) + 1}.`,
      );
    }
  }
  return found;
}

function main(): number {
  const check = process.argv.includes('--check');
  const offsets = assemblerOffsets();
  const build = assemble(offsets);
  const image = imageModule(build);
  if (check) {
    const found = differences(offsets, image);
    for (const sentence of found) console.error(sentence);
    return found.length === 0 ? 0 : 1;
  }
  writeFileSync(join(folder, products.offsets), offsets);
  writeFileSync(join(folder, products.image), image);
  console.log(`core/switcher: ${build.bytes.length} bytes, ${build.symbols.length} symbols.`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
