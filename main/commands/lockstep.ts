/** `lockstep`: the same machine on two engines at once, up to the first instruction after which they differ. */

import { type EngineName, engines } from '../../core/x86/board.ts';
import { readBareImage } from '../bare-board.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { readEngine, usualEngine } from '../engine-option.ts';
import { readRunWords } from '../guest-requests.ts';
import { bareReplay } from '../lockstep/bare-replay.ts';
import { findFirstDifference, outcome, type Replay } from '../lockstep/first-difference.ts';
import { guestReplay, type ReplayTerms } from '../lockstep/guest-replay.ts';
import { differenceReport } from '../lockstep/report.ts';
import { usualTerms } from '../lockstep/twin-board.ts';
import { type OptionTable, readOptions, seconds, wholeNumber } from '../options.ts';
import { fixedInputsHelp, guestHelp, lockstepOptions, runHelp } from '../run-options.ts';
import { UsageError } from '../usage-error.ts';

const help = `usage: astride lockstep <sample | kernel file> [options] [-- words for the kernel]
       astride lockstep --bare <multiboot file> [options]

Runs a guest, or a bare program, on two boards at once that differ in their engine alone, and
compares them: every register with its hidden parts, the x87, everything counted, and, less
often, all of memory. At the first difference it runs the same again, and again, up to the first
instruction after which they differ, and prints the way there and both states side by side.
Nobody types anything, and what the guest prints is not shown.

options of the guest:
${guestHelp}
  --fast-path on|off     the page-fault walker in the Switcher (default on)

options of the run:
${runHelp}
  --reference NAME       the engine that is believed (default ${engines[0]})
  --step N               compare registers after so many instructions (default ${usualTerms.step})
  --memory-step N        compare memory after so many (default ${usualTerms.memoryStep})
An engine that works ahead may err only in a long step, or only in a short one: try both.

With --bare only --append, --memory, --timeout, --budget and the engines' options apply.
The inputs of a guest: ${fixedInputsHelp}

exit code: 0 the engines agree, 1 they differ, 2 bad usage or a bad file, 3 time-out.`;

const bareTable: OptionTable = {
  bare: { type: 'string' },
  ...Object.fromEntries(
    ['append', 'memory', 'timeout', 'budget', 'engine', 'reference', 'step', 'memory-step'].map(
      (name) => [name, { type: 'string' }] as const,
    ),
  ),
};

interface Order {
  readonly replay: (terms: ReplayTerms) => Replay;
  readonly values: ReadonlyMap<string, string>;
}

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { replay, values } = argv.some((word) => /^--bare(=|$)/.test(word)) ? bareOrder(argv) : guestOrder(argv, io);
  const [one, other] = enginesOf(values);
  const count = (name: string, usual: number) => {
    const text = values.get(name);
    return text === undefined ? usual : wholeNumber(`--${name}`, text, 1);
  };
  const watch = new Watch(io, values.get('timeout'));
  const terms = { one, other, goesOn: (instructions: number) => watch.goesOn(instructions) };
  const [step, memoryStep] = [count('step', usualTerms.step), count('memory-step', usualTerms.memoryStep)];
  return await runLockstep(replay({ ...terms, step, memoryStep }), { one, other }, watch, io);
}

function enginesOf(values: ReadonlyMap<string, string>): [EngineName, EngineName] {
  const [reference, engine] = [values.get('reference'), values.get('engine')];
  return [
    reference === undefined ? engines[0] : readEngine(reference),
    engine === undefined ? usualEngine() : readEngine(engine),
  ];
}

function guestOrder(argv: readonly string[], io: CommandIo): Order {
  const { request, values } = readRunWords(argv, lockstepOptions);
  const report = (sentence: string) => io.stderr.write(`astride: ${sentence}\n`);
  return { replay: (terms) => guestReplay(request, terms, report), values };
}

function bareOrder(argv: readonly string[]): Order {
  const { values, positionals } = readOptions(argv, bareTable);
  if (positionals.length > 0) throw new UsageError(`lockstep --bare takes one file: what is "${positionals[0]}"?`);
  const image = readBareImage(values.get('bare') ?? '', values.get('append') ?? '', values.get('memory'));
  const budget = values.get('budget');
  const instructions = budget === undefined ? null : wholeNumber('--budget', budget, 1);
  return { replay: (terms) => bareReplay(image, instructions, terms), values };
}

async function runLockstep(
  replay: Replay,
  names: { one: EngineName; other: EngineName },
  watch: Watch,
  io: CommandIo,
): Promise<number> {
  const parted = await outcome(replay, {});
  watch.erase();
  if (parted === null) {
    const how = watch.timeIsUp ? ' so far; stopped, as --timeout asked' : '';
    await write(io.stdout, `${names.one} and ${names.other} agree${how}: ${watch.instructions} instructions\n`);
    return watch.timeIsUp ? exitCode.stopped : exitCode.fine;
  }
  io.stderr.write(`astride: ${parted.message}; running again to find where\n`);
  const found = await findFirstDifference(replay, parted);
  watch.erase();
  const report =
    found === null ? 'the difference does not come back when it runs again\n' : differenceReport(found, names);
  await write(io.stdout, report);
  return exitCode.killed;
}

/** Carriage return, erase to the end of the line (ECMA-48 EL). */
const LINE_START = '\r\x1b[K';
const SHOWN_EVERY_MS = 200;

/** The clock on the wall, and a line for a person who waits. */
class Watch {
  instructions = 0;
  private readonly io: CommandIo;
  private readonly deadline: number;
  private shownAt: number;

  constructor(io: CommandIo, timeout: string | undefined) {
    this.io = io;
    this.shownAt = io.now();
    this.deadline =
      timeout === undefined ? Number.POSITIVE_INFINITY : this.shownAt + seconds('--timeout', timeout) * 1000;
  }

  get timeIsUp(): boolean {
    return this.io.now() >= this.deadline;
  }

  async goesOn(instructions: number): Promise<boolean> {
    const { io } = this;
    this.instructions = instructions;
    if (io.stderr.isTTY && io.now() - this.shownAt >= SHOWN_EVERY_MS) {
      this.shownAt = io.now();
      io.stderr.write(`${LINE_START}${(instructions / 1e6).toFixed(1)} million instructions`);
    }
    await io.breathe();
    return !this.timeIsUp;
  }

  erase(): void {
    if (this.io.stderr.isTTY) this.io.stderr.write(LINE_START);
  }
}

export const command: Command = { summary: 'run a machine on two engines, and find where they differ', help, run };
