/** `bare`: the processor alone, under a multiboot kernel. */

import { basename } from 'node:path';
import type { Ground, GroundExit } from '../../core/agreement/ground.ts';
import { MIB } from '../../core/launcher/load-guest.ts';
import { loadMultiboot, readMultiboot } from '../../core/launcher/multiboot.ts';
import { BarePorts } from '../../core/launcher/serial-port.ts';
import { createBoard, type EngineName, engines } from '../../core/x86/board.ts';
import { type Command, type CommandIo, exitCode, write } from '../command-io.ts';
import { readWholeFile } from '../files.ts';
import { imageProblem } from '../guest-requests.ts';
import { type OptionTable, readOptions, seconds, wholeNumber } from '../options.ts';
import { UsageError } from '../usage-error.ts';

const DEFAULT_MEMORY_MIB = 128;
const SMALLEST_MEMORY_MIB = 2;
const LARGEST_MEMORY_MIB = 2048;
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
  --memory MIB           this much memory, ${SMALLEST_MEMORY_MIB} to ${LARGEST_MEMORY_MIB} MiB (default ${DEFAULT_MEMORY_MIB})
  --timeout SECONDS      stop after this long on the wall clock
  --budget INSTRUCTIONS  stop after exactly this many instructions
  --engine NAME          which engine executes (${engines.join(', ')})

exit code: (v << 1) | 1 from port 0xF4, else 0 halted with nothing left to wake it, 2 bad usage
or a bad file, 3 time-out or budget spent, 4 a triple fault or something this processor does
not do.`;

const table: OptionTable = {
  append: { type: 'string' },
  memory: { type: 'string' },
  timeout: { type: 'string' },
  budget: { type: 'string' },
  engine: { type: 'string' },
};

interface BareRequest {
  readonly engine: EngineName;
  readonly path: string;
  readonly append: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly budgetInstructions: number;
}

function readRequest(argv: readonly string[]): BareRequest {
  const { values, positionals } = readOptions(argv, table);
  if (positionals.length !== 1) throw new UsageError('bare wants one multiboot file; see bare --help');
  const [memory, timeout, budget] = ['memory', 'timeout', 'budget'].map((name) => values.get(name));
  const memoryMiB = memory === undefined ? DEFAULT_MEMORY_MIB : wholeNumber('--memory', memory, 0);
  if (memoryMiB < SMALLEST_MEMORY_MIB || memoryMiB > LARGEST_MEMORY_MIB) {
    throw new UsageError(
      `a bare board has from ${SMALLEST_MEMORY_MIB} to ${LARGEST_MEMORY_MIB} MiB of memory, not ${memoryMiB}`,
    );
  }
  return {
    engine: readEngine(values.get('engine') ?? engines[0]),
    path: positionals[0],
    append: values.get('append') ?? '',
    memoryMiB,
    timeoutSeconds: timeout === undefined ? Number.POSITIVE_INFINITY : seconds('--timeout', timeout),
    budgetInstructions: budget === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--budget', budget, 1),
  };
}

function readEngine(name: string): EngineName {
  const engine = engines.find((one) => one === name);
  if (engine === undefined) throw new UsageError(`there is no engine "${name}"; there is ${engines.join(', ')}`);
  return engine;
}

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const request = readRequest(argv);
  const file = readWholeFile(request.path);
  const serial = new SerialSink(io);
  const board = loadBoard(request, file, serial);
  const start = io.now();
  const exit = await runBoard(board, request, io, serial);
  const wallSeconds = (io.now() - start) / 1000;
  io.stderr.write(`${endOf(exit, board)}${board.instructions} instructions in ${wallSeconds.toFixed(3)} s\n`);
  return exit === 'time out' ? exitCode.stopped : codeOf(exit);
}

function loadBoard(request: BareRequest, file: Uint8Array, serial: SerialSink): Ground {
  try {
    const image = readMultiboot(file);
    const board = createBoard({ ramBytes: request.memoryMiB * MIB, engine: request.engine, localApic: true });
    loadMultiboot(board, image, `${basename(request.path)} ${request.append}`.trimEnd());
    board.ports = new BarePorts((byte) => serial.put(byte), board.memory.size);
    return board;
  } catch (error) {
    throw imageProblem(error, request.path);
  }
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
