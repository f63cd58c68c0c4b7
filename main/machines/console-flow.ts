/**
 * What a guest prints, on its way to whoever shows it: gathered into few messages, in order, none lost.  A guest that is
 * far ahead of its readers has to wait for them; the thread asks here before each slice.
 */

import type { ConsoleChunk } from '../../core/protocol/counting.ts';

/** A message is sent when it is this long, or this old. */
const LARGEST_CHUNK = 64 * 1024;
const LONGEST_WAIT_MS = 10;
/** Printed and not taken. A slice may add a mebibyte to it. */
const MOST_AHEAD = 4 * 1024 * 1024;

export class ConsoleFlow {
  private readonly send: (chunk: Omit<ConsoleChunk, 'id'>) => void;
  private readonly now: () => number;
  private readonly gathered = new Uint8Array(LARGEST_CHUNK);
  private filled = 0;
  private run: number;
  /** Bytes of this run that were sent, and those that were taken. */
  private sent = 0;
  private taken = 0;
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;

  /** The bytes of a chunk belong to whoever is sent them. `now` is in milliseconds of a monotonic clock. */
  constructor(firstRun: number, send: (chunk: Omit<ConsoleChunk, 'id'>) => void, now: () => number) {
    this.run = firstRun;
    this.send = send;
    this.now = now;
  }

  get isFarAhead(): boolean {
    return this.sent + this.filled - this.taken > MOST_AHEAD;
  }

  print(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + LARGEST_CHUNK - this.filled);
      this.gathered.set(piece, this.filled);
      this.filled += piece.length;
      from += piece.length;
      if (this.filled === LARGEST_CHUNK) this.flush();
    }
    if (this.filled === 0 || this.timer !== null) return;
    const due = this.sentAtMs + LONGEST_WAIT_MS - this.now();
    this.timer = setTimeout(() => this.flush(), Math.max(0, due));
  }

  /** Somebody has everything of this run up to `at`; more than was printed cannot be meant. */
  take(at: number): void {
    this.taken = Math.max(this.taken, Math.min(at, this.sent));
  }

  /** Sends what is there. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.filled === 0) return;
    const bytes = this.gathered.slice(0, this.filled);
    const at = this.sent;
    this.sent += this.filled;
    this.filled = 0;
    this.sentAtMs = this.now();
    this.send({ run: this.run, at, bytes });
  }

  /** What is printed from now on belongs to another run, which begins at 0. */
  beginRun(): void {
    this.flush();
    this.run++;
    this.sent = 0;
    this.taken = 0;
  }
}
