/**
 * Random x87 cases that look for trouble: operands from the edges of every format, exponents close enough to cancel,
 * every rounding and precision, masks on and off, registers empty now and then.  The same seed gives the same cases.
 */

import { bytesOf, hexOf, type Input, instructionAt, mnemonicOf, OPERAND } from './bench.ts';

/** Numerical Recipes' 32-bit mixer over a counter: tiny, and good enough to choose test cases. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  bits(count: number): number {
    this.state = (this.state + 0x9e37_79b9) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
    return count === 0 ? 0 : ((x ^ (x >>> 16)) >>> 0) >>> (32 - count);
  }

  below(limit: number): number {
    return this.bits(31) % limit;
  }

  chance(probability: number): boolean {
    return this.bits(24) < probability * (1 << 24);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, '0');

const exponents = [
  0, 0, 1, 2, 0x3f, 0x3bcd, 0x3c01, 0x3f6a, 0x3f81, 0x3fbf, 0x3fc0, 0x3ffd, 0x3ffe, 0x3fff, 0x4000, 0x4001, 0x400e,
  0x401d, 0x401e, 0x401f, 0x403c, 0x403d, 0x403e, 0x403f, 0x407e, 0x43fe, 0x5fff, 0x7ffd, 0x7ffe, 0x7fff,
];
const significands = [
  '8000000000000000',
  '8000000000000001',
  'ffffffffffffffff',
  'c000000000000000',
  'c000000000000001',
  'fffffffffffff800',
  'fffffffffffffc00',
  'ffffff0000000000',
  'ffffff8000000000',
  '8000000000000400',
  '8000008000000000',
  '8000000000000800',
  'a000000000000000',
  '0000000000000000',
  '0000000000000001',
  '4000000000000000',
  '7fffffffffffffff',
];

/** An extended real, as sixteen bits and a significand. */
export function extendedReal(random: Random): string {
  const sign = random.bits(1) << 15;
  const kind = random.bits(5);
  if (kind < 2) return `${hex(sign, 4)}0000000000000000`;
  if (kind < 4) return `${hex(sign | 0x3fff, 4)}8000000000000000`;
  let exponent = random.pick(exponents);
  if (kind < 14) exponent = 0x3fff - 70 + random.below(140);
  else if (kind < 17) exponent = random.bits(15);
  let significand = random.pick(significands);
  if (kind >= 8) significand = hex(random.bits(32) | 0x8000_0000, 8) + hex(random.bits(32), 8);
  if (kind === 20) significand = hex(random.bits(31), 8) + hex(random.bits(32), 8);
  if (kind === 21) significand = hex((random.bits(12) << 20) | 0x8000_0000, 8) + hex(random.bits(1), 8);
  return hex(sign | exponent, 4) + significand;
}

/** Bytes for a memory operand of the given size, as likely to be a real as an integer. */
function memoryOperand(random: Random, size: number, mnemonic: string): string {
  if (mnemonic === 'fbld') {
    return `${Array.from({ length: 9 }, () => hex(random.below(10) * 16 + random.below(10), 2)).join('')}${random.pick(['00', '80'])}`;
  }
  if (size === 10) return hexOf(bytesOf(extendedReal(random)).reverse());
  if (mnemonic.startsWith('fi') || random.chance(0.2)) {
    const value = random.pick([0, 1, -1, 0x7fff, 0x8000, 0x7fff_ffff, -0x8000_0000, random.bits(32), random.bits(8)]);
    const high = random.pick([0, -1, -0x8000_0000, 0x7fff_ffff, random.bits(32)]);
    return hexOf(bytesOf(hex(high, 8) + hex(value, 8)).reverse()).slice(0, size * 2);
  }
  const bits = size === 4 ? 8 : 11;
  const exponent = random.pick([
    0,
    0,
    1,
    2,
    3,
    (1 << bits) - 1,
    (1 << bits) - 2,
    (1 << (bits - 1)) - 1 + random.below(8),
    random.bits(bits),
  ]);
  const fraction = random.pick([0, 0, 1, 0x8_0000, 0xf_ffff, random.bits(20), random.bits(20)]);
  const low = random.pick([0, 0, 1, random.bits(32)]);
  const top = (random.bits(1) << 31) | (exponent << (31 - bits));
  if (size === 4) return hexOf(bytesOf(hex(top | (fraction << 3), 8)).reverse());
  return hexOf(bytesOf(hex(top | fraction, 8) + hex(low, 8)).reverse());
}

/** fldenv, fnstenv, frstor and fnsave move this many bytes in their longest form. */
const ENVIRONMENT_BYTES = 108;
const environmentNames = ['fldenv', 'fnstenv', 'frstor', 'fnsave'];

/**
 * Every x87 instruction, in each of its encodings; memory forms at OPERAND.  Left out are d9 d8+i, which no manual
 * mentions (an fstp that does not mind an empty register), and the fossils feni, fdisi and fsetpm (which do not wait).
 */
