/**
 * System instructions inside a region: those that neither jump nor change the mode.  Registers and
 * flags are the region's here; what needs more than a few words of the state is a routine of its own (segment-loads.ts,
 * address-spaces.ts).  Each leaves the region in the very cases in which its handler passes on to the service.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { registerNumber } from '../instruction.ts';
import type { RegionMeaning, RegionSite, Routine } from '../interpreter/written-handlers.ts';
import type { Place } from '../meaning/machine.ts';
import { words } from '../memory/words.ts';
import { eflag } from '../state.ts';
import { restorable } from '../system/rights.ts';

const { CPL, EVENT_WAITING, FLAGS_REST, SEGMENTS, SEGMENT_WORDS, SELECTOR } = words;

const WORD = 4;
const SELECTOR_BYTES = 2;
const SELECTOR_BITS = 0xffff;
const PRIVILEGE_SHIFT = 12;
const LEVELS = 3;
const ARITHMETIC = eflag.carry | eflag.parity | eflag.adjust | eflag.zero | eflag.sign | eflag.overflow;
const ALWAYS = (restorable.always | restorable.wide) & ~ARITHMETIC;
const flagNames = ['carry', 'parity', 'adjust', 'zero', 'sign', 'overflow'] as const;

const wordOf = (m: RegionSite, word: number): Value => m.code.load(wasm.i32Load, m.constant(0), word << 2);
const setWord = (m: RegionSite, word: number, value: Value): void =>
  m.code.store(wasm.i32Store, m.constant(0), value, word << 2);
const selectorOf = (m: RegionSite, number: number) => wordOf(m, SEGMENTS + number * SEGMENT_WORDS + SELECTOR);

/** mov to a general register from the state word of a control register. */
export const controlRead =
  (word: number): RegionMeaning =>
  (m, to) => {
    m.leaveIf(wordOf(m, CPL));
    m.write({ ...to, kind: 'register', size: WORD }, wordOf(m, word));
  };

/** mov to cr3; `load` takes the value. */
export const spaceLoad =
  (load: Routine): RegionMeaning =>
  (m, _to, from) => {
    m.call(load, m.read({ ...from, kind: 'register', size: WORD }));
    m.enterSpace();
  };

export const segmentRead =
  (number: number): RegionMeaning =>
  (m, to) =>
    m.write(to, selectorOf(m, number));

export const segmentPush =
  (number: number): RegionMeaning =>
  (m) =>
    m.push(selectorOf(m, number), WORD);

/** `load` takes the selector. */
export const segmentPop =
  (load: Routine): RegionMeaning =>
  (m) => {
    const selector = m.and(m.readStackAt(m.register(registerNumber.esp, WORD), WORD), m.constant(SELECTOR_BITS));
    m.call(load, selector);
    m.dropStack(m.constant(WORD));
  };

export const segmentMove =
  (load: Routine): RegionMeaning =>
  (m, _to, from) =>
    m.call(load, m.and(m.read({ ...from, size: SELECTOR_BYTES }), m.constant(SELECTOR_BITS)));

/** lgdt and lidt; `load` takes the offset. */
export const tableLoad =
  (load: Routine): RegionMeaning =>
  (m, table) =>
    m.call(load, m.offsetOf(table));

export const taskLoad =
  (load: Routine): RegionMeaning =>
  (m, selector) =>
    m.call(load, m.read({ ...selector, size: SELECTOR_BYTES }));

/** invlpg; `drop` takes the offset. */
export const invalidation =
  (drop: Routine): RegionMeaning =>
  (m, page: Place) => {
    m.call(drop, m.offsetOf(page));
    m.forgetPages();
  };

/** 0 or 1: whether this ring may not touch the interrupt flag. */
function forbidden(m: RegionSite): Value {
  const level = m.and(m.shiftRight(wordOf(m, FLAGS_REST), m.constant(PRIVILEGE_SHIFT)), m.constant(LEVELS));
  return m.below(level, wordOf(m, CPL));
}

export const interruptsOff: RegionMeaning = (m) => {
  m.leaveIf(forbidden(m));
  setWord(m, FLAGS_REST, m.and(wordOf(m, FLAGS_REST), m.constant(~eflag.interrupt)));
};

export const interruptsOn: RegionMeaning = (m) => {
  const ends = m.isZero(m.unspent());
  m.leaveIf(m.or(m.or(forbidden(m), ends), wordOf(m, EVENT_WAITING)));
  setWord(m, FLAGS_REST, m.or(wordOf(m, FLAGS_REST), m.constant(eflag.interrupt)));
};

export const flagsPush: RegionMeaning = (m) => {
  const bits = flagNames.map((name) => m.shiftLeft(m.flag(name), m.constant(Math.log2(eflag[name]))));
  const rest = m.and(wordOf(m, FLAGS_REST), m.constant(~(eflag.virtual8086 | eflag.resume)));
  m.push(
    bits.reduce((all, bit) => m.or(all, bit), m.or(rest, m.constant(eflag.one))),
    WORD,
  );
};

export const flagsPop: RegionMeaning = (m) => {
  const image = m.readStackAt(m.register(registerNumber.esp, WORD), WORD);
  const before = wordOf(m, FLAGS_REST);
  const stepping = m.and(m.or(before, image), m.constant(eflag.trap));
  const checking = m.and(m.xor(before, image), m.constant(eflag.alignment));
  m.leaveIf(m.or(m.or(stepping, checking), wordOf(m, EVENT_WAITING)));
  const outer = wordOf(m, CPL);
  const interrupt = m.select(forbidden(m), m.constant(0), m.constant(eflag.interrupt));
  const privilege = m.select(outer, m.constant(0), m.constant(eflag.privilege));
  const cleared = m.select(outer, m.constant(eflag.resume), m.constant(eflag.resume | restorable.virtual));
  const mask = m.or(m.or(interrupt, privilege), m.constant(ALWAYS));
  const kept = m.and(before, m.not(m.or(mask, cleared)));
  setWord(m, FLAGS_REST, m.or(kept, m.and(image, mask)));
  m.dropStack(m.constant(WORD));
  setArithmeticFlags(m, image);
};

function setArithmeticFlags(m: RegionSite, image: Value): void {
  const bit = (flag: number) => m.and(m.shiftRight(image, m.constant(Math.log2(flag))), m.constant(1));
  const toTop = (flag: number) => m.shiftLeft(image, m.constant(31 - Math.log2(flag)));
  const opposite = (value: Value) => m.xor(value, m.constant(1));
  m.setFlags({
    carry: bit(eflag.carry),
    zero: opposite(bit(eflag.zero)),
    sign: toTop(eflag.sign),
    parity: opposite(bit(eflag.parity)),
    overflow: toTop(eflag.overflow),
    adjust: m.and(image, m.constant(eflag.adjust)),
    size: WORD,
  });
}
