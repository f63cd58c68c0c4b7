/**
 * `npm run -s astride -- <command>`: runs a command line on this process's own terminal.  The rest of the program never
 * touches `process`; whatever happens, the terminal is given back as it was found.
 */

import { setImmediate as nextTurn, setTimeout as timer } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type CommandIo, exitCode } from './command-io.ts';
import { makeCompilerPatient } from './patient-compiler.ts';
import { processorTime } from './processor-time.ts';
import { ownMistake, runCommand } from './run-command.ts';

const lastTasks = new Set<() => void>();

const io: CommandIo = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => performance.now(),
  date: () => Date.now(),
  processorTime,
  // Rounded up, because a sleeper woken a little early only goes to sleep again; being woken on purpose is no error.
  sleep: (ms, signal) => timer(Math.ceil(ms), undefined, { signal }).catch(() => {}),
  breathe: () => nextTurn(),
  atExit(task) {
    lastTasks.add(task);
    return { undo: () => lastTasks.delete(task) };
  },
};

const wasTerminal = process.stdin.isTTY;
process.on('exit', () => {
  if (wasTerminal) process.stdin.setRawMode(false);
  for (const task of lastTasks) {
    try {
      task();
    } catch (error) {
      process.stderr.write(`astride: a mistake of our own: ${ownMistake(error)}\n`);
    }
  }
});
const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
for (const [signal, number] of Object.entries(signals)) process.on(signal, () => process.exit(128 + number));
process.on('uncaughtException', (error) => {
  process.stderr.write(`astride: a mistake of our own: ${ownMistake(error)}\n`);
  process.exit(exitCode.gaveUp);
});
// The reader went away (`… | head`): there is nobody left to write to, and that is no error.
process.stdout.on('error', () => process.exit(0));

makeCompilerPatient(process.versions.v8, setFlagsFromString);
const code = await runCommand(process.argv.slice(2), io);
// The exit code is a byte, so `bare` may ask for more than there is.
process.stdout.write('', () => process.exit(code & 0xff));
