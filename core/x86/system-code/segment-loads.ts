/**
 * Segment registers, the task register and the descriptor tables: loads of what was loaded before from the very same
 * descriptor, and the pushes and pops that go with them.  The checks are in system/segments.ts and system/tasks.ts.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { words } from '../memory/words.ts';
import { memoryMap, mode, segmentLayout } from '../state.ts';
import { descriptorBit } from '../system/descriptors.ts';
import { descriptorKey, descriptorMemory, descriptorPlace } from '../system/known-descriptors.ts';
import { shieldShows } from './flag-moves.ts';
import { loadWord16, openOperand } from './memory-operands.ts';
import { FLAT_STACK, finishRoutine, type SystemWriter } from './system-writer.ts';

const { CODE_TABLE_ROW, CPL, DS, ES, ESP, GDT_BASE, GDT_LIMIT, MODE, READ_TABLE, SEGMENTS, SEGMENT_WORDS } = words;
const { SELECTOR, SS, SUPERVISOR_WRITE_TABLE, TR, WRITE_TABLE } = words;

const SELECTOR_BITS = 0xffff;
const NULL_BITS = 0xfffc;
const INDEX_BITS = 0xfff8;
const LOCAL_TABLE = 4;
const DESCRIPTOR_LAST = 7;
const HIGH_BYTES = 4;
const LIMIT_BYTES = 2;
/** Only these two count for the mode (state.ts). */
const flatBit: Readonly<Record<number, number>> = { [DS]: mode.flatData, [ES]: mode.flatExtra };

interface Remembered {
  readonly memory: Value;
  /** Linear address of the descriptor. */
  readonly at: Value;
}

/** What is remembered of a selector's descriptor, after seeing that it is true still; gives up otherwise. */
function expectDescriptor(w: SystemWriter, selector: Value, purpose: number): Remembered {
  const last = w.or(selector, w.constant(DESCRIPTOR_LAST));
  const local = w.and(selector, w.constant(LOCAL_TABLE));
  w.giveUpIf(w.or(local, w.above(last, w.word(GDT_LIMIT))));
  const at = w.add(w.word(GDT_BASE), w.and(selector, w.constant(INDEX_BITS)));
  const stackBit = purpose === descriptorKey.stack ? descriptorPlace.stackBit : 0;
  const which = w.add(w.word(CPL), w.constant(stackBit));
  const product = w.mul(w.add(at, which), w.constant(descriptorPlace.multiplier));
  const spread = w.shiftRight(product, w.constant(descriptorPlace.shift));
  const place = w.shiftLeft(spread, w.constant(descriptorPlace.strideShift));
  const memory = w.add(place, w.constant(memoryMap.knownDescriptors));
  const key = w.or(w.or(selector, w.shiftLeft(w.word(CPL), w.constant(descriptorKey.ringShift))), w.constant(purpose));
  w.giveUpIf(w.anyDiffer([w.of(memory, descriptorMemory.key), key], [w.of(memory, descriptorMemory.at), at]));
  w.expectPairs(memory, [at, descriptorMemory.low]);
  return { memory, at };
}

/** 0 or 1: whether the segment register remembered at `base` is flat (system/segments.ts). */
function isFlat(w: SystemWriter, base: Value): Value {
  const part = (name: keyof typeof segmentLayout.at) =>
    w.load(base, (descriptorMemory.result << 2) + segmentLayout.at[name]);
  const zeros = w.or(w.or(part('base'), part('readLow')), part('writeLow'));
  return w.isZero(w.or(zeros, w.not(w.and(part('readHigh'), part('writeHigh')))));
}

/** How code of a load ends, and what becomes of one that changes the mode. */
interface Ending {
  finish(w: SystemWriter): void;
  finishChanged(w: SystemWriter, then: Value, load: () => void): void;
}

const inHandler: Ending = {
  finish: ({ control }) => control.proceed(),
  finishChanged(w, then, load) {
    const codeTable = w.codeTable(w.word(CODE_TABLE_ROW), then);
    load();
    w.selectMode(then, codeTable);
    w.control.go(w.control.field('nextEip'), w.control.unspent());
  },
};

/** Code of a region is for one mode. */
const inRoutine: Ending = {
  finish: finishRoutine,
  finishChanged: (w) => w.giveUpIf(w.constant(1)),
};

/** Does `load` and ends; `flat` is 0 or 1. */
function goOn(w: SystemWriter, segment: number, flat: Value, ending: Ending, load: () => void): void {
  const done = () => {
    load();
    w.count('segmentLoads');
  };
  const bit = flatBit[segment];
  if (bit !== undefined) {
    const now = w.word(MODE);
    const then = w.or(w.and(now, w.constant(~bit)), w.mul(flat, w.constant(bit)));
    w.if(w.xor(now, then), () => ending.finishChanged(w, then, done));
  }
  done();
  ending.finish(w);
}

