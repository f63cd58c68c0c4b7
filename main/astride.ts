/**
 * `npm run -s astride -- <command>`: runs a command line on this process's own terminal.  The rest of the program never
 * touches `process`; whatever happens, the terminal is given back as it was found.
 */

import { setImmediate as nextTurn, setTimeout as timer } from 'node:timers/promises';
import type { CommandIo } from './command-io.ts';
import { runCommand } from './run-command.ts';

const io: CommandIo = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => performance.now(),
  sleep: (ms, signal) => timer(ms, undefined, { signal }).catch(() => {}), // woken early is not an error
  breathe: () => nextTurn(),
};

if (process.stdin.isTTY) {
  process.on('exit', () => process.stdin.setRawMode(false));
  const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
  for (const [signal, number] of Object.entries(signals)) process.on(signal, () => process.exit(128 + number));
}
// The reader went away (`… | head`): there is nobody left to write to, and that is no error.
process.stdout.on('error', () => process.exit(0));

const code = await runCommand(process.argv.slice(2), io);
// The exit code is a byte, so `bare` may ask for more than there is.
process.stdout.write('', () => process.exit(code & 0xff));