function allCodes(): string[] {
  const codes: string[] = [];
  const address = hexOf(bytesOf(hex(OPERAND, 8)).reverse());
  for (let first = 0xd8; first <= 0xdf; first++) {
    for (let digit = 0; digit < 8; digit++) codes.push(hex(first, 2) + hex((digit << 3) | 5, 2) + address);
    for (let modrm = 0xc0; modrm <= 0xff; modrm++) codes.push(hex(first, 2) + hex(modrm, 2));
  }
  const known = codes.filter((code) => instructionAt(code) !== null && !/^(d9d[89a-f]|dbe[014])$/.test(code));
  const narrow = known.filter((code) => environmentNames.includes(mnemonicOf(code)));
  return [...known, ...narrow.map((code) => `66${code}`)];
}

/** Some instructions have many encodings that differ only by register; each mnemonic deserves an equal share. */
export function codesByMnemonic(): Map<string, string[]> {
  const byMnemonic = new Map<string, string[]>();
  for (const code of allCodes()) {
    const mnemonic = mnemonicOf(code);
    byMnemonic.set(mnemonic, [...(byMnemonic.get(mnemonic) ?? []), code]);
  }
  return byMnemonic;
}

function memoryFor(random: Random, mnemonic: string, size: number, wordBytes: number): string {
  if (environmentNames.includes(mnemonic)) return environment(random, wordBytes);
  return size === 0 ? '' : memoryOperand(random, size, mnemonic);
}

/** An image for fldenv and frstor. Reserved bits stay as fnsave would write them. */
function environment(random: Random, wordBytes: number): string {
  const word = (value: number) => hexOf(bytesOf(hex(value, 4)).reverse()) + 'ff'.repeat(wordBytes - 2);
  const status = (random.bits(16) & 0x7f00) | (random.chance(0.3) ? random.bits(7) : 0);
  const words = [controlWord(random), status, random.bits(16), 0, 0, 0, 0].map(word).join('');
  const registers = Array.from({ length: 8 }, () => hexOf(bytesOf(extendedReal(random)).reverse())).join('');
  return (words + registers).padEnd(ENVIRONMENT_BYTES * 2, '0');
}

function controlWord(random: Random): number {
  const masks = random.chance(0.75) ? 0x3f : random.chance(0.5) ? random.bits(6) : 0x3f & ~(1 << random.below(6));
  const precision = random.chance(0.6) ? 3 : random.pick([0, 2, 3, 3, 1]);
  return 0x40 | masks | (precision << 8) | (random.bits(2) << 10);
}

function near(random: Random, text: string): string {
  const exponent = (Number.parseInt(text.slice(0, 4), 16) & 0x7fff) + random.below(9) - 4;
  if (exponent < 0 || exponent > 0x7fff) return text;
  const significand = random.chance(0.5) ? text.slice(4) : extendedReal(random).slice(4);
  return hex((random.bits(1) << 15) | exponent, 4) + significand;
}

export function makeCase(random: Random, mnemonic: string, code: string): Input {
  const instruction = instructionAt(code)!;
  const first = instruction.operands[0];
  const registers = Array.from({ length: 8 }, () => extendedReal(random));
  if (random.chance(0.35)) {
    const named = instruction.operands.find((operand) => operand.kind === 'x87 register' && operand.number !== 0);
    registers[named?.kind === 'x87 register' ? named.number : 1] = near(random, registers[0]);
  }
  const pushes = /^(fld|fild|fbld|fxtract|fptan|fsincos)/.test(mnemonic);
  const top = random.bits(3);
  let empty = pushes ? 1 << ((top + 7) & 7) : 0;
  if (random.chance(0.08)) empty = random.bits(8);
  const control = controlWord(random);
  const pending = random.chance(0.03) ? random.bits(7) : random.bits(7) & control & 0x3f;
  const codes = (random.bits(3) << 8) | (random.bits(1) << 14);
  const size = first?.kind === 'memory' ? first.size : 0;
  return {
    code,
    control,
    status: (top << 11) | codes | (random.chance(0.2) ? pending : 0),
    empty,
    registers,
    eflags: random.bits(12) & 0x8d5,
    memory: memoryFor(random, mnemonic, size, code.startsWith('66') ? 2 : 4),
  };
}

/** `count` cases, mnemonics in turn. */
export function makeCases(seed: number, count: number, only?: readonly string[]): Input[] {
  const random = new Random(seed);
  const groups = [...codesByMnemonic()].filter(([mnemonic]) => only === undefined || only.includes(mnemonic));
  return Array.from({ length: count }, (_, index) => {
    const [mnemonic, codes] = groups[index % groups.length];
    return makeCase(random, mnemonic, random.pick(codes));
  });
}
