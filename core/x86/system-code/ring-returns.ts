/**
 * iret and retf with 32-bit operands to where one has gone before: outward to another ring, or within the ring; and far
 * jumps and calls within the ring, which are judged as such a return is.  The ways with every check are
 * system/far-returns.ts and system/transfers.ts.
 */

import type { Value } from '../emit/function-builder.ts';
import { words } from '../memory/words.ts';
import { eflag, memoryMap } from '../state.ts';
import { ringMemory, ringMemoryPlace } from '../system/known-rings.ts';
import { restorable } from '../system/rights.ts';
import { enterCode, enterRing, USER_RING } from './ring-changes.ts';
import type { SystemWriter } from './system-writer.ts';

const { BASE, CPL, CR0, CS, DS, ES, ESP, EVENT_WAITING, FLAGS_REST, FS, GDT_BASE, GDT_LIMIT, GS } = words;
const { LIMIT, NMI_BLOCKED, READ_HIGH, READ_LOW, READ_TABLE, RIGHTS, SELECTOR, SS, WRITE_TABLE } = words;

const PAGE = 4096;
const RPL = 3;
const DPL_SHIFT = 13;
const SIGN_SHIFT = 31;
const SELECTOR_BITS = 0xffff;
const INTERRUPT_FRAME_BYTES = 12;
const CALL_FRAME_BYTES = 8;
/** esp and ss, behind either when it leads outward. */
const STACK_BYTES = 8;
const PRIVILEGE_SHIFT = 12;
const ARITHMETIC = eflag.carry | eflag.parity | eflag.adjust | eflag.zero | eflag.sign | eflag.overflow;
/** What iret restores in any ring, and what only ring 0 restores beside it. */
const ALWAYS = (restorable.always | restorable.wide) & ~ARITHMETIC;
const INNERMOST = eflag.privilege | restorable.virtual;

interface Frame {
  readonly host: Value;
  readonly linear: Value;
  readonly eip: Value;
  readonly selector: Value;
  /** Without esp and ss. */
  readonly bytes: number;
}

/** A frame that begins with eip and cs. A flat stack needs no bounds, and the table tells about the page. */
function openFrame(w: SystemWriter, bytes: number, flatStack: boolean): Frame {
  const esp = w.word(ESP);
  if (!flatStack) {
    const last = w.add(esp, w.constant(bytes + STACK_BYTES - 1));
    const outside = w.or(w.below(esp, w.word(SS + READ_LOW)), w.above(last, w.word(SS + READ_HIGH)));
    w.giveUpIf(w.or(outside, w.below(last, esp)));
  }
  const linear = flatStack ? esp : w.add(w.word(SS + BASE), esp);
  const host = w.open(READ_TABLE, linear, bytes);
  const selector = w.and(w.load(host, 4), w.constant(SELECTOR_BITS));
  return { host, linear, eip: w.load(host), selector, bytes };
}

/** Gives up where the flags want more than to be set: a task to return to, another mode, a step, a waiting event, #AC. */
function expectPlainFlags(w: SystemWriter, image: Value): void {
  const before = w.word(FLAGS_REST);
  const alignment = w.and(w.and(w.word(CR0), w.or(before, image)), w.constant(eflag.alignment));
  const nested = w.and(before, w.constant(eflag.nested));
  const special = w.and(image, w.constant(eflag.virtual8086 | eflag.trap));
  w.giveUpIf(w.or(w.or(alignment, nested), w.or(special, w.word(EVENT_WAITING))));
}

/** Sets what this ring may restore; `ring` is the one the return was made from. */
function restoreFlags(w: SystemWriter, ring: Value, image: Value): void {
  const before = w.word(FLAGS_REST);
  const level = w.and(w.shiftRight(before, w.constant(PRIVILEGE_SHIFT)), w.constant(RPL));
  const interrupt = w.select(w.above(ring, level), w.constant(0), w.constant(eflag.interrupt));
  const innermost = w.select(ring, w.constant(0), w.constant(INNERMOST));
  const mask = w.or(w.or(interrupt, innermost), w.constant(ALWAYS));
  w.setWord(FLAGS_REST, w.or(w.and(before, w.not(mask)), w.and(image, mask)));
  w.setArithmeticFlags(image);
}

/** Address of the memory of returns to this selector. */
function memoryOf(w: SystemWriter, selector: Value, ring: Value): Value {
  const [first, second] = ringMemoryPlace.gdtFolds.map((by) => w.shiftRight(w.word(GDT_BASE), w.constant(by)));
  const fold = w.and(w.xor(first, second), w.constant(ringMemoryPlace.foldMask));
  const place = w.and(w.xor(selector, fold), w.constant(ringMemoryPlace.returnMask));
  const pair = w.or(place, w.shiftLeft(ring, w.constant(ringMemoryPlace.returnRingShift)));
  return w.add(w.shiftLeft(pair, w.constant(ringMemoryPlace.shift)), w.constant(memoryMap.knownReturns));
}

