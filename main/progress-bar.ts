/**
 * A line on stderr while a comparison runs, drawn only for a person.  How long a run is nobody knows beforehand, so it
 * counts; once one side has ended, the other is measured against it.
 */

import type { CompareProgress } from '../core/launcher/compare.ts';
import type { CommandIo } from './command-io.ts';

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
/** Carriage return, erase to the end of the line (ECMA-48 EL). */
const LINE_START = '\r\x1b[K';

export function progressLine({ side, executedInstructions, expectedInstructions }: CompareProgress): string {
  const millions = `${(executedInstructions / 1e6).toFixed(0)} million instructions`;
  if (expectedInstructions === null) return `fast path ${side}: ${millions}`;
  const share = Math.min(1, executedInstructions / Math.max(1, expectedInstructions));
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
  return `fast path ${side}: [${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${millions}`;
}

export class ProgressBar {
  private readonly io: CommandIo;
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(io: CommandIo) {
    this.io = io;
  }

  show(progress: CompareProgress): void {
    if (this.io.stderr.isTTY !== true || this.io.now() - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = this.io.now();
    this.io.stderr.write(LINE_START + progressLine(progress));
  }

  erase(): void {
    if (this.drawnAt !== Number.NEGATIVE_INFINITY) this.io.stderr.write(LINE_START);
  }
}
