/**
 * A Linux guest with a shell, in this process and without a keyboard: what is typed arrives when the guest has nothing
 * left to do but wait for it, so that two engines are told the same things at the same instruction.
 */

import { readFileSync } from 'node:fs';
import { boardBytesFor, createHost } from '../../core/host/host.ts';
import { LARGEST_DEVICE_BYTES } from '../../core/launcher/device-faces.ts';
import { MIB } from '../../core/launcher/load-guest.ts';
import type { Machine } from '../../core/launcher/machine.ts';
import { MachineBoard } from '../../core/launcher/machine-board.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { type ProcessorTime, processorTime, timeBetween } from '../../main/processor-time.ts';

export interface Kernel {
  readonly path: string;
  readonly initrd: string;
  /** Another file of the same kernel goes on from there. */
  readonly bootOnly: boolean;
}

/** What a piece of a guest's life cost. */
export interface Piece extends ProcessorTime {
  readonly instructions: number;
  readonly roundTrips: number;
}

const MEMORY_MIB = 64;
/** How finely a piece's begin and end are seen: half a millisecond of the interpreter. */
const SLICE_INSTRUCTIONS = 50_000;
/** Nothing here takes this long. */
const LONGEST_PIECE = 50_000_000_000;
const PROMPT = /(?:^|[\r\n])[^\r\n]*[#$] $/;
/** Busybox asks its terminal where the cursor is, and gets no answer from us. */
const CURSOR_QUESTION = '\u001b[6n';

interface Now extends ProcessorTime {
  readonly instructions: number;
  readonly roundTrips: number;
}

export class LinuxGuest {
  private readonly board: MachineBoard;
  private readonly machine: Machine;
  private console = '';
  private lines = 0;

  /** Throws a sentence or ImageError if it cannot be loaded. */
  constructor(kernel: Kernel, engine: EngineName, words = '') {
    const size = { memoryBytes: MEMORY_MIB * MIB, deviceBytes: LARGEST_DEVICE_BYTES };
    const guest = { name: 'linux', ...size, fastPath: true };
    this.board = new MachineBoard(createHost(createBoard({ ramBytes: boardBytesFor([guest]), engine }), {}));
    this.machine = this.board.add({
      name: guest.name,
      image: readFileSync(kernel.path),
      initrd: readFileSync(kernel.initrd),
      commandLine: `console=hvc0 quiet ${words}`.trimEnd(),
      memoryMiB: MEMORY_MIB,
      fastPath: true,
      consoleOutput: (bytes) => {
        this.console += Buffer.from(bytes).toString('latin1');
      },
    });
  }

  /** From power on to a prompt. */
  boot(): Piece {
    const begin = this.now();
    const end = this.until(() => PROMPT.test(this.console.replaceAll(CURSOR_QUESTION, '')), 'a shell prompt');
    this.piece('mount -t proc proc /proc 2>/dev/null; echo 1 > /proc/sys/kernel/printk; cd /');
    return between(begin, end);
  }

  /** Has the shell run a line; null where the line ends in failure, as it does when a program is missing. */
  piece(line: string): Piece | null {
    const number = ++this.lines;
    const from = this.console.length;
    const sees = (word: string) => new RegExp(`@${word} ${number} (\\d+)\\D`).exec(this.console.slice(from));
    // The echo of what is typed has a pair of quotes in the middle of each marker.
    this.type(`echo "@""begin ${number} 0"; ${line}; echo "@""end ${number} $?"\n`);
    const begin = this.until(() => sees('begin') !== null, `the begin of ${line}`);
    const end = this.until(() => sees('end') !== null, `the end of ${line}`);
    return sees('end')?.[1] === '0' ? between(begin, end) : null;
  }

  private type(text: string): void {
    this.machine.typeInput(new TextEncoder().encode(text));
  }

  /** Runs until something was printed; the guest may idle meanwhile, which takes no time. */
  private until(done: () => boolean, what: string): Now {
    const last = this.board.executedInstructions + LONGEST_PIECE;
    while (!done()) {
      const state = this.board.run(SLICE_INSTRUCTIONS);
      const waits = state.is === 'idle' && state.untilInstruction === null;
      if (state.is === 'ended' || waits || this.board.executedInstructions > last) throw new Error(this.lament(what));
      if (state.is === 'idle' && state.untilInstruction !== null && !done()) this.board.skipTo(state.untilInstruction);
    }
    return this.now();
  }

  private now(): Now {
    const { roundTrips } = this.machine.counters;
    return { ...processorTime(), instructions: this.board.executedInstructions, roundTrips };
  }

  private lament(what: string): string {
    const { state } = this.machine;
    const reason = state.is === 'ended' ? `: ${state.reason}` : '';
    return `Linux never came to ${what}${reason}\n${this.console.slice(-500)}`;
  }
}

function between(begin: Now, end: Now): Piece {
  return {
    ...timeBetween(begin, end),
    instructions: end.instructions - begin.instructions,
    roundTrips: end.roundTrips - begin.roundTrips,
  };
}
