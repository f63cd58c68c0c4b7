/**
 * The half of a TCP connection that sends to the guest (RFC 793 §3.7): keeps bytes until they are acknowledged, and sends
 * as much as the guest's window and the cable have room for.  The cable is memory and loses nothing while one asks for
 * room, so there is no congestion window; a guest that does lose segments gets them again, one hole at a time.
 *
 *            oldest              next            newest           oldest + total
 *      ────────┬───────────────────┬───────────────┬───────────────────┬────
 *      acknowledged │ in flight    │ sent before   │ never sent        │ (FIN)
 */

import { ByteRing } from './byte-ring.ts';
import { hasFlag, type Segment, sequenceLength, tcpFlag } from './tcp-segment.ts';
import { advance, distance } from './tcp-sequence.ts';

/** The guest is microseconds away but may be slow to answer: it delays acknowledgements by up to 200 ms (RFC 1122 §4.2.3.2). */
export const RESEND_MS = 500;
const LONGEST_RESEND_MS = 16_000;
const MOST_TRIES = 10;
const DUPLICATES_FOR_LOSS = 3;

/** Sends `length` bytes from the copy function, with or without FIN, as the segment of this sequence number. */
export type Emit = (sequence: number, payloadBytes: number, fill: (payload: Uint8Array) => void, flags: number) => void;

export class TcpSender {
  /** Bytes one segment may carry. */
  segmentSize: number;
  /** Shift of the windows the guest advertises. */
  windowShift = 0;

  private readonly emit: Emit;
  private readonly hasRoom: () => boolean;
  private readonly ring = new ByteRing();
  private oldest: number;
  private next: number;
  private newest: number;
  private window = 0;
  /** Sequence and acknowledgement of the segment the window was last taken from: older ones must not shrink it. */
  private windowFrom: readonly [sequence: number, acknowledgement: number] | null = null;
  private finished = false;
  private finishAcknowledged = false;
  private dueAt: number | null = null;
  private tries = 0;
  private duplicates = 0;
  /** While something before this is missing, losses are already being repaired. */
  private repairedAt: number;
  /** The guest has most of what is in flight: only what it lacks is sent again, not everything behind it. */
  private holesOnly = false;

  constructor(first: number, segmentSize: number, emit: Emit, hasRoom: () => boolean) {
    this.oldest = this.next = this.newest = this.repairedAt = first;
    this.segmentSize = segmentSize;
    this.emit = emit;
    this.hasRoom = hasRoom;
  }

  /** Bytes not acknowledged yet. */
  get buffered(): number {
    return this.ring.length;
  }

  /** Where the next segment would begin, whatever it is. */
  get sequence(): number {
    return this.newest;
  }

  /** Everything there ever will be, FIN included, has been acknowledged. */
  get done(): boolean {
    return this.finished && this.total === 0;
  }

  /** Bytes and FIN that are not acknowledged; the FIN counts as a byte, as it does in sequence numbers. */
  private get total(): number {
    return this.ring.length + (this.finished && !this.finishAcknowledged ? 1 : 0);
  }

  give(bytes: Uint8Array): void {
    if (!this.finished) this.ring.push(bytes);
  }

  /** No more bytes come: a FIN follows the last. */
  finish(): void {
    this.finished = true;
  }

  /** Takes note of an acknowledgement. False if it is for something never sent. */
  acknowledge(segment: Segment, nowMs: number): boolean {
    const { acknowledgement } = segment;
    if (distance(this.newest, acknowledgement) > 0) return false;
    const progress = distance(this.oldest, acknowledgement);
    if (progress < 0) return true;
    const before = this.window;
    this.takeWindow(segment);
    if (progress > 0) this.takeProgress(progress, nowMs);
    else if (sequenceLength(segment) === 0 && before === this.window && this.window > 0) this.countDuplicate();
    // A guest that says its window is shut is alive, and may keep it shut for as long as it likes.
    if (this.window === 0) this.tries = 0;
    return true;
  }

