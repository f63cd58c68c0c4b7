/** `compare`: the same guest twice, the fast path off and then on, and what that changed. */

import { type CompareOptions, type CompareProgress, type Comparison, compare } from '../../core/launcher/compare.ts';
import { type AddedLines, addedLines } from '../added-lines.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { CompareSides } from '../compare-sides.ts';
import { comparisonTable } from '../comparison-table.ts';
import { writeWholeFile } from '../files.ts';
import { imageProblem, type RunRequest, readRunRequest } from '../guest-requests.ts';
import { ProgressBar } from '../progress-bar.ts';
import { compareOptions, fixedInputsHelp, guestHelp, runHelp } from '../run-options.ts';
import { traceHelp } from '../trace-file.ts';

const help = `usage: astride compare <sample | kernel file> [options] [-- words for the kernel]

Runs a guest twice from the same start, the fast path (the page-fault walker in the Switcher)
off and then on, and prints one table of what it changed. Nobody types anything in either.

options of the guest:
${guestHelp}

options of the run:
${runHelp}
  --counters FILE        write the --json object to FILE as well
  --trace FILE           write a line for every crossing to FILE.off and FILE.on
  --json                 print one object {engine, off, on, identicalOutput, addedLines, gains}

Both runs get the same inputs: ${fixedInputsHelp}
What the guest writes to disks is forgotten at the end of each.

A guest's clock counts all instructions, the Switcher's too, and the fast path has fewer of
them: a guest that prints the time prints two. For Linux, --append "quiet printk.time=0" and a
program that does not look at the clock give the same output on both sides.

exit code: 0 fine, 1 a guest was killed or the outputs differ, 2 bad usage or a bad file,
3 time-out, budget spent, or a guest that nothing could wake.

${traceHelp}`;

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRunRequest(argv, compareOptions);
  const lines = addedLines();
  const comparison = await runBoth(request, io, lines);
  if (comparison === null) {
    io.stderr.write(`astride: stopped after ${request.timeoutSeconds} seconds, as --timeout asked\n`);
    return exitCode.stopped;
  }
  const json = `${JSON.stringify({ engine: request.engine, ...comparison }, null, 2)}\n`;
  if (request.countersFile !== null) writeWholeFile(request.countersFile, json);
  await write(io.stdout, request.json ? json : comparisonTable(titleOf(request), comparison, lines));
  return conclude(comparison, io);
}

async function runBoth(request: RunRequest, io: CommandIo, lines: AddedLines): Promise<Comparison | null> {
  const sides = await CompareSides.open(request, {
    sides: ['off', 'on'],
    today: io.date(),
    report: (side, sentence) => io.stderr.write(`astride: fast path ${side}: ${sentence}\n`),
  });
  const lastTask = io.atExit(() => sides.close());
  try {
    return await drive({ ...sides.options(() => io.now()), addedLines: lines.code }, request, io);
  } finally {
    lastTask.undo();
    sides.close();
  }
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
    if (summary.end === 'power off' || summary.end === 'restart') continue;
    const why = summary.end === 'killed' ? `was killed: ${summary.reason}` : 'did not come to its end';
    io.stderr.write(`astride: with the fast path ${side} the guest ${why}\n`);
  }
  if (off.end === 'running' || on.end === 'running') return exitCode.stopped;
  return identicalOutput && off.end !== 'killed' && on.end !== 'killed' ? exitCode.fine : exitCode.killed;
}

export const command: Command = { summary: 'run a guest with the fast path off and on, and compare', help, run };
