/**
 * The engine of the boards that tests make themselves: the usual one, or what ASTRIDE_ENGINE names.  A translator is made
 * to translate soon, or a short test would never reach it.
 */

import { type Board, type BoardOptions, createBoard } from '../core/x86/board.ts';
import { usualEngine } from '../main/engine-option.ts';

/** Executions of a block before it is translated: at once, for semantics a few instructions long. */
export const AT_ONCE = 1;
/** For whole programs, where translating what runs once would take most of the time. */
export const SOON = 60;

export function testBoard(options: BoardOptions): Board {
  return createBoard({ engine: usualEngine(), hotAfter: SOON, ...options });
}
