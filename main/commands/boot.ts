/** `boot`: runs guests with their console on this terminal. */

import { summarizeRun } from '../../core/launcher/run-summary.ts';
import { BootSession } from '../boot-session.ts';
import type { Command, CommandIo } from '../command-io.ts';
import { writeWholeFile } from '../files.ts';
import { bootOptions, type RunRequest, readRunRequest, sharedHelp } from '../guest-requests.ts';
import { TraceFile, traceHelp } from '../trace-file.ts';

const help = `usage: astride boot <sample | kernel file> [options] [-- words for the kernel]

Boots a guest with its console on this terminal. Ctrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A.

options:
${sharedHelp}
  --fast-path on|off     the page-fault walker in the Switcher (default on)
  --counters FILE        write everything counted to FILE, as JSON
  --trace FILE           write a line for every crossing to FILE
  --beside GUEST         run another guest on the same board; options that follow
                         it are its own (may be repeated). Every line of output then starts
                         with its guest's name, and typed input goes to the first guest.

exit code: 0 powered off (or you left), 1 a guest was killed (the reason is on stderr),
2 bad usage or a bad file, 3 time-out, budget spent, or nothing left that could wake the guest.

${traceHelp}`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRunRequest(argv, bootOptions);
  const trace = request.traceFile === null ? null : new TraceFile(request.traceFile);
  try {
    const session = new BootSession(request, io, trace);
    const code = await session.run();
    if (request.countersFile !== null) writeWholeFile(request.countersFile, countersJson(session, request));
    return code;
  } finally {
    trace?.close();
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
  const all = others.length === 0 ? first : { ...first, beside: others };
  return `${JSON.stringify(all, null, 2)}\n`;
}

export const command: Command = { summary: 'boot a guest with its console here', help, run };
