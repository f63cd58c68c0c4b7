/**
 * One machine's console and the windows that have it open.  Each window is sent what it has not had yet, never more than
 * it can have on its plate, and the guest is told what the slowest of them has drawn.  A window that draws nothing for
 * long is let go: it may catch up from the ring, but nobody waits for it any longer.
 */

import type { ConsoleChunk } from '../../core/protocol/counting.ts';
import { ConsoleRing } from './console-ring.ts';
import type { WindowEnd } from './parts.ts';

/** On its way to a window that has not drawn it. */
const UNDRAWN_BYTES = 512 * 1024;
const PATIENCE_MS = 5000;

interface Reader {
  /** Everything before this was sent. */
  sent: number;
  drawn: number;
  /** When it last drew something, or had nothing to draw. */
  movedAtMs: number;
  letGo: boolean;
}

export interface FeedOutside {
  send(window: WindowEnd, chunk: Omit<ConsoleChunk, 'id'>): void;
  /** Everything printed up to `at` was taken. */
  onTaken(at: number): void;
  nowMs(): number;
}

export class ConsoleFeed {
  private readonly outside: FeedOutside;
  private readonly readers = new Map<WindowEnd, Reader>();
  private ring = new ConsoleRing();
  private currentRun = 0;
  private taken = 0;

  constructor(outside: FeedOutside) {
    this.outside = outside;
  }

  get run(): number {
    return this.currentRun;
  }

  get end(): number {
    return this.ring.end;
  }

  /** What an earlier Astride kept, before the first run of this one. Precondition: nothing was ever appended. */
  restore(at: number, bytes: Uint8Array): void {
    this.ring = new ConsoleRing(at);
    this.ring.append(bytes);
    this.taken = this.ring.end;
  }

  /** The console is empty and counts from 0 again. */
  beginRun(): void {
    this.currentRun++;
    this.ring = new ConsoleRing();
    this.taken = 0;
    for (const reader of this.readers.values()) Object.assign(reader, this.newReader(0));
  }

  append(bytes: Uint8Array): void {
    const nowMs = this.outside.nowMs();
    for (const reader of this.readers.values()) {
      if (reader.drawn >= this.ring.end) reader.movedAtMs = nowMs;
    }
    this.ring.append(bytes);
    for (const [window, reader] of this.readers) this.pump(window, reader);
    this.tellTaken();
  }

  /** Sends nothing yet: what is to be sent follows at the next `flush`. Opening again begins again. */
  open(window: WindowEnd, at: number): { run: number; at: number } {
    const { begin, end } = this.ring;
    const from = at > end ? begin : Math.max(at, begin);
    this.readers.set(window, this.newReader(from));
    this.tellTaken();
    return { run: this.currentRun, at: from };
  }

  flush(window: WindowEnd): void {
    const reader = this.readers.get(window);
    if (reader !== undefined) this.pump(window, reader);
  }

  /** The end of what was printed. */
  glimpse(most: number): { at: number; bytes: Uint8Array } {
    const at = Math.max(this.ring.begin, this.ring.end - most);
    const bytes = new Uint8Array(this.ring.end - at);
    for (let done = 0; done < bytes.length; ) {
      const piece = this.ring.read(at + done, most);
      bytes.set(piece, done);
      done += piece.length;
    }
    return { at, bytes };
  }

  close(window: WindowEnd): void {
    if (this.readers.delete(window)) this.tellTaken();
  }

  drawn(window: WindowEnd, at: number): void {
    const reader = this.readers.get(window);
    if (reader === undefined) return;
    // It cannot have drawn what it was never sent; a late word about an earlier run says too much.
    const drawn = Math.min(at, reader.sent);
    if (drawn <= reader.drawn) return;
    reader.drawn = drawn;
    reader.movedAtMs = this.outside.nowMs();
    reader.letGo = false;
    this.pump(window, reader);
    this.tellTaken();
  }

  /** To be called now and then. */
  letStuckGo(): void {
    const nowMs = this.outside.nowMs();
    for (const reader of this.readers.values()) {
      if (reader.drawn < this.ring.end && nowMs - reader.movedAtMs > PATIENCE_MS) reader.letGo = true;
    }
    this.tellTaken();
  }

  private newReader(at: number): Reader {
    return { sent: at, drawn: at, movedAtMs: this.outside.nowMs(), letGo: false };
  }

  private pump(window: WindowEnd, reader: Reader): void {
    if (reader.letGo) return;
    const { begin, end } = this.ring;
    if (reader.sent < begin) {
      reader.sent = begin;
      reader.drawn = Math.max(reader.drawn, begin);
    }
    while (reader.sent < end && reader.sent - reader.drawn < UNDRAWN_BYTES) {
      const bytes = this.ring.read(reader.sent, UNDRAWN_BYTES);
      const at = reader.sent;
      reader.sent += bytes.length;
      this.outside.send(window, { run: this.currentRun, at, bytes });
    }
  }

  // @journey glass/console-flow  Nobody waits for a window that went away
  // A guest prints faster than any window draws.  Drop bytes, and the person reads nonsense; keep them all, and memory is
  // gone; let the guest wait, and a window that hangs, or that somebody dragged to a sleeping screen, holds a kernel by
  // its console for ever.  So the guest waits for the slowest window that still moves, and for no other: five seconds
  // without a stroke of the brush, and a window is let go.  It finds what it missed in the ring when it comes back.
  private tellTaken(): void {
    let taken = this.ring.end;
    for (const { letGo, drawn } of this.readers.values()) {
      if (!letGo) taken = Math.min(taken, drawn);
    }
    // A window opened in the middle of a run draws what was taken long ago.
    if (taken <= this.taken) return;
    this.taken = taken;
    this.outside.onTaken(taken);
  }
  // @end
}
