/**
 * What a machine printed, from main to one terminal: every byte once, in order, however often the way between is
 * interrupted.  Each chunk says where it belongs; one that overlaps is trimmed, and one that comes too early makes us ask
 * again from where we are.  Main holds the guest back until we say what has been drawn, so a flood fills no memory here.
 */

import type { ConsoleChunk } from '../../core/protocol/counting.ts';
import type { Connection } from '../connection.ts';

/** Where the bytes end up. `drawn` is called once they have been interpreted, in order. */
export interface ConsoleSink {
  write(bytes: Uint8Array, drawn: () => void): void;
  /** Everything written from now on is of this run; `isFirst` if nothing was ever written before. */
  beginRun(run: number, isFirst: boolean): void;
  /** These bytes of the run are not kept any more. */
  skip(bytes: number): void;
}

/** Acknowledged in steps of this size while more is waiting to be drawn, and always when nothing is. */
const ACKNOWLEDGED_STEP = 64 * 1024;
/** What a hidden page lets pile up before it stops listening: its timers are slowed, and no guest shall wait for them. */
const HIDDEN_BACKLOG = 1024 * 1024;
/** Asking again without getting further; then what is missing is missing. */
const RETRIES = 3;

type Phase = 'closed' | 'opening' | 'open';

export class ConsoleStream {
  private phase: Phase = 'closed';
  private run: number | null = null;
  private next = 0;
  private drawnTo = 0;
  private acknowledged = 0;
  private retries = 0;
  /** Chunks that came while it was not settled where they begin. */
  private waiting: ConsoleChunk[] = [];
  private wanted = false;
  private replayed = false;
  private untouched = true;
  /** Which asking is the latest: an answer to an older one is not listened to. */
  private turn = 0;
  private readonly connection: Connection;
  private readonly id: string;
  private readonly sink: ConsoleSink;
  private readonly isHidden: () => boolean;
  private readonly stopListening: () => void;

  constructor(connection: Connection, id: string, sink: ConsoleSink, isHidden: () => boolean = () => false) {
    this.connection = connection;
    this.id = id;
    this.sink = sink;
    this.isHidden = isHidden;
    this.stopListening = connection.on('console', (chunk) => {
      if (chunk.id === id) this.receive(chunk);
    });
  }

  /** Bytes of the current run that have been taken, and drawn. */
  get position(): { readonly run: number | null; readonly taken: number; readonly drawn: number } {
    return { run: this.run, taken: this.next, drawn: this.drawnTo };
  }

  /** True until we have caught up for the first time: what the guest asked its terminal back then was answered back then. */
  get replaying(): boolean {
    return !this.replayed;
  }

  /** Asks for everything from where we are on; harmless if it was asked before. */
  open(): void {
    this.wanted = true;
    if (this.phase === 'closed') void this.ask();
  }

  /** Stops listening for good. */
  close(): void {
    this.stopListening();
    this.suspend();
    this.wanted = false;
  }

  private suspend(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.turn++;
    this.waiting = [];
    this.send('console.close');
  }

  private async ask(): Promise<void> {
    this.phase = 'opening';
    const turn = ++this.turn;
    try {
      for (let attempt = 0; attempt <= RETRIES; attempt++) {
        const asked = this.next;
        const answer = await this.connection.ask('console.open', { id: this.id, at: asked });
        if (turn !== this.turn) return;
        if (answer.run !== this.run) this.begin(answer.run);
        // An offset into a run that is over says nothing about the present one: ask again from its beginning.
        if (this.next === 0 && asked !== 0) continue;
        return this.settle(answer.at);
      }
    } catch {
      // Refused, or main is gone; whoever opened us opens us again when the machine's state changes.
    }
    if (turn !== this.turn) return;
    this.phase = 'closed';
    this.waiting = [];
  }

  private settle(begin: number): void {
    this.phase = 'open';
    if (begin > this.next) this.jump(begin);
    const waiting = this.waiting.sort((one, other) => one.run - other.run || one.at - other.at);
    this.waiting = [];
    for (const chunk of waiting) this.receive(chunk);
  }

  // @journey glass/every-byte-once  Bytes that know their place
  // Between a guest's console and this glass lie a thread, a ring and a socket, and any of them may stutter.  So no chunk
  // is trusted to be the next: each says which run it is of and where in it it belongs.  What was seen already is cut off,
  // what comes too early makes us ask again from where we are, and a new run starts a new count.
  private receive(chunk: ConsoleChunk): void {
    if (this.phase === 'opening') {
      this.waiting.push(chunk);
      return;
    }
    if (this.phase === 'closed' || (this.run !== null && chunk.run < this.run)) return;
    if (chunk.run !== this.run) this.begin(chunk.run);
    const end = chunk.at + chunk.bytes.length;
    if (end <= this.next) return;
    if (chunk.at > this.next && this.askAgain(chunk)) return;
    if (chunk.at > this.next) this.jump(chunk.at);
    this.take(chunk.bytes.subarray(this.next - chunk.at), end);
  }
  // @end

  private askAgain(chunk: ConsoleChunk): boolean {
    if (this.retries++ >= RETRIES) return false;
    this.waiting.push(chunk);
    void this.ask();
    return true;
  }

  private take(bytes: Uint8Array, end: number): void {
    const { run } = this;
    this.retries = 0;
    this.untouched = false;
    this.next = end;
    this.sink.write(bytes, () => this.draw(run, end));
    if (this.isHidden() && this.next - this.drawnTo > HIDDEN_BACKLOG) this.suspend();
  }

  private draw(run: number | null, end: number): void {
    if (run !== this.run) return;
    this.drawnTo = end;
    const caughtUp = end === this.next;
    if (caughtUp) this.replayed = true;
    if (!caughtUp && end - this.acknowledged < ACKNOWLEDGED_STEP) return;
    this.acknowledged = end;
    if (this.phase === 'open') this.send('console.drawn', end);
  }

  private begin(run: number): void {
    this.sink.beginRun(run, this.untouched);
    this.run = run;
    this.next = 0;
    this.drawnTo = 0;
    this.acknowledged = 0;
    this.retries = 0;
  }

  private jump(to: number): void {
    this.sink.skip(to - this.next);
    this.next = to;
  }

  private send(method: 'console.close' | 'console.drawn', at = 0): void {
    const asked =
      method === 'console.close'
        ? this.connection.ask(method, { id: this.id })
        : this.connection.ask(method, { id: this.id, at });
    // A refusal here means that the machine is gone, which its state says better.
    asked.catch(() => {});
  }

  /** The page is seen again, or the machine's state changed: go on from where we stopped. */
  resume(): void {
    if (this.wanted && this.phase === 'closed') void this.ask();
  }
}
