/** `compare`: the same guest twice, the fast path off and then on, and what that changed. */

import {
  type CompareOptions,
  type CompareProgress,
  type Comparison,
  compare,
  type Side,
} from '../../core/launcher/compare.ts';
import { type AddedLines, addedLines } from '../added-lines.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { comparisonTable } from '../comparison-table.ts';
import { writeWholeFile } from '../files.ts';
import { compareOptions, imageProblem, type RunRequest, readRunRequest, sharedHelp } from '../guest-requests.ts';
import { newHost } from '../new-host.ts';
import { ProgressBar } from '../progress-bar.ts';
import { TraceFile, traceHelp } from '../trace-file.ts';

const help = `usage: astride compare <sample | kernel file> [options] [-- words for the kernel]

Runs a guest twice from the same start, the fast path (the page-fault walker in the Switcher)
off and then on, and prints one table of what it changed. Nobody types anything in either.

options:
${sharedHelp}
  --counters FILE        write the --json object to FILE as well
  --trace FILE           write a line for every crossing to FILE.off and FILE.on
  --json                 print one object {off, on, identicalOutput, addedLines, gains}

exit code: 0 fine, 1 a guest was killed or the outputs differ, 2 bad usage or a bad file,
3 time-out, budget spent, or a guest that nothing could wake.

${traceHelp}`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRunRequest(argv, compareOptions);
  const lines = addedLines();
  const traces: TraceFile[] = [];
  const comparison = await drive(optionsFor(request, io, lines, traces), request, io).finally(() => {
    for (const trace of traces) trace.close();
  });
  if (comparison === null) {
    io.stderr.write(`astride: stopped after ${request.timeoutSeconds} seconds, as --timeout asked\n`);
    return exitCode.stopped;
  }
  const json = `${JSON.stringify(comparison, null, 2)}\n`;
  if (request.countersFile !== null) writeWholeFile(request.countersFile, json);
  await write(io.stdout, request.json ? json : comparisonTable(titleOf(request), comparison, lines));
  return conclude(comparison, io);
}

function optionsFor(request: RunRequest, io: CommandIo, lines: AddedLines, traces: TraceFile[]): CompareOptions {
  const [{ image, initrd, commandLine, memoryMiB }] = request.guests;
  const freshHost = (side: Side) => {
    if (request.traceFile === null) return newHost([memoryMiB]);
    const trace = new TraceFile(`${request.traceFile}.${side}`);
    traces.push(trace);
    return newHost([memoryMiB], { onCrossing: trace.write });
  };
  return {
    freshHost,
    name: image.name,
    image: image.bytes,
    initrd,
    commandLine,
    memoryMiB,
    budgetInstructions: request.budgetInstructions,
    now: () => io.now(),
    addedLines: lines.code,
  };
}

/** Runs the comparison, a bar drawn and the time-out watched between slices; null when time ran out. */
async function drive(options: CompareOptions, request: RunRequest, io: CommandIo): Promise<Comparison | null> {
  const deadline = io.now() + (request.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const bar = new ProgressBar(io);
  const run = compare(options);
  try {
    for (;;) {
      const step = nextStep(run, request);
      if (step.done) return step.value;
      if (io.now() >= deadline) return null;
      bar.show(step.value);
      await io.breathe();
    }
  } finally {
    bar.erase();
  }
}

function nextStep(run: Generator<CompareProgress, Comparison, void>, request: RunRequest) {
  try {
    return run.next();
  } catch (error) {
    throw imageProblem(error, request.guests[0].image.path);
  }
}

function titleOf({ guests: [{ image, commandLine, memoryMiB }] }: RunRequest): string {
  const words = commandLine === '' ? '' : ` "${commandLine}"`;
  return `${image.name}${words}, ${memoryMiB} MiB: the same start twice`;
}

function conclude({ off, on, identicalOutput }: Comparison, io: CommandIo): number {
  for (const [side, summary] of Object.entries({ off, on })) {
    if (summary.end === 'power off') continue;
    const why = summary.end === 'killed' ? `was killed: ${summary.reason}` : 'did not come to its end';
    io.stderr.write(`astride: with the fast path ${side} the guest ${why}\n`);
  }
  if (off.end === 'running' || on.end === 'running') return exitCode.stopped;
  return identicalOutput && off.end !== 'killed' && on.end !== 'killed' ? exitCode.fine : exitCode.killed;
}

export const command: Command = { summary: 'run a guest with the fast path off and on, and compare', help, run };
