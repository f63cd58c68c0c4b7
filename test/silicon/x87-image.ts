/**
 * The x87's registers as FSAVE lays them out (SDM 1 figure 8-9), 108 bytes, and as the corpus writes them: by physical
 * register, so that a push shows as one new register and not as eight moved ones.
 *
 *      0 control   4 status   8 tag   12…27 last instruction and operand   28 ST0 … 98 ST7, ten bytes each
 */

import { random } from '../core/x86/encoding/random.ts';

export interface X87Image {
  readonly control: number;
  readonly status: number;
  /** By physical register: twenty hex digits, sign and exponent first, or null for empty. */
  readonly registers: readonly (string | null)[];
}

export const FSAVE_BYTES = 108;
const REGISTERS_AT = 28;

export function parseImage(bytes: Uint8Array): X87Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const status = view.getUint16(4, true);
  const tag = view.getUint16(8, true);
  const top = (status >> 11) & 7;
  const registers = Array.from({ length: 8 }, (_, physical) => {
    if (((tag >> (2 * physical)) & 3) === 3) return null;
    const at = REGISTERS_AT + 10 * ((physical - top) & 7);
    return Buffer.from(bytes.subarray(at, at + 10))
      .reverse()
      .toString('hex');
  });
  return { control: view.getUint16(0, true), status, registers };
}

type Dice = ReturnType<typeof random>;

const specials = ['7fff8000000000000000', '3fff8000000000000000', 'bfff8000000000000000', '40008000000000000000'];

/** Sign, exponent and mantissa of something worth computing with, twenty hex digits. */
function someNumber(dice: Dice): string {
  const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, '0');
  const kind = dice.below(20);
  if (kind < 2) return kind === 0 ? '00000000000000000000' : '80000000000000000000';
  if (kind < 6) return dice.pick(specials);
  const low = hex(dice.word(), 8);
  if (kind < 8) return dice.pick(['0000', '8000', '7fff', 'ffff']) + hex(dice.word(), 8) + low;
  const exponent = 0x3fc0 + dice.below(0x80) + (dice.once(2) ? 0x8000 : 0);
  const mantissa = hex(0x80000000 | (dice.once(3) ? 0 : dice.word()), 8) + (dice.once(3) ? '00000000' : low);
  return hex(exponent, 4) + mantissa;
}

/** An FSAVE image with masked exceptions, any precision and rounding, any top and up to four registers empty. */
export function x87ImageOf(seed: number): Uint8Array {
  const dice = random(seed ^ 0x8087);
  const bytes = new Uint8Array(FSAVE_BYTES);
  const view = new DataView(bytes.buffer);
  const precision = dice.pick([0, 2, 3, 3, 3]);
  view.setUint32(0, 0xffff007f | (precision << 8) | (dice.below(4) << 10), true); // bit 6 reads as one
  view.setUint32(4, 0xffff0000 | (dice.below(8) << 11), true);
  const numbers = Array.from({ length: 8 }, () => someNumber(dice));
  const empty = dice.below(5);
  const top = (view.getUint16(4, true) >> 11) & 7;
  let tag = 0;
  for (let physical = 0; physical < 8; physical++) {
    const index = (physical - top) & 7;
    tag |= (index >= 8 - empty ? 3 : tagOf(numbers[index])) << (2 * physical);
  }
  view.setUint32(8, 0xffff0000 | tag, true);
  numbers.forEach((number, index) => {
    for (let byte = 0; byte < 10; byte++)
      bytes[REGISTERS_AT + 10 * index + byte] = Number.parseInt(number.slice(18 - 2 * byte, 20 - 2 * byte), 16);
  });
  return bytes;
}

/** 0 valid, 1 zero, 2 special (SDM 1 8.1.7). */
function tagOf(number: string): number {
  const exponent = Number.parseInt(number.slice(0, 4), 16) & 0x7fff;
  if (exponent === 0 && /^0+$/.test(number.slice(4))) return 1;
  return exponent !== 0 && exponent !== 0x7fff && Number.parseInt(number[4], 16) >= 8 ? 0 : 2;
}
