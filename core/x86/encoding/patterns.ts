/**
 * The bit patterns of the encoding table as numbers: a mask and a value to compare bytes with, and where its letters lie.
 */

/** A letter's bits in a byte. `i`, `m` and `x` are told apart by nobody here. */
export interface BitField {
  readonly shift: number;
  readonly mask: number;
}

/** Eight bits, of which some are fixed. */
export interface Pattern {
  readonly mask: number;
  readonly value: number;
  /** By letter. */
  readonly fields: ReadonlyMap<string, BitField>;
}

const FIELDS = 'wcors';

/** What is fixed of ModR/M, spelled in bits: nothing, nothing but a name, or the middle. */
function modrmBits(spelling: string): string {
  if (spelling === '/r') return 'mmxxxmmm';
  if (spelling === '/o') return 'mmooommm';
  return `mm${Number(spelling[1]).toString(2).padStart(3, '0')}mmm`;
}

/** A pattern as the table spells it, for a byte of the opcode or for ModR/M. */
export function patternOf(spelling: string): Pattern {
  const bits = spelling[0] === '/' ? modrmBits(spelling) : spelling;
  const fields = new Map<string, BitField>();
  let mask = 0;
  let value = 0;
  for (let position = 0; position < 8; position++) {
    const bit = 0x80 >> position;
    const letter = bits[position];
    if (letter === '1') value |= bit;
    if (letter === '0' || letter === '1') mask |= bit;
    else if (FIELDS.includes(letter)) {
      const shift = 7 - position;
      fields.set(letter, { shift, mask: 2 * (fields.get(letter)?.mask ?? 0) + 1 });
    }
  }
  return { mask, value, fields };
}

/** The field of that letter in a byte that matches; undefined if the pattern has none. */
export function fieldOf({ fields }: Pattern, letter: string, byte: number): number | undefined {
  const field = fields.get(letter);
  return field && (byte >> field.shift) & field.mask;
}
