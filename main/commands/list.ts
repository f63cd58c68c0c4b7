/** `list`: the sample guests, a line each. */

import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { readOptions } from '../options.ts';
import { readSamples } from '../samples.ts';
import { UsageError } from '../usage-error.ts';

const help = `usage: astride list

Prints the sample guests, a line each. Any of the names can be given to boot, compare and
disasm.`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { positionals } = readOptions(argv, {});
  if (positionals.length > 0) throw new UsageError(`list takes no "${positionals[0]}"`);
  const samples = readSamples();
  const width = Math.max(...samples.map(({ name }) => name.length));
  for (const sample of samples) await write(io.stdout, `${sample.name.padEnd(width)}  ${sample.description}\n`);
  return exitCode.fine;
}

export const command: Command = { summary: 'list the sample guests', help, run };
