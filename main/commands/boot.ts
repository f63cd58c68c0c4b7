/** `boot`: runs guests with their console on this terminal. */

import { summarizeRun } from '../../core/launcher/run-summary.ts';
import { BootSession } from '../boot-session.ts';
import type { Command, CommandIo } from '../command-io.ts';
import { writeWholeFile } from '../files.ts';
import { type RunRequest, readRunRequest } from '../guest-requests.ts';
import { bootOptions, fixedInputsHelp, guestHelp, runHelp } from '../run-options.ts';
import { TraceFile, traceHelp } from '../trace-file.ts';

const help = `usage: astride boot <sample | kernel file> [options] [-- words for the kernel]

Boots a guest with its console on this terminal. Ctrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A.

options of a guest:
${guestHelp}
  --fast-path on|off     the page-fault walker in the Switcher (default on)
  --beside GUEST         run another guest on the same board; options that follow
                         it are its own (may be repeated). Every line of output then starts
                         with its guest's name, and typed input goes to the first guest.

options of the run:
${runHelp}
  --counters FILE        write everything counted to FILE, as JSON
  --trace FILE           write a line for every crossing to FILE

time: while somebody may type, or speak from outside, the guest's clock keeps near ours. Once
input has ended and nobody outside can speak, it is the guest's own: sleeping takes no time.

repeating a run: the same inputs give the same run, counter for counter, and the date and
random numbers are inputs like typed keys. Without --budget they are the real ones;
with --budget ${fixedInputsHelp}

exit code: 0 powered off (or you left), 1 a guest was killed (the reason is on stderr),
2 bad usage or a bad file, 3 time-out, budget spent, or nothing left that could wake the guest.
A guest that restarts boots again, unless --no-reboot makes that an end like powering off.

${traceHelp}`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRunRequest(argv, bootOptions);
  const trace = request.traceFile === null ? null : new TraceFile(request.traceFile);
  try {
    const session = await BootSession.open(request, io, trace);
    const code = await runAndClose(session, io, trace);
    if (request.countersFile !== null) writeWholeFile(request.countersFile, countersJson(session, request));
    return code;
  } finally {
    trace?.close();
  }
}

/** Whatever happens, what the guests were lent is given back, and what they wrote is safe. */
async function runAndClose(session: BootSession, io: CommandIo, trace: TraceFile | null): Promise<number> {
  const lastTask = io.atExit(() => {
    session.close();
    trace?.close();
  });
  try {
    return await session.run();
  } finally {
    lastTask.undo();
    session.close();
  }
}

/** The first guest's counters; its neighbours' under `beside`. */
function countersJson(session: BootSession, request: RunRequest): string {
  const { board, wallSeconds } = session;
  const [first, ...others] = board.machines.map((machine, index) => ({
    guest: machine.name,
    fastPath: request.guests[index].fastPath,
    ...summarizeRun(machine, board.host.clock, wallSeconds),
  }));
  const all = { engine: request.engine, ...first, ...(others.length === 0 ? {} : { beside: others }) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

export const command: Command = { summary: 'boot a guest with its console here', help, run };
