/**
 * A case being written: bytes, and what registers, segments and memory must hold for them to do something interesting.
 * It knows how to aim a memory operand at an address; what instructions want is in recipes.ts.
 */

import { prefixBytes } from '../../core/x86/encoding/forms.ts';
import { registerNumber } from '../../core/x86/instruction.ts';
import type { random } from '../core/x86/encoding/random.ts';
import type { LdtEntry, Patch, RegisterName, SegmentName } from './case.ts';
import { registerNames } from './case.ts';
import type { Opening } from './openings.ts';
import { ldtSelector, registersOf, window } from './windows.ts';

export type Dice = ReturnType<typeof random>;

export interface Draft {
  readonly seed: number;
  readonly dice: Dice;
  readonly opening: Opening;
  /** 1, 2 or 4. */
  operandSize: number;
  readonly prefixes: number[];
  modrm: number[];
  immediate: number[];
  readonly registers: Partial<Record<RegisterName, number>>;
  readonly segments: Partial<Record<SegmentName, number>>;
  readonly patches: Patch[];
  readonly ldt: LdtEntry[];
  eflags: number | undefined;
  /** The linear address its memory operand has, if it has one. */
  target: number | null;
}

export interface Recipe {
  readonly before?: (draft: Draft) => void;
  readonly after?: (draft: Draft) => void;
  /** Immediates in place of random ones, given their width in bytes. */
  readonly immediate?: (draft: Draft, bytes: number) => number;
}

/** Bits of struct user_desc's flags. */
export const ldtFlag = {
  big: 1,
  expandDown: 2,
  code: 4,
  conforming: 6,
  readOrExecuteOnly: 8,
  pages: 16,
  absent: 32,
} as const;

const { esp: ESP, ebp: EBP } = registerNumber;

export const mod = (modrm: number) => modrm >> 6;
export const middle = (modrm: number) => (modrm >> 3) & 7;
export const low = (modrm: number) => modrm & 7;

export const registerValue = (draft: Draft, number: number) =>
  (draft.registers[registerNames[number]] ?? registersOf(draft.seed)[number]) >>> 0;

export function setRegister(draft: Draft, number: number, value: number): void {
  draft.registers[registerNames[number]] = value >>> 0;
}

export function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >>> (8 * index)) & 0xff);
}

export const hexOf = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Puts bytes at a linear address, as far as it lies in the data or stack window. */
export function patch(draft: Draft, address: number, bytes: readonly number[]): void {
  for (const name of ['data', 'stack'] as const) {
    const at = address - window[name].at;
    const fits = bytes.slice(0, Math.max(0, window[name].bytes - at));
    if (at >= 0 && fits.length > 0) draft.patches.push({ window: name, at, hex: hexOf(fits) });
  }
}

/** An address in or near the data window: mostly inside, often enough on the edge of something. */
export function someTarget(dice: Dice): number {
  const { at } = window.data;
  switch (dice.below(25)) {
    case 0:
      return at + 0xff0 + dice.below(18); // from one page to the next
    case 1:
      return at + 0x1ff0 + dice.below(18); // into the read-only page
    case 2:
      return window.readOnly.at + dice.below(0xff0);
    case 3:
      return window.readOnly.at + 0xff0 + dice.below(18); // out of it, into nothing
    case 4:
      return dice.pick([at - 8 + dice.below(9), 0x50000000, 0, 0xc0000000]);
    default:
      return at + 0x400 + dice.below(0x1800);
  }
}

const segmentPrefix: Record<SegmentName, number> = {
  es: prefixBytes.es,
  cs: prefixBytes.cs,
  ss: prefixBytes.ss,
  ds: prefixBytes.ds,
  fs: prefixBytes.fs,
  gs: prefixBytes.gs,
};

/** A fresh LDT entry; answers its selector. */
export function addDescriptor(draft: Draft, base: number, limit: number, flags: number): number {
  const entry = draft.ldt.length;
  draft.ldt.push({ entry, base: base >>> 0, limit: limit & 0xfffff, flags });
  return ldtSelector(entry);
}

/** A data segment that starts so that `offset` reaches `target`, with a limit that is sometimes in the way. */
function addSegmentFor(draft: Draft, target: number, offset: number): number {
  const { dice } = draft;
  const base = target - offset;
  const { big, expandDown, code, readOrExecuteOnly, pages } = ldtFlag;
  const near = offset + dice.below(7) - 1;
  if (dice.once(6)) return addDescriptor(draft, base, Math.max(0, near - 4), (big * dice.below(2)) | expandDown);
  if (offset > 0xffffe || dice.once(6)) return addDescriptor(draft, base, 0xfffff, big | pages);
  const kind = dice.pick([0, 0, 0, 0, readOrExecuteOnly, code, expandDown | readOrExecuteOnly]);
  const limit = dice.once(2) ? Math.max(0, near) : Math.min(0xfffff, offset + 0x1000);
  return addDescriptor(draft, base, limit, kind | big);
}

