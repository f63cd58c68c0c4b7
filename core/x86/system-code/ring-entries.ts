/**
 * Through a gate, as it was done before: `int n`, interrupts from outside, and the delivery of a fault right from where it
 * was found; into an inner ring or within the ring.  The way with every check is system/deliver.ts; what it left in memory
 * is compared with the world word by word, and then the frame is pushed and the handler entered.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { HANDLER_TYPE } from '../interpreter/control.ts';
import { slot } from '../interpreter/operation.ts';
import { exception } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import { eflag, memoryMap, mode } from '../state.ts';
import { ringMemory, ringMemoryPlace } from '../system/known-rings.ts';
import { enterCode, enterRing, USER_RING } from './ring-changes.ts';
import { FLAT_STACK, SystemWriter, writeOrGiveUp } from './system-writer.ts';

const { ATTENTION, BASE, CPL, CR2, CS, ESP, FAULT_ADDRESS, FAULT_ERROR, FAULT_VECTOR } = words;
const {
  BUDGET_LEFT,
  CR0,
  EIP,
  FLAGS_REST,
  GDT_BASE,
  GDT_LIMIT,
  IDT_BASE,
  IDT_LIMIT,
  INTERRUPT_SHADOW,
  LIMIT,
  MODE,
  RIGHTS,
} = words;
const { SELECTOR, SS, SUPERVISOR_READ_TABLE, SUPERVISOR_WRITE_TABLE, TR, WRITE_TABLE } = words;

const RPL = 3;
const DPL_SHIFT = 13;
const ENTRY_SHIFT = 3;
/** eip cs eflags. */
const OWN_WORDS = 3;
/** And esp ss. */
const INWARD_WORDS = 5;
const WORD_BYTES = 4;
/** In the TSS, before the stack's selector. */
const POINTER_BYTES = 4;

interface Entry {
  readonly vector: Value;
  readonly software: boolean;
  readonly image: Value;
  readonly returnEip: Value;
  /** The error code, and 1 or 0 for whether there is one. */
  readonly error: Value;
  readonly hasError: Value;
  /** What is left of it at the handler. */
  readonly budget: Value;
}

/** Gives up, with nothing changed, unless the gate and the code behind it are what they were. */
function expectGateAsBefore(w: SystemWriter, memory: Value, { vector, software }: Entry): void {
  const was = (word: number) => w.of(memory, word);
  // Where alignment is checked, leaving ring 3 changes more than the ring.
  w.giveUpIf(w.and(w.and(w.word(CR0), w.word(FLAGS_REST)), w.constant(eflag.alignment)));
  const differences = w.anyDiffer(
    [was(ringMemory.fromRing), w.word(CPL)],
    [was(ringMemory.gdtBase), w.word(GDT_BASE)],
    [was(ringMemory.gdtLimit), w.word(GDT_LIMIT)],
    [was(ringMemory.idtBase), w.word(IDT_BASE)],
    [was(ringMemory.idtLimit), w.word(IDT_LIMIT)],
  );
  w.giveUpIf(differences);
  if (software) {
    const privilege = w.and(w.shiftRight(was(ringMemory.gate + 1), w.constant(DPL_SHIFT)), w.constant(RPL));
    w.giveUpIf(w.below(privilege, w.word(CPL)));
  }
  const gateAt = w.add(w.word(IDT_BASE), w.shiftLeft(vector, w.constant(ENTRY_SHIFT)));
  w.expectPairs(memory, [gateAt, ringMemory.gate], [was(ringMemory.codeAt), ringMemory.code]);
}

/** The inner stack's pointer, after seeing that the TSS and the stack's segment are what they were. The pointer may be
 *  another, as it is for each task of a kernel, if the segment takes any. */
function expectStackAsBefore(w: SystemWriter, memory: Value): Value {
  const was = (word: number) => w.of(memory, word);
  const differences = w.anyDiffer(
    [was(ringMemory.trBase), w.word(TR + BASE)],
    [was(ringMemory.trLimit), w.word(TR + LIMIT)],
    [was(ringMemory.trRights), w.word(TR + RIGHTS)],
  );
  w.giveUpIf(differences);
  w.expectPairs(memory, [was(ringMemory.stackAt), ringMemory.stack]);
  const slotAt = was(ringMemory.slotAt);
  const entry = w.entryOf(SUPERVISOR_READ_TABLE, slotAt);
  w.giveUpIf(w.isZero(entry));
  const place = w.add(slotAt, entry);
  const pointer = w.load(place, 1);
  const flat = w.and(was(ringMemory.modeBits), w.constant(mode.flatStack));
  const moved = w.xor(pointer, was(ringMemory.pointer));
  const otherSegment = w.xor(w.load(place, 1 + POINTER_BYTES), was(ringMemory.stackSelector));
  w.giveUpIf(w.or(otherSegment, w.select(flat, w.constant(0), moved)));
  return pointer;
}

/** Address of the memory of entries by this vector from the ring the processor is in. */
function memoryOf(w: SystemWriter, vector: Value): Value {
  const fromUser = w.shiftLeft(w.equal(w.word(CPL), w.constant(USER_RING)), w.constant(ringMemoryPlace.shift));
  const pair = w.shiftLeft(vector, w.constant(ringMemoryPlace.entryPairShift));
  return w.add(w.add(pair, fromUser), w.constant(memoryMap.knownEntries));
}

