/** A scripted terminal session with puppy: waits for what it prints, types, and waits again, bounded by instructions. */

import { readFileSync } from 'node:fs';
import { BlockModel } from '../../core/launcher/devices/block/model.ts';
import type { Machine } from '../../core/launcher/machine.ts';
import { MachineBoard } from '../../core/launcher/machine-board.ts';
import type { EngineName } from '../../core/x86/board.ts';
import { newHost } from '../../main/new-host.ts';

export interface SessionOptions {
  readonly append?: string;
  readonly initrd?: Uint8Array;
  /** Written to in place. */
  readonly disk?: Uint8Array;
  readonly fastPath?: boolean;
  readonly engine?: EngineName;
  readonly memoryMiB?: number;
  /** Which kernel; the committed one unless told. */
  readonly image?: Uint8Array;
}

const SLICE_INSTRUCTIONS = 200_000;
const USUAL_LIMIT = 200_000_000;

/** A disk in an array. */
function arrayDisk(bytes: Uint8Array): BlockModel {
  const storage = {
    size: bytes.length,
    readOnly: false,
    read: (at: number, into: Uint8Array) => into.set(bytes.subarray(at, at + into.length)),
    write: (at: number, from: Uint8Array) => bytes.set(from, at),
    flush: () => undefined,
  };
  return new BlockModel(storage, () => undefined);
}

export class Session {
  output = '';
  private readonly board: MachineBoard;
  private readonly machine: Machine;
  /** How much of the output was waited for already. */
  private seen = 0;

  constructor(options: SessionOptions = {}) {
    const { append = '', initrd = null, disk, fastPath = true, engine, memoryMiB = 16 } = options;
    const image = options.image ?? readFileSync(new URL('../../guest-images/puppy/puppy.elf', import.meta.url));
    this.board = new MachineBoard(newHost([memoryMiB], engine === undefined ? {} : { engine }));
    this.machine = this.board.add({
      name: 'puppy',
      image,
      initrd,
      commandLine: append,
      memoryMiB,
      fastPath,
      devices: () => (disk === undefined ? [] : [arrayDisk(disk)]),
      consoleOutput: (bytes) => {
        this.output += Buffer.from(bytes).toString('latin1');
      },
    });
  }

  get state() {
    return this.machine.state;
  }

  get counters() {
    return this.machine.counters;
  }

  get instructions() {
    return this.board.executedInstructions;
  }

  type(text: string): void {
    this.machine.typeInput(Buffer.from(text, 'latin1'));
  }

  /** Runs until it has printed `text` after what was waited for before; returns what came up to it, without it. */
  waitFor(text: string, limit = USUAL_LIMIT): string {
    const end = this.instructions + limit;
    for (let moves = true; ; moves = this.step()) {
      const at = this.output.indexOf(text, this.seen);
      if (at >= 0) {
        const before = this.output.slice(this.seen, at);
        this.seen = at + text.length;
        return before;
      }
      if (!moves || this.instructions >= end) {
        const unseen = JSON.stringify(this.output.slice(this.seen));
        throw new Error(
          `waited for ${JSON.stringify(text)}, got ${unseen}; the machine is ${JSON.stringify(this.state)}`,
        );
      }
    }
  }

  /** Runs until the guest has ended. */
  finish(limit = USUAL_LIMIT): void {
    const end = this.instructions + limit;
    while (this.instructions < end && this.step());
  }

  /** Lets it execute, but wakes nobody who sleeps. */
  execute(): void {
    this.board.run(SLICE_INSTRUCTIONS);
  }

  /** A slice of time; false when nothing will happen any more. */
  private step(): boolean {
    const state = this.board.run(SLICE_INSTRUCTIONS);
    if (state.is === 'ended') return false;
    if (state.is !== 'idle') return true;
    if (state.untilInstruction === null) return false;
    this.board.skipTo(state.untilInstruction);
    return true;
  }
}
