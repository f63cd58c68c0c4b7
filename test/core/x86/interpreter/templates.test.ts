/** What is copied from templates is what the decoder writes when there are none. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { decode } from '../../../../core/x86/encoding/decode.ts';
import { commonHandlers } from '../../../../core/x86/interpreter/common-handlers.ts';
import { operationLayout, slot } from '../../../../core/x86/interpreter/operation.ts';
import { Templates } from '../../../../core/x86/interpreter/templates.ts';
import { meanings } from '../../../../core/x86/meaning/table.ts';
import { memoryMap } from '../../../../core/x86/state.ts';
import { stringHandlers } from '../../../../core/x86/string-handlers/table.ts';
import { systemHandlers } from '../../../../core/x86/system-code/system-handlers.ts';
import { x87Handlers } from '../../../../core/x86/x87/code/handlers.ts';
import { type Random, random } from '../encoding/random.ts';
import { world } from '../small-world.ts';
import { buildSide, type Side } from './engine-pair.ts';

const SEED = 20261122;
const HEADS = 1500;
/** Each head comes back so often, with other constants behind it. */
const TIMES = 5;
const CONSTANT_BYTES = 10;
const PREFIXES = [0x66, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67];
const ESCAPE = 0x0f;
const field = operationLayout.at;
const OPERATION_WORDS = operationLayout.bytes >>> 2;

/** Prefixes, opcode, ModR/M and SIB, not all of which need exist. */
function someHead(dice: Random): number[] {
  const head: number[] = [];
  while (dice.once(4)) head.push(dice.pick(PREFIXES));
  if (dice.once(3)) head.push(ESCAPE);
  return [...head, dice.below(256), dice.below(256), dice.below(256)];
}

/** Opcodes with ModR/M: all sizes, registers in all places, opcodes in the middle bits, constants behind. */
const ADDRESSING = '00 01 02 03 69 6b 80 81 83 84 87 88 89 8a 8b 8d 8f c1 d2 d3 f6 f7 fe ff'.split(' ');
const ADDRESSING_ESCAPED = '40 94 a3 a4 ad af b0 b1 b6 b7 ba bc be bf c0 c1'.split(' ');

/** One of few opcodes, with any operands. */
function headOfFew(dice: Random): number[] {
  const prefixes = dice.once(4) ? [dice.pick([0x66, 0x64, 0xf0])] : [];
  const escaped = dice.once(3);
  const opcode = Number.parseInt(dice.pick(escaped ? ADDRESSING_ESCAPED : ADDRESSING), 16);
  return [...prefixes, ...(escaped ? [ESCAPE] : []), opcode, dice.below(256), dice.below(256)];
}

interface Code {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
}

/** Instruction after instruction, as long as each turns out to be. */
function someCode(dice: Random, head: (dice: Random) => number[]): Code {
  const heads = Array.from({ length: HEADS }, () => head(dice));
  const bytes: number[] = [];
  const starts: number[] = [];
  for (let left = HEADS * TIMES; left > 0; left--) {
    const tried = [...dice.pick(heads), ...Array.from({ length: CONSTANT_BYTES }, () => dice.below(256))];
    const instruction = decode((index) => tried[index] ?? -1, true);
    if ('fault' in instruction) continue;
    starts.push(bytes.length);
    bytes.push(...tried.slice(0, instruction.length));
  }
  return { bytes: Uint8Array.from(bytes), starts };
}

/** Decodes from every start on that no block before has reached. */
function decoded({ bytes, starts }: Code): { side: Side; first: number[] } {
  const side = buildSide({ ...stringHandlers, ...systemHandlers, ...x87Handlers });
  const { cache } = side.engine;
  side.memory.writeBytes(world.data, bytes);
  const first = starts.map((start) => {
    const eip = world.data + start;
    const page = cache.pageOf(eip);
    return (page && cache.operationOn(page, eip)) || cache.lookUp(eip);
  });
  return { side, first };
}

/** The operation's words, with what its service is called with in place of the number it goes by. A jump's constant is
 *  its target, and who has neither constant nor service leaves that word alone. */
function wordsOf({ state, engine }: Side, operation: number, code: Uint8Array): unknown[] {
  const words: unknown[] = [...state.i32.subarray(operation >>> 2, (operation >>> 2) + OPERATION_WORDS)];
  if (words[0] === slot.continue || words[0] === slot.guard) return words;
  const start = state.u32[(operation + field.eip) >>> 2] - world.data;
  const instruction = decode((index) => code[start + index] ?? -1, true);
  if ('fault' in instruction) return words;
  const constant = instruction.operands.some(({ kind }) => kind === 'immediate') && instruction.mnemonic in meanings;
  if (constant) return words;
  const call = instruction.mnemonic in meanings ? null : engine.cache.callOf(operation).instruction;
  words[field.immediate >>> 2] = call;
  return words;
}

describe('templates', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['whatever it meets', someHead],
    ['of one kind', headOfFew],
  ])(`write what the decoder writes, %s (seed ${SEED})`, (_, head) => {
    commonHandlers(); // from the start, so that slots are the same on both sides
    const code = someCode(random(SEED), head);
    const rootOf = vi.spyOn(Templates.prototype, 'rootOf').mockReturnValue(0);
    const plain = decoded(code);
    rootOf.mockRestore();
    const copied = decoded(code);
    expect(copied.first).toEqual(plain.first);
    expect(plain.first.length).toBeGreaterThan(HEADS);
    const end = Math.max(...plain.first) + operationLayout.bytes;
    for (let at = memoryMap.operations; at < end; at += operationLayout.bytes) {
      expect(wordsOf(copied.side, at, code.bytes)).toEqual(wordsOf(plain.side, at, code.bytes));
    }
  });

  it('are made of one another where only registers differ', () => {
    const taken = vi.spyOn(Templates.prototype, 'placeFor');
    const code = someCode(random(SEED), (dice) => [0x8b, dice.below(256), dice.below(256)]);
    decoded(code);
    const kinds = 20;
    expect(taken.mock.results.filter(({ value }) => value !== 0).length).toBeLessThan(kinds);
  });
});
