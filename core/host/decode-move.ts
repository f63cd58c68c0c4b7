/**
 * Moves between a register and memory, taken apart: what a driver's readl and writel come down to, and all that the host
 * carries out at a device's address.  Anything else (string moves, lock, stack, arithmetic on memory) is not recognised,
 * and the fault it caused is the guest's.  It is the host's own small reader: the processor's belongs to the processor.
 */

import type { RegisterName } from '../switcher/lguest-pages.ts';
import { readPart } from './general-registers.ts';
import { GuestCode } from './guest-code.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { AccessBytes } from './guest-events.ts';
import { segmentBase } from './segments.ts';

export type Move = {
  readonly code: GuestCode;
  /** Linear: the segment's base is in it. */
  readonly address: number;
  /** How many bytes of memory move. */
  readonly bytes: AccessBytes;
} & (
  | { readonly does: 'store'; readonly value: number }
  | { readonly does: 'load'; readonly register: number; readonly registerBytes: AccessBytes; readonly signed: boolean }
);

/** A size an opcode implies: `operand` is 4, or 2 behind a 66 prefix. */
type Width = 'byte' | 'word' | 'operand';

interface MoveForm {
  readonly does: 'load' | 'store';
  readonly with: 'register' | 'immediate';
  /** How the memory is named: by a ModRM byte, or by an offset in the instruction (then the register is eax). */
  readonly by: 'modrm' | 'offset';
  readonly memory: Width;
  readonly register: Width;
  readonly signed: boolean;
}

const move = (does: 'load' | 'store', memory: Width, more: Partial<MoveForm> = {}): MoveForm => {
  return { does, with: 'register', by: 'modrm', memory, register: memory, signed: false, ...more };
};

const TWO_BYTE_OPCODE = 0x0f;

/** By opcode; those of two bytes with 0F in front. */
const moveForms: ReadonlyMap<number, MoveForm> = new Map([
  [0x88, move('store', 'byte')],
  [0x89, move('store', 'operand')],
  [0x8a, move('load', 'byte')],
  [0x8b, move('load', 'operand')],
  [0xa0, move('load', 'byte', { by: 'offset' })],
  [0xa1, move('load', 'operand', { by: 'offset' })],
  [0xa2, move('store', 'byte', { by: 'offset' })],
  [0xa3, move('store', 'operand', { by: 'offset' })],
  [0xc6, move('store', 'byte', { with: 'immediate' })],
  [0xc7, move('store', 'operand', { with: 'immediate' })],
  [0x0fb6, move('load', 'byte', { register: 'operand' })],
  [0x0fb7, move('load', 'word', { register: 'operand' })],
  [0x0fbe, move('load', 'byte', { register: 'operand', signed: true })],
  [0x0fbf, move('load', 'word', { register: 'operand', signed: true })],
]);

const OPERAND_SIZE_PREFIX = 0x66;
const segmentPrefixes: ReadonlyMap<number, RegisterName> = new Map([
  [0x26, 'es'],
  [0x2e, 'cs'],
  [0x36, 'ss'],
  [0x3e, 'ds'],
  [0x64, 'fs'],
  [0x65, 'gs'],
]);

interface Prefixes {
  readonly short: boolean;
  readonly segment: RegisterName | null;
  /** The first byte that is none. */
  readonly opcode: number;
}

/** The move the guest's kernel stopped at, or null if it is none. */
export function decodeMove(cpu: GuestCpu): Move | null {
  const code = new GuestCode(cpu);
  const prefixes = readPrefixes(code);
  const opcode = prefixes.opcode === TWO_BYTE_OPCODE ? (TWO_BYTE_OPCODE << 8) | code.next8() : prefixes.opcode;
  const form = moveForms.get(opcode);
  if (form === undefined) return null;
  const bytesOf = (width: Width): AccessBytes => (width === 'byte' ? 1 : width === 'word' || prefixes.short ? 2 : 4);
  const operands = form.by === 'offset' ? offsetOperand(code) : memoryOperand(cpu, code);
  if (operands === null || (form.with === 'immediate' && operands.register !== 0)) return null;
  const { register } = operands;
  const bytes = bytesOf(form.memory);
  const value = form.with === 'immediate' ? code.next(bytes) : readPart(cpu.registers, register, bytes);
  if (code.cut) return null;
  const selector = cpu.registers.read(prefixes.segment ?? operands.segment);
  const place = { code, bytes, address: (segmentBase(cpu, selector & 0xffff) + operands.offset) >>> 0 };
  if (form.does === 'store') return { ...place, does: 'store', value };
  return { ...place, does: 'load', register, registerBytes: bytesOf(form.register), signed: form.signed };
}

/** The last segment named counts. There is no end to prefixes but that of the longest instruction. */
function readPrefixes(code: GuestCode): Prefixes {
  let short = false;
  let segment: RegisterName | null = null;
  for (;;) {
    const opcode = code.next8();
    const named = segmentPrefixes.get(opcode);
    if (named !== undefined) segment = named;
    else if (opcode === OPERAND_SIZE_PREFIX) short = true;
    else return { short, segment, opcode };
  }
}

interface Operands {
  readonly register: number;
  readonly offset: number;
  readonly segment: RegisterName;
}

const ACCUMULATOR = 0;
const offsetOperand = (code: GuestCode): Operands => ({ register: ACCUMULATOR, offset: code.next(4), segment: 'ds' });

const ESP = 4;
const EBP = 5;
const mode = { noDisplacement: 0, displacement8: 1, register: 3 } as const;

/**
 * ModRM, SIB and displacement (SDM 2A 2.1.5).
 *
 *       7   6 5     3 2     0        7     6 5     3 2     0
 *      +-----+-------+-------+      +-------+-------+-------+
 *      | mod |  reg  |  r/m  |      | scale | index | base  |
 *      +-----+-------+-------+      +-------+-------+-------+
 */
function memoryOperand(cpu: GuestCpu, code: GuestCode): Operands | null {
  const modrm = code.next8();
  const mod = modrm >>> 6;
  if (mod === mode.register) return null;
  const hasSib = (modrm & 7) === ESP;
  const sib = hasSib ? code.next8() : 0;
  const base = hasSib ? sib & 7 : modrm & 7;
  const baseless = base === EBP && mod === mode.noDisplacement;
  const displacement = baseless ? code.next(4) : readDisplacement(code, mod);
  const sum = (baseless ? 0 : readPart(cpu.registers, base, 4)) + (hasSib ? scaledIndex(cpu, sib) : 0) + displacement;
  const segment = !baseless && (base === ESP || base === EBP) ? 'ss' : 'ds';
  return { register: (modrm >>> 3) & 7, offset: sum >>> 0, segment };
}

function readDisplacement(code: GuestCode, mod: number): number {
  if (mod === mode.noDisplacement) return 0;
  return mod === mode.displacement8 ? code.nextSigned8() : code.next(4);
}

function scaledIndex(cpu: GuestCpu, sib: number): number {
  const index = (sib >>> 3) & 7;
  return index === ESP ? 0 : readPart(cpu.registers, index, 4) * (1 << (sib >>> 6));
}
