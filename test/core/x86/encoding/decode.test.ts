import { describe, expect, it } from 'vitest';
import { decode } from '../../../../core/x86/encoding/decode.ts';
import { supportedMnemonics } from '../../../../core/x86/encoding/table.ts';
import type { Instruction } from '../../../../core/x86/instruction.ts';
import { disagreement } from './iced.ts';
import { random } from './random.ts';

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

function decoded(text: string, code32 = true) {
  const code = bytes(text);
  return decode((index) => code[index] ?? -1, code32);
}

function instruction(text: string): Instruction {
  const result = decoded(text);
  if ('fault' in result) throw new Error(`${text}: ${result.fault}`);
  return result;
}

const EVERY_PREFIX = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

describe('decoding', () => {
  it('reads base, index, displacement and a sign-extended immediate', () => {
    expect(instruction('83 44 8d f8 ff')).toEqual({
      mnemonic: 'add',
      length: 5,
      operandSize: 4,
      addressSize: 4,
      operands: [
        { kind: 'memory', size: 4, segment: 2, base: 5, index: 1, shift: 2, displacement: -8, addressSize: 4 },
        { kind: 'immediate', size: 4, value: -1 },
      ],
      condition: 0,
      repeat: 'none',
      lock: false,
      segment: 3,
    });
  });

  it('gives the count of a shift as a byte, whatever is shifted', () => {
    expect(instruction('d1 e0').operands[1]).toEqual({ kind: 'immediate', size: 1, value: 1 });
    expect(instruction('d3 e0').operands[1]).toEqual({ kind: 'register', size: 1, number: 1 });
    expect(instruction('c1 e0 ff').operands[1]).toEqual({ kind: 'immediate', size: 1, value: 255 });
  });

  it('spells out what the two-operand imul reads', () => {
    expect(instruction('0f af c3').operands.map((operand) => 'number' in operand && operand.number)).toEqual([0, 0, 3]);
  });

  it.each(['f0 90', 'f0 01 c0', 'f0 39 00', 'f0 a4'])('refuses to lock %s', (text) => {
    expect(decoded(text)).toEqual({ fault: 'undefined' });
  });

  it.each(['8d c0', '62 c0', 'c4 c0', '0f 01 d0', '0f 01 f8', '0f c7 c8', '0f ae c0', '8e c8', '8f c8', '0f 20 c8'])(
    'has no meaning for %s',
    (text) => expect(decoded(text)).toEqual({ fault: 'undefined' }),
  );

  it('says which byte it could not have', () => {
    expect(decoded('81 05 00 00 00 00 01')).toEqual({ fault: 'fetch', at: 7 });
    expect(decode(() => -1, true)).toEqual({ fault: 'fetch', at: 0 });
  });

  it('takes fifteen bytes and no more', () => {
    const prefixed = (count: number) => `${'66 '.repeat(count)}89 c8`;
    expect(decoded(prefixed(13))).toMatchObject({ mnemonic: 'mov', length: 15 });
    expect(decoded(prefixed(14))).toEqual({ fault: 'too long' });
  });

  it('never asks for a byte behind the instruction', () => {
    const code = bytes('c7 44 24 04 78 56 34 12');
    let furthest = -1;
    decode((index) => {
      furthest = Math.max(furthest, index);
      return code[index];
    }, true);
    expect(furthest).toBe(code.length - 1);
  });
});

describe('beside iced-x86', { timeout: 120_000 }, () => {
  /** Random bytes behind every opcode, with no, one or two prefixes. */
  function randomCode(seed: number): Uint8Array {
    const dice = random(seed);
    const code = Uint8Array.from({ length: 15 }, () => dice.word() & 0xff);
    let at = 0;
    while (dice.once(4) && at < 2) code[at++] = dice.pick(EVERY_PREFIX);
    if (dice.once(3)) code[at++] = 0x0f;
    code[at] = seed & 0xff;
    return code;
  }

  it.each([true, false])('agrees on 100,000 random byte strings, code32 %s', (code32) => {
    const found: string[] = [];
    for (let seed = 0; seed < 100_000; seed++) {
      const difference = disagreement(randomCode(seed), code32);
      if (difference !== null) found.push(difference);
    }
    expect(found).toEqual([]);
  });

  it('agrees on every opcode with every ModR/M byte', () => {
    const found: string[] = [];
    for (let opcode = 0; opcode < 512; opcode++)
      for (let modrm = 0; modrm < 256; modrm++) {
        const tail = [modrm, 0x25, 0x44, 0x33, 0x22, 0x11, 0x99, 0x88, 0x77, 0x66, 0x55, 0x44];
        const code = Uint8Array.from(opcode < 256 ? [opcode, ...tail] : [0x0f, opcode - 256, ...tail]);
        const difference = disagreement(code, true);
        if (difference !== null) found.push(difference);
      }
    expect(found).toEqual([]);
  });
});

it('supports each mnemonic once', () => {
  const names = supportedMnemonics();
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('cmpxchg8b');
  expect(names).not.toContain('vmcall');
});
