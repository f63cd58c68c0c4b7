/**
 * Keeps the board's time near the wall's while somebody may be watching.  When every guest idles until its clock fires,
 * it says how long to sleep; when a guest computes more slowly than its clock says, it says how far the clock should be
 * by now.  It never slows down a guest that computes alone.
 */

import { INSTRUCTIONS_PER_MICROSECOND } from '../core/agreement/clock.ts';

const INSTRUCTIONS_PER_MS = INSTRUCTIONS_PER_MICROSECOND * 1000;
/** Someone who slept or computed this much ahead of the wall, or fell this far behind while time was its own, starts
 *  afresh: after a busy second, a `sleep 1` typed by a person should still take one. */
const LONGEST_DEBT_MS = 100;
/** Longer than this the whole program was away (stopped by its shell, or the lid was closed), and so was the guest. */
const LONGEST_ABSENCE_MS = 2000;

export class Pacer {
  private wallMs: number;
  private boardClock: number;

  constructor(nowMs: number, boardClock: number) {
    this.wallMs = nowMs;
    this.boardClock = boardClock;
  }

  /** Milliseconds to sleep now so that the board's clock reaches a count about when the wall does. */
  sleepMs(nowMs: number, boardClock: number, untilInstruction: number): number {
    const debt = -this.leadMs(nowMs, boardClock);
    const owed = Math.min(Math.max(debt, 0), LONGEST_DEBT_MS);
    if (debt !== owed) this.startAfresh(nowMs - owed, boardClock);
    return Math.max(0, (untilInstruction - boardClock) / INSTRUCTIONS_PER_MS - owed);
  }

  /** Where the board's clock should be by now to follow the wall's; never behind where it is. */
  due(nowMs: number, boardClock: number): number {
    const lead = this.leadMs(nowMs, boardClock);
    if (lead > LONGEST_DEBT_MS || lead < -LONGEST_ABSENCE_MS) this.startAfresh(nowMs, boardClock);
    return Math.max(boardClock, Pacer.after(boardClock, -this.leadMs(nowMs, boardClock)));
  }

  /** Milliseconds by which the board's clock is ahead of the wall's; negative when it is behind. */
  leadMs(nowMs: number, boardClock: number): number {
    return (boardClock - this.boardClock) / INSTRUCTIONS_PER_MS - (nowMs - this.wallMs);
  }

  /** The board's clock after so much wall time of idling from `boardClock`. */
  static after(boardClock: number, elapsedMs: number): number {
    return boardClock + Math.floor(elapsedMs * INSTRUCTIONS_PER_MS);
  }

  private startAfresh(wallMs: number, boardClock: number): void {
    this.wallMs = wallMs;
    this.boardClock = boardClock;
  }
}
