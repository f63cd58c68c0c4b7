/** A difference as a person reads it: the way there, and both processors side by side with what differs marked. */

import { architecturalWords } from '../../core/x86/architectural-state.ts';
import type { Difference } from './compare-boards.ts';
import type { FirstDifference } from './first-difference.ts';
import type { NextInstruction } from './next-instruction.ts';

export interface EngineNames {
  readonly one: string;
  readonly other: string;
}

const BYTES_WIDTH = 32;
const NAME_WIDTH = 20;
const COLUMN = 14;
/** Always shown; others only where they differ. */
const ALWAYS = 11;

const hex = (value: number, digits = 8) => (value >>> 0).toString(16).padStart(digits, '0');

/** Counts that do not fit a register are shown as numbers. */
const shown = (value: number) => (value > 0xffffffff ? String(value) : hex(value));

export function differenceReport(found: FirstDifference, names: EngineNames): string {
  const lines = [`the engines differ after instruction ${found.agreed + 1}:`, ''];
  for (const [index, step] of found.trail.entries()) lines.push(trailLine(step, index === found.trail.length - 1));
  lines.push('', `  ${''.padEnd(NAME_WIDTH)}${names.one.padEnd(COLUMN)}${names.other}`);
  for (const { name, one, other } of rowsOf(found)) {
    const mark = one === other ? ' ' : '*';
    lines.push(`${mark} ${name.padEnd(NAME_WIDTH)}${shown(one).padEnd(COLUMN)}${shown(other)}`);
  }
  return `${lines.join('\n')}\n`;
}

function trailLine({ cpl, selector, eip, bytes, text }: NextInstruction, last: boolean): string {
  const code = bytes.map((byte) => hex(byte, 2)).join(' ');
  return `${last ? '>' : ' '} ring ${cpl}  ${hex(selector, 2)}:${hex(eip)}  ${code.padEnd(BYTES_WIDTH)} ${text}`;
}

/** General registers, eip, eflags and cpl, then whatever else differs. */
function rowsOf({ twins: { one, other }, differences }: FirstDifference): Difference[] {
  const first = architecturalWords.slice(0, ALWAYS);
  const always = first.map(({ name, read }) => ({ name, one: read(one.state), other: read(other.state) }));
  return [...always, ...differences.filter(({ name }) => !first.some((word) => word.name === name))];
}
