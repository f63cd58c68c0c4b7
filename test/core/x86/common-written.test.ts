/** What a build prepares stands for every instruction of the same key, so each must be what that instruction would get. */

import { describe, expect, test } from 'vitest';
import { allHandlers } from '../../../core/x86/all-handlers.ts';
import { commonWritten, prepareForBoards } from '../../../core/x86/common-written.ts';
import { decode } from '../../../core/x86/encoding/decode.ts';
import type { Instruction } from '../../../core/x86/instruction.ts';
import { commonShapes } from '../../../core/x86/interpreter/common-shapes.ts';
import { functionOf, functionsOf } from '../../../core/x86/interpreter/handler-functions.ts';
import { type Shape, shapeKey, shapeOf } from '../../../core/x86/interpreter/shape.ts';
import { spelledOut } from '../../../core/x86/meaning/implied-operands.ts';
import { meanings } from '../../../core/x86/meaning/table.ts';
import { FLAT_PROGRAM } from '../../../core/x86/state.ts';

const prefixes = [[], [0x66], [0xf3], [0xf2], [0x64]];
/** ModR/M bytes with every middle and with memory at edi, at a base, at an absolute address, with SIB, and a register. */
const modrms = Array.from({ length: 8 }, (_, middle) =>
  [0x07, 0x43, 0x05, 0x04, 0xc2].map((rest) => rest | (middle << 3)),
);
const REST = [0x8b, 1, 2, 3, 4, 5, 6, 7, 8];

/** Every opcode of both maps, with prefixes and operands of many kinds. */
function* everyKind(): Generator<Instruction> {
  for (const prefix of prefixes) {
    for (let opcode = 0; opcode < 512; opcode++) {
      for (const modrm of modrms.flat()) {
        const bytes = [...prefix, ...(opcode < 256 ? [opcode] : [0x0f, opcode - 256]), modrm, ...REST];
        const instruction = decode((index) => bytes[index] ?? -1, true);
        if (!('fault' in instruction)) yield instruction;
      }
    }
  }
}

describe('what is prepared', () => {
  test('is, of every shape, what any instruction of that shape would get', () => {
    const common = new Map(commonShapes().map((shape) => [shapeKey(shape), shape]));
    const met = new Map<string, Shape>();
    for (const instruction of everyKind()) {
      if (!(instruction.mnemonic in meanings) || instruction.repeat !== 'none') continue;
      const shape = shapeOf(spelledOut(instruction), FLAT_PROGRAM);
      const key = shapeKey(shape);
      if (common.has(key)) met.set(key, shape);
    }
    expect(met.size).toBeGreaterThan(common.size / 2);
    for (const [key, shape] of met) expect(functionsOf(shape), key).toEqual(functionsOf(common.get(key)!));
  });

  test('is, of handlers written by hand, what any instruction of that key would get', () => {
    const common = new Map(commonWritten().map((handler) => [handler.key, handler]));
    const met = new Set<string>();
    for (const instruction of everyKind()) {
      const handler = allHandlers[instruction.mnemonic]?.(instruction, FLAT_PROGRAM);
      const prepared = handler && common.get(handler.key);
      if (!prepared || met.has(`${handler.key} ${instruction.operands.length}`)) continue;
      met.add(`${handler.key} ${instruction.operands.length}`);
      const write = (one: typeof prepared) => functionOf((code) => one.write(code));
      expect(write(prepared), handler.key).toEqual(write(handler));
      expect(prepared.findings, handler.key).toEqual(handler.findings);
    }
    expect(met.size).toBeGreaterThan(common.size / 2);
  });

  test('has each key once', () => {
    const { handlers, routines } = prepareForBoards();
    expect(new Set(handlers.map(([key]) => key)).size).toBe(handlers.length);
    expect(new Set(routines.map(([key]) => key)).size).toBe(routines.length);
    expect(routines.length).toBeGreaterThan(0);
  });
});
