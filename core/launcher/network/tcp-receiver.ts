/**
 * The half of a TCP connection that hears the guest: puts segments in order and says how much more it may send.  The
 * window is how flow control reaches the guest: its right edge moves only while the world outside takes what it is given.
 */

import { HeldSegments } from './held-segments.ts';
import { hasFlag, type Segment, tcpFlag } from './tcp-segment.ts';
import { advance, distance } from './tcp-sequence.ts';

/** With this shift the sixteen bits of the header say 256 KiB, about what two slices of a busy guest send. */
export const RECEIVE_SHIFT = 2;
const LARGEST_FIELD = 0xffff;
/** A window that was nearly shut is worth a word when it opens again. */
const WORTH_TELLING = 4;
/** Acknowledged at once when so much has come; the rest waits for the next tick, in the hope of company. */
const ACKNOWLEDGE_BYTES = 8 * 1460;
/** Segments given to a world outside that has asked for a pause; a guest that sends single bytes must not fill our memory with frames. */
const MOST_WHILE_BLOCKED = 512;

export class TcpReceiver {
  /** The next sequence number expected. */
  next: number;
  /** The guest's FIN has come, and everything before it. */
  ended = false;
  /** Whether the guest is owed an acknowledgement, and how soon. */
  owed: 'nothing' | 'soon' | 'now' = 'nothing';

  private readonly shift: number;
  private readonly deliver: (bytes: Uint8Array) => boolean;
  private readonly held = new HeldSegments();
  private edge: number;
  private unacknowledged = 0;
  private blocked = false;
  private whileBlocked = 0;

  /** `deliver` hands bytes to the world outside, and says false if that wants a pause. */
  constructor(first: number, scaled: boolean, deliver: (bytes: Uint8Array) => boolean) {
    this.next = first;
    this.shift = scaled ? RECEIVE_SHIFT : 0;
    this.deliver = deliver;
    this.edge = advance(first, this.widest);
  }

  /** The window field of the next segment to the guest. A SYN's is never scaled. */
  windowField(onSyn: boolean): number {
    const window = this.window;
    return onSyn ? Math.min(window, LARGEST_FIELD) : window >>> this.shift;
  }

  /** An acknowledgement went out with everything. */
  acknowledged(): void {
    this.owed = 'nothing';
    this.unacknowledged = 0;
  }

  /** Whether any of a segment lies in the window, or just before it as an empty one may. */
  accepts({ sequence, payload }: Segment): boolean {
    const from = distance(this.next, sequence);
    const to = from + payload.length;
    return payload.length === 0 ? from >= 0 && from <= this.window : to > 0 && from < this.window;
  }

  /** Takes in the payload and FIN of a segment that `accepts`; what cannot be had now must come again. */
  take(segment: Segment): void {
    const fin = hasFlag(segment, tcpFlag.fin);
    if (segment.payload.length === 0 && !fin) return;
    if (distance(this.next, segment.sequence) > 0) {
      if (distance(segment.sequence, this.edge) >= segment.payload.length) this.held.hold({ ...segment, fin });
      this.owed = 'now';
      return;
    }
    this.takeInOrder(segment.sequence, segment.payload, fin);
    for (let early = this.held.takeUpTo(this.next); early; early = this.held.takeUpTo(this.next)) {
      this.takeInOrder(early.sequence, early.payload, early.fin);
      this.owed = 'now';
    }
  }

  /** The world outside takes more again. */
  drained(): void {
    const before = this.window;
    this.blocked = false;
    this.whileBlocked = 0;
    this.moveEdge();
    if (before < this.widest / WORTH_TELLING) this.owed = 'now';
  }

  private get widest(): number {
    return LARGEST_FIELD << this.shift;
  }

  private get window(): number {
    return Math.max(0, distance(this.next, this.edge));
  }

  private takeInOrder(sequence: number, payload: Uint8Array, fin: boolean): void {
    const known = distance(sequence, this.next);
    if (this.ended || known > payload.length || (known === payload.length && !fin)) {
      this.owed = 'now';
      return;
    }
    const fresh = payload.subarray(known, known + this.window);
    const complete = known + fresh.length === payload.length;
    if (fresh.length > 0 && !this.hand(fresh)) return;
    this.owed = this.unacknowledged >= ACKNOWLEDGE_BYTES || !complete || fin ? 'now' : this.owed;
    if (this.owed === 'nothing') this.owed = 'soon';
    if (!fin || !complete) return;
    this.next = advance(this.next, 1);
    this.ended = true;
  }

  /** Bytes go outside, once. False if there are too many waiting there already. */
  private hand(bytes: Uint8Array): boolean {
    if (this.blocked && ++this.whileBlocked > MOST_WHILE_BLOCKED) {
      this.owed = 'now';
      return false;
    }
    this.next = advance(this.next, bytes.length);
    this.unacknowledged += bytes.length;
    if (!this.deliver(bytes)) this.blocked = true;
    this.moveEdge();
    return true;
  }

  private moveEdge(): void {
    if (!this.blocked) this.edge = advance(this.next, this.widest);
  }
}
