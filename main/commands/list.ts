/** `list`: the sample guests, a line each. */

import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { readOptions } from '../options.ts';
import { readSamples } from '../samples.ts';
import { UsageError } from '../usage-error.ts';

const help = `usage: astride list [options]

Prints the sample guests, a line each. Any of the names can be given to boot, compare and
disasm.

options:
  --options              also print what each understands on its command line (--append)`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readOptions(argv, { options: { type: 'boolean' } });
  if (positionals.length > 0) throw new UsageError(`list takes no "${positionals[0]}"`);
  const samples = readSamples();
  const width = Math.max(...samples.map(({ name }) => name.length));
  for (const { name, description, options } of samples) {
    await write(io.stdout, `${name.padEnd(width)}  ${description}\n`);
    if (values.has('options')) await write(io.stdout, `${' '.repeat(width)}    ${options}\n`);
  }
  return exitCode.fine;
}

export const command: Command = { summary: 'list the sample guests', help, run };
