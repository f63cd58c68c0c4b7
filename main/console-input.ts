/**
 * The keyboard's side of a guest's console.  A terminal is put into raw mode and back again whatever happens; a pipe or
 * a file is simply read, no faster than the guest reads it.
 */

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
  private readonly keys = new ConsoleKeys();
  private wake = new AbortController();
  private fresh = false;

  constructor(stdin: CommandIo['stdin'], sink: InputSink) {
    this.stdin = stdin;
    this.sink = sink;
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

  /** Whether anything arrived since this was last asked: a guest that idled before may have been woken. */
  takeFresh(): boolean {
    const { fresh } = this;
    this.fresh = false;
    return fresh;
  }

  /** Aborted at the next key, or at the end of input. */
  nextArrival(): AbortSignal {
    if (this.wake.signal.aborted) this.wake = new AbortController();
    return this.wake.signal;
  }

  private readonly onData = (chunk: Uint8Array): void => {
    const { typed, leave } = this.isTerminal ? this.keys.take(chunk) : { typed: chunk, leave: false };
    this.sink.typeInput(typed);
    this.fresh = true;
    if (leave) this.leave = true;
    if (this.sink.waitingInputBytes >= WAITING_LIMIT) this.stdin.pause();
    this.wake.abort();
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.wake.abort();
  };
}
