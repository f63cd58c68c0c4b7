/** `disasm`: the Switcher's code or an image's, as a person reads it, with names. */

import { type ElfSymbol, nearestSymbol, readCodeSections, readSymbols } from '../../core/launcher/elf-symbols.ts';
import { readKernelImage } from '../../core/launcher/kernel-image.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { type Code, disassemble } from '../disassembly.ts';
import { imageProblem } from '../guest-requests.ts';
import { type OptionTable, readOptions } from '../options.ts';
import { findImage } from '../samples.ts';
import { switcherListing } from '../switcher-listing.ts';
import { UsageError } from '../usage-error.ts';

const help = `usage: astride disasm <switcher | sample | kernel file> [options]

Prints machine code as Intel-syntax assembly, with symbols where the image has any.

options:
  --symbol NAME          only this one`;

const table: OptionTable = { symbol: { type: 'string' } };

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readOptions(argv, table);
  if (positionals.length !== 1) throw new UsageError('disasm wants one thing to take apart: switcher, or an image');
  const { listings, symbols } = positionals[0] === 'switcher' ? switcherListing() : imageListing(positionals[0]);
  const wanted = values.get('symbol');
  const parts = wanted === undefined ? listings : onlySymbol(wanted, listings, symbols);
  for (const part of parts) {
    for (const page of pages(disassemble(part, symbols))) await write(io.stdout, page);
  }
  return exitCode.fine;
}

const LINES_PER_WRITE = 500;

/** Lines by the hundred, because a write for each is slow. */
function* pages(lines: Iterable<string>): Generator<string> {
  let page: string[] = [];
  for (const line of lines) {
    if (page.push(line) < LINES_PER_WRITE) continue;
    yield `${page.join('\n')}\n`;
    page = [];
  }
  if (page.length > 0) yield `${page.join('\n')}\n`;
}

function imageListing(word: string): { listings: Code[]; symbols: ElfSymbol[] } {
  const image = findImage(word);
  try {
    const { pieces } = readKernelImage(image.bytes);
    const sections = readCodeSections(image.bytes);
    const segments = pieces.filter(({ executable }) => executable);
    const listings = segments.map(({ virtual, bytes }) => ({ address: virtual, bytes }));
    return { listings: sections.length > 0 ? sections : listings, symbols: readSymbols(image.bytes) };
  } catch (error) {
    throw imageProblem(error, image.path);
  }
}

/** From a symbol to where it says it ends, or to the next one. */
function onlySymbol(name: string, listings: readonly Code[], symbols: readonly ElfSymbol[]): Code[] {
  const symbol = symbols.find((one) => one.name === name);
  if (symbol === undefined) throw new UsageError(`there is no symbol "${name}"`);
  const start = symbol.address;
  const listing = listings.find(({ address, bytes }) => start >= address && start < address + bytes.length);
  if (listing === undefined) throw new UsageError(`"${name}" is not code`);
  const last = nearestSymbol(symbols, start);
  const next = symbols[symbols.indexOf(last!) + 1]?.address ?? Number.POSITIVE_INFINITY;
  const end = symbol.size > 0 ? start + symbol.size : next;
  const offset = start - listing.address;
  return [{ address: start, bytes: listing.bytes.subarray(offset, end - listing.address) }];
}

export const command: Command = { summary: "take the Switcher's or an image's code apart", help, run };
