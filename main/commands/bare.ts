/** `bare`: the processor alone, under a multiboot kernel. */

import type { Ground, GroundExit } from '../../core/agreement/ground.ts';
import type { EngineName } from '../../core/x86/board.ts';
import { type BareImage, bareMemory, loadBare, newBareBoard, readBareImage } from '../bare-board.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { engineHelp, engineOption, readEngine, usualEngine } from '../engine-option.ts';
import { type Mark, MarkedPorts } from '../marked-ports.ts';
import { type OptionTable, readOptions, seconds, wholeNumber } from '../options.ts';
import { UsageError } from '../usage-error.ts';

const { usualMiB, leastMiB, mostMiB } = bareMemory;
/** A time-out is noticed this often. */
const SLICE_INSTRUCTIONS = 10_000_000;

const help = `usage: astride bare <multiboot file> [options]

Runs the processor alone: no guest, no Switcher. The file is a multiboot 1 kernel; it starts in
flat protected mode with a command line and a memory map. What it writes to the serial port at
0x3F8 appears on stdout; a byte v written to port 0xF4 ends the run with exit code (v << 1) | 1.
There is a local APIC (no timer, no other processors) for programs that interrupt themselves,
and QEMU's fw_cfg at port 0x510, which knows the memory size and that there is one processor.
At the end, the instructions executed and the wall time are on stderr.

options:
  --append TEXT          add to the command line, behind the file's name
  --memory MIB           this much memory, ${leastMiB} to ${mostMiB} MiB (default ${usualMiB})
  --timeout SECONDS      stop after this long on the wall clock
  --budget INSTRUCTIONS  stop after exactly this many instructions
  --marks                say on stderr what it took from one byte written to port 0xE9 to the
                         next: instructions, and processor time of this process
${engineHelp}

exit code: (v << 1) | 1 from port 0xF4, else 0 halted with nothing left to wake it, 2 bad usage
or a bad file, 3 time-out or budget spent, 4 a triple fault or something this processor does
not do.`;

const table: OptionTable = {
  append: { type: 'string' },
  memory: { type: 'string' },
  timeout: { type: 'string' },
  budget: { type: 'string' },
  marks: { type: 'boolean' },
  ...engineOption,
};

interface BareRequest {
  readonly engine: EngineName;
  readonly image: BareImage;
  readonly timeoutSeconds: number;
  readonly budgetInstructions: number;
  readonly marks: boolean;
}

function readRequest(argv: readonly string[]): BareRequest {
  const { values, positionals } = readOptions(argv, table);
  if (positionals.length !== 1) throw new UsageError('bare wants one multiboot file; see bare --help');
  const [timeout, budget, engine] = ['timeout', 'budget', 'engine'].map((name) => values.get(name));
  return {
    engine: engine === undefined ? usualEngine() : readEngine(engine),
    image: readBareImage(positionals[0], values.get('append') ?? '', values.get('memory')),
    timeoutSeconds: timeout === undefined ? Number.POSITIVE_INFINITY : seconds('--timeout', timeout),
    budgetInstructions: budget === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--budget', budget, 1),
    marks: values.has('marks'),
  };
}

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRequest(argv);
  const serial = new SerialSink(io);
  const board = newBareBoard(request.image, request.engine);
  loadBare(board, request.image, (byte) => serial.put(byte));
  const marked = request.marks ? new MarkedPorts(board, board.ports, io.processorTime) : null;
  if (marked) board.ports = marked;
  const start = io.now();
  const exit = await runBoard(board, request, io, serial);
  const wallSeconds = (io.now() - start) / 1000;
  for (const mark of marked?.marks ?? []) io.stderr.write(`${describe(mark)}\n`);
  io.stderr.write(`${endOf(exit, board)}${board.instructions} instructions in ${wallSeconds.toFixed(3)} s\n`);
  return exit === 'time out' ? exitCode.stopped : codeOf(exit);
}

function describe({ value, instructions, mainSeconds, otherSeconds }: Mark): string {
  const others = otherSeconds === null ? '' : `, and ${otherSeconds.toFixed(3)} s in other threads`;
  return `mark ${value} after ${instructions} instructions, ${mainSeconds.toFixed(3)} s of processor time${others}`;
}

type BareExit = GroundExit | 'time out';

async function runBoard(board: Ground, request: BareRequest, io: CommandIo, serial: SerialSink): Promise<BareExit> {
  const deadline = io.now() + request.timeoutSeconds * 1000;
  for (;;) {
    const left = request.budgetInstructions - board.instructions;
    const exit = board.run(Math.min(SLICE_INSTRUCTIONS, left));
    await serial.flush();
    if (exit.why !== 'budget spent') return exit;
    if (board.instructions >= request.budgetInstructions) return exit;
    if (io.now() >= deadline) return 'time out';
    await io.breathe();
  }
}

/** A sentence where the program itself did not choose the end. */
function endOf(exit: BareExit, board: Ground): string {
  if (exit === 'time out') return 'astride: stopped, as --timeout asked\n';
  const eip = `0x${board.registers.eip.toString(16)}`;
  switch (exit.why) {
    case 'stopped':
      return '';
    case 'halted':
      return `astride: halted before ${eip}, with nothing left to wake it\n`;
    case 'budget spent':
      return `astride: stopped at ${eip}, as --budget asked\n`;
    case 'shut down':
      return `astride: the processor shut down at ${eip}: ${exit.reason}\n`;
    case 'not supported':
      return `astride: at ${eip}: ${exit.what}\n`;
    default:
      return exit satisfies never;
  }
}

function codeOf(exit: GroundExit): number {
  if (exit.why === 'stopped') return exit.code;
  if (exit.why === 'halted') return exitCode.fine;
  return exit.why === 'budget spent' ? exitCode.stopped : exitCode.gaveUp;
}

/** Collects serial output and writes it between slices, or when there is much of it. */
class SerialSink {
  private readonly io: CommandIo;
  private bytes: number[] = [];

  constructor(io: CommandIo) {
    this.io = io;
  }

  put(byte: number): void {
    this.bytes.push(byte);
  }

  async flush(): Promise<void> {
    if (this.bytes.length === 0) return;
    const chunk = Uint8Array.from(this.bytes);
    this.bytes = [];
    await write(this.io.stdout, chunk);
  }
}

export const command: Command = { summary: 'run the processor alone, under a multiboot file', help, run };
