/** `inspect`: what is this kernel, and would it run here? */

import { type KernelFacts, kernelFacts } from '../../core/launcher/kernel-facts/kernel-facts.ts';
import { checkMemoryMiB } from '../../core/launcher/load-guest.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { engineHelp, engineOption, readEngine, usualEngine } from '../engine-option.ts';
import { factsTable } from '../facts-table.ts';
import { readWholeFile } from '../files.ts';
import { imageProblem } from '../guest-requests.ts';
import { newHost } from '../new-host.ts';
import { type OptionTable, readOptions, wholeNumber } from '../options.ts';
import { DEFAULT_MEMORY_MIB } from '../run-options.ts';
import { findImage, type NamedImage } from '../samples.ts';
import { UsageError } from '../usage-error.ts';

/** Room for a kernel of ten megabytes to unpack itself with the slowest of compressions. */
const DEFAULT_BUDGET = 4_000_000_000;

const help = `usage: astride inspect <sample | kernel file> [options]

Says what a kernel is: format, version, whether it was built as an lguest guest (and if not,
what to enable), where it looks for its devices, how large it is, and what would go where in
memory. What its headers do not say is asked of the kernel itself: it is run on a board of its
own, without devices, until it says LGUEST_INIT or ends. Each fact says where it was found.

options:
  --initrd FILE          plan for this initial RAM disk, too
  --memory MIB           plan for this much memory (default ${DEFAULT_MEMORY_MIB}, or what it needs)
  --budget INSTRUCTIONS  give up after this many; 0 does not run it (default 4 000 million)
${engineHelp}
  --json                 print one object with everything known; what is not known is null

exit code: 0 there was something to say, be it "no", 2 bad usage, or a file that is no kernel.`;

const table: OptionTable = {
  initrd: { type: 'string' },
  memory: { type: 'string' },
  budget: { type: 'string' },
  ...engineOption,
  json: { type: 'boolean' },
};

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readOptions(argv, table);
  if (positionals.length !== 1) throw new UsageError('inspect wants one kernel: a file, or the name of a sample');
  const image = findImage(positionals[0]);
  const facts = await drive(factsOf(image, values), image, io);
  const text = values.has('json') ? `${JSON.stringify(facts, null, 2)}\n` : factsTable(image.path, facts);
  await write(io.stdout, text);
  return exitCode.fine;
}

function factsOf(image: NamedImage, values: ReadonlyMap<string, string>) {
  const [initrd, memory, budget] = ['initrd', 'memory', 'budget'].map((name) => values.get(name) ?? null);
  const named = values.get('engine');
  const engine = named === undefined ? usualEngine() : readEngine(named);
  const memoryMiB = memory === null ? null : wholeNumber('--memory', memory, 0);
  if (memoryMiB !== null) checkMemoryMiB(memoryMiB);
  return kernelFacts({
    file: image.bytes,
    initrd: initrd === null ? null : readWholeFile(initrd),
    memoryMiB,
    usualMiB: DEFAULT_MEMORY_MIB,
    newHost: (guestMiB) => newHost([guestMiB], { engine }),
    budgetInstructions: budget === null ? DEFAULT_BUDGET : wholeNumber('--budget', budget, 0),
  });
}

/** Carriage return, erase to the end of the line (ECMA-48 EL). */
const LINE_START = '\r\x1b[K';
const SHOWN_EVERY_MS = 200;

/** Runs the trial, and tells a person who waits for it that it goes on. */
async function drive(
  steps: Generator<number, KernelFacts, void>,
  image: NamedImage,
  io: CommandIo,
): Promise<KernelFacts> {
  const watched = io.stderr.isTTY === true;
  let shownAt = io.now();
  for (;;) {
    const step = nextStep(steps, image);
    if (step.done) {
      if (watched) io.stderr.write(LINE_START);
      return step.value;
    }
    if (watched && io.now() - shownAt >= SHOWN_EVERY_MS) {
      shownAt = io.now();
      io.stderr.write(`${LINE_START}asking the kernel: ${(step.value / 1e6).toFixed(0)} million instructions`);
    }
    await io.breathe();
  }
}

function nextStep(steps: Generator<number, KernelFacts, void>, image: NamedImage) {
  try {
    return steps.next();
  } catch (error) {
    throw imageProblem(error, image.path);
  }
}

export const command: Command = { summary: 'say what a kernel is, and whether it would run here', help, run };