/** What is remembered of this code segment, after seeing that it is true still and has an `eip`; gives up otherwise. */
function expectCode(w: SystemWriter, selector: Value, ring: Value, eip: Value): Value {
  const memory = memoryOf(w, selector, ring);
  const was = (word: number) => w.of(memory, word);
  const differences = w.anyDiffer(
    [was(ringMemory.key), selector],
    [was(ringMemory.fromRing), ring],
    [was(ringMemory.gdtBase), w.word(GDT_BASE)],
    [was(ringMemory.gdtLimit), w.word(GDT_LIMIT)],
  );
  const beyond = w.above(eip, was(ringMemory.newCode + LIMIT));
  w.giveUpIf(w.or(w.or(differences, w.isZero(selector)), beyond));
  w.expectPairs(memory, [was(ringMemory.codeAt), ringMemory.code]);
  return memory;
}

/** Not zero if the outer ring could not have loaded a data segment, so that it would have to be taken away. */
function anyInner(w: SystemWriter, ring: Value): Value {
  const outer = w.shiftLeft(ring, w.constant(DPL_SHIFT));
  // By their signs: less than the outer ring, and not zero.
  const inner = [ES, DS, FS, GS].map((segment) => {
    const rights = w.word(segment + RIGHTS);
    const distance = w.sub(w.and(rights, w.constant(RPL << DPL_SHIFT)), outer);
    return w.and(distance, w.or(rights, w.sub(w.constant(0), rights)));
  });
  return w.shiftRight(
    inner.reduce((any, next) => w.or(any, next)),
    w.constant(SIGN_SHIFT),
  );
}

/** What remains to be done beside the registers; the last of it is said by `finish`. */
type Finish = (frame: Frame, from: Value, budget: Value) => void;

function returnOutward(w: SystemWriter, frame: Frame, memory: Value, from: Value, finish: Finish): void {
  const was = (word: number) => w.of(memory, word);
  const offset = w.and(frame.linear, w.constant(PAGE - 1));
  w.giveUpIf(w.above(offset, w.constant(PAGE - frame.bytes - STACK_BYTES)));
  const esp = w.load(frame.host, frame.bytes);
  const stack = w.and(w.load(frame.host, frame.bytes + 4), w.constant(SELECTOR_BITS));
  const ring = w.and(frame.selector, w.constant(RPL));
  w.giveUpIf(w.or(w.xor(stack, was(ringMemory.stackSelector)), anyInner(w, ring)));
  w.expectPairs(memory, [was(ringMemory.stackAt), ringMemory.stack]);
  const budget = w.control.unspent();
  const isUser = w.equal(ring, w.constant(USER_RING));
  enterRing(w, memory, { ring, isUser, budget }, () => esp);
  finish(frame, from, budget);
}

/** A selector of this ring was remembered by a transfer within it, any other by a return outward. */
function returnFar(w: SystemWriter, frame: Frame, finish: Finish): void {
  const ring = w.word(CPL);
  const memory = expectCode(w, frame.selector, ring, frame.eip);
  w.if(
    w.equal(w.and(frame.selector, w.constant(RPL)), ring),
    () => {
      const budget = w.control.unspent();
      enterCode(w, memory, () => w.add(w.word(ESP), w.constant(frame.bytes)));
      finish(frame, ring, budget);
    },
    () => returnOutward(w, frame, memory, ring, finish),
  );
}

/** The handler of iret under a 32-bit stack. */
export function writeInterruptReturn(w: SystemWriter, flatStack: boolean): void {
  const frame = openFrame(w, INTERRUPT_FRAME_BYTES, flatStack);
  const image = w.load(frame.host, CALL_FRAME_BYTES);
  expectPlainFlags(w, image);
  returnFar(w, frame, ({ eip }, from, budget) => {
    restoreFlags(w, from, image);
    w.count('iretInstructions');
    w.setWord(NMI_BLOCKED, w.constant(0));
    w.control.go(eip, budget);
  });
}

/** The handler of retf, which releases nothing, under a 32-bit stack. */
export function writeFarReturn(w: SystemWriter, flatStack: boolean): void {
  returnFar(w, openFrame(w, CALL_FRAME_BYTES, flatStack), ({ eip }, _from, budget) => {
    w.count('farTransfers');
    w.control.go(eip, budget);
  });
}

/** The handler of a far jump, or of a far call under a flat stack, straight to code of the same ring. */
export function writeFarTransfer(w: SystemWriter, call: boolean): void {
  const { control } = w;
  const selector = control.field('displacement');
  const eip = control.field('targetEip');
  const ring = w.word(CPL);
  w.giveUpIf(w.xor(w.and(selector, w.constant(RPL)), ring));
  const memory = expectCode(w, selector, ring, eip);
  const budget = control.unspent();
  const pushed = call ? CALL_FRAME_BYTES : 0;
  const frame = call ? w.open(WRITE_TABLE, w.sub(w.word(ESP), w.constant(pushed)), pushed) : null;
  enterCode(w, memory, () => {
    if (frame !== null) {
      w.store(frame, control.field('nextEip'));
      w.store(frame, w.word(CS + SELECTOR), 4);
    }
    return w.sub(w.word(ESP), w.constant(pushed));
  });
  w.count('farTransfers');
  control.go(eip, budget);
}