  /** Sends what may be sent, at most so many segments; whether it was any. */
  pump(nowMs: number, most = Number.POSITIVE_INFINITY): boolean {
    let sent = 0;
    for (; sent < most && this.hasRoom(); sent++) {
      const inFlight = distance(this.oldest, this.next);
      const unsent = this.total - inFlight;
      const size = Math.min(this.segmentSize, unsent, this.window - inFlight);
      // Small pieces wait while others are under way, unless they are the last (RFC 1122 §4.2.3.4).
      if (size <= 0 || (size < this.segmentSize && size < unsent && inFlight > 0)) break;
      this.sendAt(inFlight, size);
      this.next = advance(this.next, size);
      this.note(this.next);
    }
    if (this.total === 0) this.dueAt = null;
    else this.dueAt ??= nowMs + RESEND_MS;
    return sent > 0;
  }

  /** Sends again what is overdue, or a byte into a shut window. False when the guest has not answered for too long. */
  tick(nowMs: number): boolean {
    if (this.dueAt === null || nowMs < this.dueAt || !this.hasRoom()) return true;
    const idle = this.newest === this.oldest && this.window > 0;
    if (!idle) {
      if (++this.tries > MOST_TRIES) return false;
      const size = Math.min(this.segmentSize, Math.max(this.window, 1), this.total);
      this.sendAt(0, size);
      this.note(advance(this.oldest, size));
      // A byte into a shut window was most likely thrown away; once it opens, begin with that one.
      this.next = this.window === 0 ? this.oldest : advance(this.oldest, size);
      this.repairedAt = this.newest;
      this.holesOnly = false;
    }
    this.dueAt = nowMs + Math.min(RESEND_MS * 2 ** this.tries, LONGEST_RESEND_MS);
    return true;
  }

  private takeWindow(segment: Segment): void {
    const { sequence, acknowledgement } = segment;
    if (this.windowFrom) {
      const newer = distance(this.windowFrom[0], sequence);
      if (newer < 0 || (newer === 0 && distance(this.windowFrom[1], acknowledgement) < 0)) return;
    }
    this.windowFrom = [sequence, acknowledgement];
    this.window = hasFlag(segment, tcpFlag.syn) ? segment.window : segment.window << this.windowShift;
  }

  private takeProgress(progress: number, nowMs: number): void {
    const bytes = Math.min(progress, this.ring.length);
    this.ring.drop(bytes);
    if (progress > bytes) this.finishAcknowledged = true;
    this.oldest = advance(this.oldest, progress);
    if (distance(this.next, this.oldest) > 0) this.next = this.oldest;
    this.tries = 0;
    this.duplicates = 0;
    this.dueAt = this.total > 0 ? nowMs + RESEND_MS : null;
    if (distance(this.oldest, this.repairedAt) <= 0) this.repairedAt = this.oldest;
    else if (this.holesOnly) this.resendOldest();
  }

  /** Three times the same acknowledgement: what follows it got lost (RFC 5681 §3.2). */
  private countDuplicate(): void {
    if (this.newest === this.oldest || distance(this.oldest, this.repairedAt) > 0) return;
    if (++this.duplicates < DUPLICATES_FOR_LOSS) return;
    this.duplicates = 0;
    this.repairedAt = this.newest;
    this.holesOnly = true;
    this.resendOldest();
  }

  /** Something was sent up to here. */
  private note(sequence: number): void {
    if (distance(this.newest, sequence) > 0) this.newest = sequence;
  }

  private resendOldest(): void {
    const size = Math.min(this.segmentSize, this.window, distance(this.oldest, this.next));
    if (size > 0) this.sendAt(0, size);
  }

  /** Sends `size` sequence numbers from `offset` on; the last of all is the FIN, if there is one. */
  private sendAt(offset: number, size: number): void {
    const bytes = Math.min(size, this.ring.length - offset);
    const last = offset + size === this.total;
    const flags = (size > bytes ? tcpFlag.fin : 0) | (last ? tcpFlag.psh : 0);
    this.emit(advance(this.oldest, offset), bytes, (payload) => this.ring.copy(offset, payload), flags);
  }
}
