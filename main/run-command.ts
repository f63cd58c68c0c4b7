/**
 * The command line.  Finds the command, answers --help, and turns everything that went wrong into one sentence on
 * stderr and an exit code; a stack trace is shown to nobody who did not ask for it.
 */

import { ImageError } from '../core/launcher/image-error.ts';
import { type Command, type CommandIo, exitCode, write } from './command-io.ts';
import { command as bare } from './commands/bare.ts';
import { command as boot } from './commands/boot.ts';
import { command as compare } from './commands/compare.ts';
import { command as disasm } from './commands/disasm.ts';
import { command as inspect } from './commands/inspect.ts';
import { command as list } from './commands/list.ts';
import { command as lockstep } from './commands/lockstep.ts';
import { UsageError } from './usage-error.ts';

const commands: Readonly<Record<string, Command>> = { list, boot, compare, inspect, bare, disasm, lockstep };

/** Runs one command line (without the program's name) and returns its exit code. Never throws. */
export async function runCommand(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ImageError) {
      io.stderr.write(`astride: ${error.message}\n`);
      return exitCode.usage;
    }
    io.stderr.write(`astride: a mistake of our own: ${ownMistake(error)}\n`);
    return exitCode.gaveUp;
  }
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await write(name === undefined ? io.stderr : io.stdout, overview());
    return name === undefined ? exitCode.usage : exitCode.fine;
  }
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`there is no command "${name}"; there are ${Object.keys(commands).join(', ')}`);
  }
  const command = commands[name];
  if (asksForHelp(rest)) {
    await write(io.stdout, `${command.help}\n`);
    return exitCode.fine;
  }
  return command.run(rest, io);
}

/** Behind a bare `--` words are for the kernel. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const ours = end < 0 ? argv : argv.slice(0, end);
  return ours.includes('--help') || ours.includes('-h');
}

function overview(): string {
  const lines = ['usage: astride <command> [options]', '', 'commands:'];
  for (const [name, command] of Object.entries(commands)) lines.push(`  ${name.padEnd(9)} ${command.summary}`);
  lines.push('', 'astride <command> --help says more.', '');
  return lines.join('\n');
}

/** One line of what broke; all of it only for someone who set ASTRIDE_TRACES. */
export function ownMistake(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.ASTRIDE_TRACES === undefined ? error.message : String(error.stack);
}