// @journey ground/the-way-already-checked
// A trap into an inner ring reads a gate, two descriptors and a stack pointer, and judges some thirty bits of them.  Done
// once, the judgement stays true for the same words; so the second time only the words are looked at, here, between one
// handler and the next, and the frame is on the stack before TypeScript would have been asked.  A single bit that differs,
// and nothing has happened: the long way judges anew, and leaves a new memory.
/** Enters; `goOn` is written for the handler's address, twice. */
function enter(w: SystemWriter, entry: Entry, goOn: (target: Value) => void): void {
  const memory = memoryOf(w, entry.vector);
  expectGateAsBefore(w, memory, entry);
  const pushed = w.sub(w.of(memory, ringMemory.key), entry.hasError);
  const arrive = () => {
    w.setWord(FLAGS_REST, w.and(w.word(FLAGS_REST), w.of(memory, ringMemory.flagsKept)));
    w.setWord(INTERRUPT_SHADOW, w.constant(0));
    w.count('deliveries');
    goOn(w.of(memory, ringMemory.target));
  };
  w.if(
    w.equal(pushed, w.constant(INWARD_WORDS)),
    () => {
      enterInward(w, entry, memory);
      arrive();
    },
    () => {
      w.giveUpIf(w.xor(pushed, w.constant(OWN_WORDS)));
      enterWithin(w, entry, memory);
      arrive();
    },
  );
}

function enterInward(w: SystemWriter, { image, returnEip, error, hasError, budget }: Entry, memory: Value): void {
  const was = (word: number) => w.of(memory, word);
  const pointer = expectStackAsBefore(w, memory);
  const ring = w.and(was(ringMemory.newCode + SELECTOR), w.constant(RPL));
  enterRing(w, memory, { ring, isUser: w.constant(0), budget }, () => {
    const top = w.sub(pointer, w.constant(WORD_BYTES * INWARD_WORDS));
    const linear = w.add(was(ringMemory.newStack + BASE), top);
    const frame = [returnEip, w.word(CS + SELECTOR), image, w.word(ESP), w.word(SS + SELECTOR)];
    return w.sub(top, push(w, SUPERVISOR_WRITE_TABLE, linear, frame, error, hasError));
  });
}

/** On the stack in use, which has to be flat and of 32 bits. */
function enterWithin(w: SystemWriter, { image, returnEip, error, hasError }: Entry, memory: Value): void {
  w.giveUpIf(w.xor(w.and(w.word(MODE), w.constant(FLAT_STACK)), w.constant(FLAT_STACK)));
  enterCode(w, memory, () => {
    const top = w.sub(w.word(ESP), w.constant(WORD_BYTES * OWN_WORDS));
    return w.sub(top, push(w, WRITE_TABLE, top, [returnEip, w.word(CS + SELECTOR), image], error, hasError));
  });
}

/** Writes a frame that ends up at `linear`, and the error code below it. Answers the bytes of that. */
function push(w: SystemWriter, table: number, linear: Value, frame: Value[], error: Value, hasError: Value): Value {
  const errorBytes = w.shiftLeft(hasError, w.constant(2));
  const bottom = w.open(table, w.sub(linear, errorBytes), WORD_BYTES * frame.length, errorBytes);
  w.if(hasError, () => w.store(bottom, error));
  const rest = w.add(bottom, errorBytes);
  frame.forEach((value, index) => {
    w.store(rest, value, WORD_BYTES * index);
  });
  return errorBytes;
}

// @end

/** The handler of `int n` for one n. */
export function writeInterrupt(w: SystemWriter, vector: number): void {
  const budget = w.control.unspent();
  const entry: Entry = {
    vector: w.constant(vector),
    software: true,
    image: w.eflags(),
    returnEip: w.control.field('nextEip'),
    error: w.constant(0),
    hasError: w.constant(0),
    budget,
  };
  enter(w, entry, (target) => w.control.go(target, budget));
}

/** A function for the run loop: the interrupt whose vector is its parameter, between two instructions. Answers 1 if eip is
 *  the handler's, 0 if nothing has happened. */
export function writeExternalInterrupt(code: FunctionBuilder): void {
  const w = new SystemWriter(code, () => code.return(code.constant(0)));
  const entry: Entry = {
    vector: code.parameter(0),
    software: false,
    image: w.eflags(),
    returnEip: w.word(EIP),
    error: w.constant(0),
    hasError: w.constant(0),
    budget: w.word(BUDGET_LEFT),
  };
  enter(w, entry, (target) => {
    w.setWord(EIP, target);
    code.return(w.constant(1));
  });
}

function passToRunLoop({ builder, control }: SystemWriter): void {
  builder.tailCallIndirect(HANDLER_TYPE, [control.operation, control.budget, builder.constant(slot.leaveWithFault)]);
}

/** Every fault of an instruction comes here: to its handler if that way is known, else out to the run loop. */
export function writeFaultDelivery(code: FunctionBuilder): void {
  writeOrGiveUp(code, (giveUp) => new SystemWriter(code, giveUp), deliverFault, passToRunLoop);
}

function deliverFault(w: SystemWriter): void {
  w.giveUpIf(w.word(ATTENTION));
  const vector = w.word(FAULT_VECTOR);
  const error = w.word(FAULT_ERROR);
  const budget = w.control.unspent();
  const entry: Entry = {
    vector,
    software: false,
    image: w.or(w.eflags(), w.constant(eflag.resume)),
    returnEip: w.control.field('eip'),
    error,
    hasError: w.xor(w.shiftRight(error, w.constant(31)), w.constant(1)),
    budget,
  };
  enter(w, entry, (target) => {
    w.if(w.equal(vector, w.constant(exception.pageFault)), () => w.setWord(CR2, w.word(FAULT_ADDRESS)));
    w.control.go(target, budget);
  });
}
