/**
 * The engine of the boards that tests make themselves: the usual one, or what ASTRIDE_ENGINE names.  A translator is made
 * to translate soon, or a short test would never reach it.
 */

import { type Board, type BoardOptions, createBoard } from '../core/x86/board.ts';
import { usualEngine } from '../main/engine-option.ts';

/** Executions of a block before it is translated. */
export const SOON = 1;

export function testBoard(options: BoardOptions): Board {
  return createBoard({ engine: usualEngine(), hotAfter: SOON, ...options });
}
