/** Pairs of operands at the places where arithmetic goes wrong, in every rounding and precision. */

import { stateLayout } from '../../../../../core/x86/state.ts';
import type { Bench } from '../bench.ts';

const at = stateLayout.at;
const BIAS = 16383;

/** Two positive significands as pairs of words, signs and a distance of exponents. */
export interface Edge {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  /** Exponent of a less that of b. */
  readonly distance: number;
  readonly opposite: boolean;
  readonly control: number;
}

/** High and low words: ends, halves of every precision and their neighbours, and a few without any pattern. */
const significands: readonly (readonly [number, number])[] = [
  [0x8000_0000, 0],
  [0x8000_0000, 1],
  [0x8000_0000, 2],
  [0x8000_0000, 3],
  [0xffff_ffff, 0xffff_ffff],
  [0xffff_ffff, 0xffff_fffe],
  [0x8000_0000, 0x400],
  [0x8000_0000, 0x401],
  [0x8000_0000, 0xc00],
  [0xffff_ffff, 0xffff_fc00],
  [0x8000_0080, 0],
  [0x8000_0180, 0],
  [0xffff_ff80, 0],
  [0xffff_ff80, 1],
  [0xc000_0000, 0],
  [0xb504_f333, 0xf9de_6484],
  [0xaaaa_aaaa, 0xaaaa_aaab],
  [0xfedc_ba98, 0x7654_3210],
];
const distances = [0, 1, -1, 2, -2, 11, 31, 32, 33, 40, 62, 63, -63, 64, -64, 65, 66, 90, 127, 128, -129, 500];
const precisions = [0, 2, 3];
const ALL_MASKED = 0x7f;

function controls(): number[] {
  return precisions.flatMap((precision) => [0, 1, 2, 3].map((mode) => ALL_MASKED | (precision << 8) | (mode << 10)));
}

/** All pairs in all modes; sums at every distance, products and quotients at two, roots of even and odd exponents. */
export function edgeCases(mnemonic: string): Edge[] {
  const seconds = mnemonic === 'fsqrt' ? significands.slice(0, 1) : significands;
  const apart = mnemonic === 'fadd' ? distances : [0, 1, 16200, 16300, -16300];
  return controls().flatMap((control) =>
    apart.flatMap((distance) =>
      significands.flatMap((a) =>
        seconds.flatMap((b) => [false, true].map((opposite) => ({ a, b, distance, opposite, control }))),
      ),
    ),
  );
}

/** Puts a into ST(0) and b into ST(1), with TOP 0 and nothing empty. */
export function loadEdge({ state }: Bench, { a, b, distance, opposite, control }: Edge): void {
  state.set(at.fpuControl, control);
  state.set(at.fpuStatus, 0);
  state.set(at.fpuEmpty, 0);
  const put = (offset: number, [high, low]: readonly [number, number], head: number) => {
    state.set(offset, low);
    state.set(offset + 4, high);
    state.set(offset + 8, head);
  };
  put(at.fpu, a, (opposite ? 0x8000 : 0) | (BIAS + distance));
  put(at.fpu + 16, b, BIAS);
}
