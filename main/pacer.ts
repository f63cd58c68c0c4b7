/**
 * Keeps the board's time near the wall's while somebody may be watching: when every guest idles until its clock fires,
 * it says how long to sleep.  It never slows down a guest that computes, and it lets one that fell behind catch up.
 */

import { INSTRUCTIONS_PER_MICROSECOND } from '../core/agreement/clock.ts';

const INSTRUCTIONS_PER_MS = INSTRUCTIONS_PER_MICROSECOND * 1000;
/** A guest further behind than this is not chasing the wall any more: after a busy second, a `sleep 1` typed by a person
 *  should still take one. */
const LONGEST_DEBT_MS = 100;

export class Pacer {
  private wallMs: number;
  private boardClock: number;

  constructor(nowMs: number, boardClock: number) {
    this.wallMs = nowMs;
    this.boardClock = boardClock;
  }

  /** Milliseconds to sleep now so that the board's clock reaches a count about when the wall does. */
  sleepMs(nowMs: number, boardClock: number, untilInstruction: number): number {
    const debt = nowMs - this.wallMs - (boardClock - this.boardClock) / INSTRUCTIONS_PER_MS;
    if (debt < 0 || debt > LONGEST_DEBT_MS) {
      this.wallMs = nowMs - Math.min(Math.max(debt, 0), LONGEST_DEBT_MS);
      this.boardClock = boardClock;
    }
    const owed = Math.min(Math.max(debt, 0), LONGEST_DEBT_MS);
    return Math.max(0, (untilInstruction - boardClock) / INSTRUCTIONS_PER_MS - owed);
  }

  /** The board's clock after so much wall time of idling from `boardClock`. */
  static after(boardClock: number, elapsedMs: number): number {
    return boardClock + Math.floor(elapsedMs * INSTRUCTIONS_PER_MS);
  }
}
