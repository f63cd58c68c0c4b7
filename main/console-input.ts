/**
 * The keyboard's side of a guest's console.  A terminal is put into raw mode and back again whatever happens; a pipe or
 * a file is simply read, no faster than the guest reads it.
 */

import type { Arrivals } from './arrivals.ts';
import type { CommandIo } from './command-io.ts';
import { ConsoleKeys } from './console-keys.ts';

/** Typed bytes that may wait for the guest before we stop reading our own input. */
const WAITING_LIMIT = 64 * 1024;

export interface InputSink {
  typeInput(bytes: Uint8Array): void;
  readonly waitingInputBytes: number;
}

export class ConsoleInput {
  /** The person pressed Ctrl-A X. */
  leave = false;
  /** No more will come. */
  ended = false;
  readonly isTerminal: boolean;
  private readonly stdin: CommandIo['stdin'];
  private readonly sink: InputSink;
  private readonly arrivals: Arrivals;
  private readonly keys = new ConsoleKeys();

  /** Every key, and the end of input, is noted in `arrivals`. */
  constructor(stdin: CommandIo['stdin'], sink: InputSink, arrivals: Arrivals) {
    this.stdin = stdin;
    this.sink = sink;
    this.arrivals = arrivals;
    this.isTerminal = stdin.isTTY === true;
  }

  open(): void {
    if (this.isTerminal) this.stdin.setRawMode?.(true);
    this.stdin.on('data', this.onData).on('end', this.onEnd).on('error', this.onEnd);
    if (this.stdin.readableEnded || this.stdin.destroyed) this.onEnd();
  }

  close(): void {
    this.stdin.off('data', this.onData).off('end', this.onEnd).off('error', this.onEnd);
    this.stdin.pause();
    if (this.isTerminal) this.stdin.setRawMode?.(false);
  }

  /** Reads on once the guest has caught up. Call between slices. */
  resume(): void {
    if (this.stdin.isPaused() && this.sink.waitingInputBytes < WAITING_LIMIT) this.stdin.resume();
  }

  private readonly onData = (chunk: Uint8Array): void => {
    const { typed, leave } = this.isTerminal ? this.keys.take(chunk) : { typed: chunk, leave: false };
    this.sink.typeInput(typed);
    if (leave) this.leave = true;
    if (this.sink.waitingInputBytes >= WAITING_LIMIT) this.stdin.pause();
    this.arrivals.note();
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.arrivals.note();
  };
}