/** Addresses the operand through a segment of its own making. */
function aimThroughLdt(draft: Draft, target: number, offset: number): void {
  const name = draft.dice.pick(['ds', 'es', 'fs', 'gs'] as const);
  draft.segments[name] = addSegmentFor(draft, target, offset);
  draft.prefixes.push(segmentPrefix[name]);
}

/** Sometimes an override that changes nothing, or names a null segment or the code segment. */
function maybeOverride(draft: Draft): void {
  if (!draft.dice.once(12)) return;
  const name = draft.dice.pick(['es', 'ds', 'ss', 'cs', 'fs'] as const);
  draft.prefixes.push(segmentPrefix[name]);
}

/** A 32-bit r/m whose offset is `offset`: the ModR/M byte given, then SIB and displacement, registers set to fit. */
function aim32(draft: Draft, modrm: number, offset: number): number[] {
  const { dice } = draft;
  const hasSib = low(modrm) === ESP;
  const base = hasSib ? dice.below(8) : low(modrm);
  const bytes = [modrm];
  let rest = offset;
  if (hasSib) {
    // One register twice could not be made to fit; esp in this place means none.
    const index = dice.pick([0, 1, 2, 3, 4, 5, 6, 7].filter((number) => number !== base || number === ESP));
    const shift = dice.below(4);
    bytes.push((shift << 6) | (index << 3) | base);
    if (index !== ESP) {
      setRegister(draft, index, dice.below(64));
      rest -= registerValue(draft, index) << shift;
    }
  }
  if (mod(modrm) === 0 && base === EBP) return [...bytes, ...littleEndian(rest, 4)];
  const displacements = [0, (dice.below(256) << 24) >> 24, dice.below(4096) - 2048];
  const displacement = displacements[mod(modrm)];
  setRegister(draft, base, rest - displacement);
  return [...bytes, ...littleEndian(displacement, [0, 1, 4][mod(modrm)])];
}

const bases16 = [3, 3, 5, 5, 6, 7, 5, 3];
const indexes16 = [6, 7, 6, 7];

/** A 16-bit r/m, wherever its registers point; answers its bytes and its offset. */
function aim16(draft: Draft, modrm: number): { bytes: number[]; offset: number } {
  const displacement = draft.dice.word() & 0xffff;
  if (mod(modrm) === 0 && low(modrm) === 6)
    return { bytes: [modrm, ...littleEndian(displacement, 2)], offset: displacement };
  const base = registerValue(draft, bases16[low(modrm)]);
  const index = low(modrm) < 4 ? registerValue(draft, indexes16[low(modrm)]) : 0;
  const bytes = littleEndian(displacement, mod(modrm));
  const added = mod(modrm) === 1 ? (displacement << 24) >> 24 : mod(modrm) === 2 ? displacement : 0;
  return { bytes: [modrm, ...bytes], offset: (base + index + added) & 0xffff };
}

/** Makes the r/m of `modrm` (a memory form) point at `target`. */
export function aimMemory(draft: Draft, modrm: number, target: number): void {
  draft.target = target;
  const narrow = draft.dice.once(15) ? aim16(draft, modrm) : null;
  // An operand that goes round the 64 KiB comes back in pieces, and not the same ones everywhere.
  if (narrow !== null && narrow.offset < 0xfe00) {
    draft.prefixes.push(prefixBytes.addressSize);
    draft.modrm = narrow.bytes;
    aimThroughLdt(draft, target, narrow.offset);
    return;
  }
  const throughLdt = draft.dice.once(8);
  const offset = throughLdt ? draft.dice.below(0x2000) : target;
  draft.modrm = aim32(draft, modrm, offset);
  if (throughLdt) aimThroughLdt(draft, target, offset);
  else maybeOverride(draft);
}

/** The four bytes of an offset operand (mov eax, [moffs]). */
export function aimOffset(draft: Draft, target: number): number[] {
  draft.target = target;
  if (!draft.dice.once(8)) return littleEndian(target, 4);
  const offset = draft.dice.below(0x2000);
  aimThroughLdt(draft, target, offset);
  return littleEndian(offset, 4);
}

/** The r/m as a register number, or null for memory. */
export const registerOperand = ({ modrm }: Draft) => (modrm.length > 0 && mod(modrm[0]) === 3 ? low(modrm[0]) : null);

/** Gives the r/m the value, wherever it is. */
export function setOperand(draft: Draft, value: number, bytes: number): void {
  const number = registerOperand(draft);
  if (number !== null) setRegister(draft, number, value);
  else if (draft.target !== null) patch(draft, draft.target, littleEndian(value, bytes));
}