/** Loads es, ds, fs or gs, whose first word is `segment`; `beside` is done at the moment of the load. */
function loadSegment(w: SystemWriter, segment: number, selector: Value, ending: Ending, beside: () => void): void {
  w.if(w.isZero(w.and(selector, w.constant(NULL_BITS))), () => {
    goOn(w, segment, w.constant(0), ending, () => {
      const nothing = { selector, readLow: w.constant(1), writeLow: w.constant(1) };
      for (const [name, offset] of Object.entries(segmentLayout.at)) {
        const value = nothing[name as keyof typeof nothing] ?? w.constant(0); // absent names are zero
        w.store(w.constant(0), value, (segment << 2) + offset);
      }
      beside();
    });
  });
  const { memory } = expectDescriptor(w, selector, descriptorKey.data);
  goOn(w, segment, isFlat(w, memory), ending, () => {
    w.copySegment(segment, memory, descriptorMemory.result);
    beside();
  });
}

const selectorFrom = (w: SystemWriter, fromMemory: boolean) =>
  fromMemory
    ? loadWord16(w, openOperand(w, 2))
    : w.and(w.load(w.control.field('register1')), w.constant(SELECTOR_BITS));

/** mov to es, ds, fs or gs, from a general register or from memory. */
export function writeSegmentMove(w: SystemWriter, number: number, fromMemory: boolean): void {
  loadSegment(w, SEGMENTS + number * SEGMENT_WORDS, selectorFrom(w, fromMemory), inHandler, () => undefined);
}

/** mov to ss, if the stack stays as flat and as wide as it is. */
export function writeStackMove(w: SystemWriter, fromMemory: boolean): void {
  const selector = selectorFrom(w, fromMemory);
  w.giveUpIf(shieldShows(w));
  const { memory } = expectDescriptor(w, selector, descriptorKey.stack);
  const rights = w.load(memory, (descriptorMemory.result << 2) + segmentLayout.at.rights);
  const wide = w.select(w.and(rights, w.constant(descriptorBit.big)), w.constant(mode.stack32), w.constant(0));
  const then = w.or(wide, w.mul(isFlat(w, memory), w.constant(mode.flatStack)));
  w.giveUpIf(w.xor(w.and(w.word(MODE), w.constant(FLAT_STACK)), then));
  w.copySegment(SS, memory, descriptorMemory.result);
  w.count('segmentLoads');
  w.control.proceed();
}

/** Loads a segment register with the selector that is the routine's argument. */
export function writeSegmentRoutine(w: SystemWriter, number: number, selector: Value): void {
  loadSegment(w, SEGMENTS + number * SEGMENT_WORDS, selector, inRoutine, () => undefined);
}

/** Pops into a segment register from a flat stack. */
export function writeSegmentPop(w: SystemWriter, number: number, size: number): void {
  const esp = w.word(ESP);
  const selector = w.and(w.load(w.open(READ_TABLE, esp, size)), w.constant(SELECTOR_BITS));
  const drop = () => w.setWord(ESP, w.add(esp, w.constant(size)));
  loadSegment(w, SEGMENTS + number * SEGMENT_WORDS, selector, inHandler, drop);
}

/** Pushes a segment register's selector, as four bytes on a flat stack. */
export function writeSegmentPush(w: SystemWriter, number: number): void {
  const top = w.sub(w.word(ESP), w.constant(4));
  const host = w.open(WRITE_TABLE, top, 4);
  w.store(host, w.word(SEGMENTS + number * SEGMENT_WORDS + SELECTOR));
  w.setWord(ESP, top);
  w.control.proceed();
}

/** A segment register's selector into a general register of 32 bits. */
export function writeSegmentRead(w: SystemWriter, number: number): void {
  w.store(w.control.field('register0'), w.word(SEGMENTS + number * SEGMENT_WORDS + SELECTOR));
  w.control.proceed();
}

/** lgdt and lidt with 32-bit operands; goes on behind it. */
export function writeTableLoad(w: SystemWriter, baseWord: number, limitWord: number, offset?: Value): void {
  w.giveUpIf(w.word(CPL));
  const host = openOperand(w, LIMIT_BYTES + 4, offset);
  const limit = loadWord16(w, host);
  const base = w.builder.load(wasm.i32Load, host, LIMIT_BYTES);
  w.setWord(limitWord, limit);
  w.setWord(baseWord, base);
  w.count('tableLoads');
}

/** ltr from a register: marks the descriptor busy as it did before. Goes on behind it. */
export function writeTaskLoad(w: SystemWriter, operand = w.load(w.control.field('register0'))): void {
  const selector = w.and(operand, w.constant(SELECTOR_BITS));
  w.giveUpIf(w.or(w.word(CPL), w.isZero(w.and(selector, w.constant(NULL_BITS)))));
  const { memory, at } = expectDescriptor(w, selector, descriptorKey.task);
  const high = w.open(SUPERVISOR_WRITE_TABLE, w.add(at, w.constant(HIGH_BYTES)), 4);
  w.store(high, w.of(memory, descriptorMemory.highAfter));
  w.copySegment(TR, memory, descriptorMemory.result);
  w.count('tableLoads');
}
