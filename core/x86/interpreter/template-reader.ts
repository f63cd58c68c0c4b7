/**
 * The decoder's fast half, as generated code: it copies templates while there are templates, which is nearly always, and
 * costs the same whether the engine below has just started or has run for an hour.  It never looks beyond the bytes it
 * was told lie ready, and whatever it does not know it leaves to TypeScript, one instruction at a time.
 */

import { FunctionBuilder, type Value, type Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { buildModule, TypeIndex } from '../emit/module-builder.ts';
import { memoryMap, stateLayout } from '../state.ts';
import {
  fact,
  flagsKilled,
  flagsRead,
  flagsWritten,
  JUMPS,
  READER,
  RECORD_SHIFT,
  RECORDS,
  readerState,
  recordLayout,
} from './block-records.ts';
import { handlerSignature } from './control.ts';
import { ALL_FLAGS } from './flags-code.ts';
import { writeLinks } from './jump-links.ts';
import { OPERATION_BYTES, operationLayout, slot } from './operation.ts';
import { constantOf, MARGIN, TemplateWriter, writeOperation, writeSearch } from './template-code.ts';
import { deriveFunction } from './template-derivation.ts';
import { templateLayout } from './templates.ts';
import { codeWriteFunction, decodeFunction, lookUpFunction, shortenFunction } from './unmet-code.ts';

export interface BlockCode {
  /** Goes on with the block in the records, which has `count` instructions: from the reader's state on, as far as there
   *  are templates, and answers how many there are now. */
  read(root: number, count: number, most: number, end: number, heat: number): number;
  /** From behind, chooses handlers by whose flags somebody will look at, and enters what is not there yet in the entry
   *  map, unless that is 0. */
  finish(count: number, entryMap: number): number;
  /** Whether an instruction in the entry map, of those that begin from `first` on, has one of these bytes of its page. */
  touched(entryMap: number, first: number, from: number, end: number): number;
  /** Bytes of the page at `host` changed: gives the operations of all those instructions their new constants; 0 if one of
   *  them is now another than it was. */
  renew(root: number, entryMap: number, host: number, first: number, from: number, end: number): number;
  /** Sends jumps of the block in the records, which is in the entry map, and jumps to it where they go (jump-links.ts). */
  link(entryMap: number): number;
  /** The operation of a block at `eip` that was not decoded yet and is now; 0 if that takes more than templates. */
  decode(eip: number): number;
  /** The same for a block of at most so many instructions that nobody can find. */
  shorten(eip: number, count: number): number;
}

const PAGE = 4096;
const RAM_BYTES = stateLayout.at.ramBytes;
const operation = operationLayout.at;
const template = templateLayout.at;
const record = recordLayout.at;
const reading = readerState.at;

/** Functions of the module, in the order of their indices. */
const part = { read: 0, finish: 1, touched: 2, renew: 3, link: 4, derive: 5, decode: 6 } as const;

const recordOf = (w: TemplateWriter, index: Value) =>
  w.add(w.shiftLeft(index, w.constant(RECORD_SHIFT)), w.constant(RECORDS));

function writeRecord(w: TemplateWriter, count: Value, to: Value, from: Value, host: Value): void {
  const at = recordOf(w, count);
  const tail = (field: number) => w.load(from, OPERATION_BYTES + field);
  w.store(at, to, record.start);
  w.store(at, to, record.operation);
  w.store(at, w.load(from, operation.handler), record.slot);
  w.store(at, tail(template.slotWithoutFlags), record.slotWithoutFlags);
  w.store(at, tail(template.facts), record.facts);
  w.store(at, w.has(host, PAGE - 1), record.offset);
}

function readFunction() {
  const code = new FunctionBuilder(5);
  const w = new TemplateWriter(code);
  const [root, first, most, end, heat] = [0, 1, 2, 3, 4].map((index) => code.parameter(index));
  const reader = w.constant(READER);
  const host = w.variable(w.load(reader, reading.host));
  const to = w.variable(w.load(reader, reading.operation));
  const eip = w.variable(w.load(reader, reading.eip));
  const ended = w.variable(w.constant(0));
  const count = w.variable(first);
  const leave = newScope();
  const next = newScope(true);
  code.within(leave, () => {
    code.within(next, () => {
      // What lies beyond the end may be looked at, but there must be something.
      const ram = w.add(w.load(w.constant(0), RAM_BYTES), w.constant(memoryMap.ram - MARGIN));
      w.if(w.below(ram, w.get(host)), () => code.branch(leave));
      const found = w.get(writeSearch(w, code, root, host, leave, part.derive));
      const length = w.load(found, OPERATION_BYTES + template.length);
      w.if(w.below(end, w.add(w.get(host), length)), () => code.branch(leave));
      writeOperation(w, code, w.get(to), found, w.get(host));
      writeRecord(w, w.get(count), w.get(to), found, w.get(host));
      const immediate = constantOf(w, found, w.get(host), template.immediateAt);
      const mask = w.load(found, OPERATION_BYTES + template.targetMask);
      w.store(w.get(to), immediate, operation.immediate);
      w.store(w.get(to), heat, operation.heat);
      w.store(w.get(to), w.get(eip), operation.eip);
      w.increase(eip, length);
      w.store(w.get(to), w.get(eip), operation.nextEip);
      w.store(w.get(to), w.and(w.add(w.get(eip), immediate), mask), operation.targetEip);
      w.increase(host, length);
      w.increase(to, OPERATION_BYTES);
      w.increase(count, 1);
      const last = w.has(w.load(found, OPERATION_BYTES + template.facts), fact.endsBlock);
      w.set(ended, w.or(last, w.equal(w.get(host), end)));
      w.if(w.isZero(w.get(ended)), () => w.if(w.below(w.get(count), most), () => code.branch(next)));
    });
  });
  w.store(reader, w.get(host), reading.host);
  w.store(reader, w.get(to), reading.operation);
  w.store(reader, w.get(eip), reading.eip);
  w.store(reader, w.get(ended), reading.ended);
  code.return(w.get(count));
  return { parameters: 5, results: 1, code: code.finish(), exportAs: 'read' };
}

/** Enters an instruction in the map. One that is in there already, as part of another block, is known to have a copy:
 *  its operation says so where a direct jump, which nobody changes in place, has its target. */
function writeEntry(w: TemplateWriter, at: Value, facts: Value, entryMap: Value): void {
  const entry = w.add(entryMap, w.shiftLeft(w.load(at, record.offset), w.constant(2)));
  const known = w.load(entry);
  const start = w.load(at, record.start);
  w.if(
    w.isZero(known),
    () => w.store(entry, start),
    () => {
      const copied = w.and(w.notEqual(known, start), w.isZero(w.has(facts, fact.directJump)));
      w.if(copied, () => w.store(known, w.constant(1), operation.target));
    },
  );
}

function writeJump(w: TemplateWriter, jumps: Variable, jump: Value): void {
  w.store(w.add(w.shiftLeft(w.get(jumps), w.constant(2)), w.constant(JUMPS)), jump);
  w.increase(jumps, 1);
}

/** What may fault, and be it that its second page is gone, shows all flags to the fault's handler; where a block ends or
 *  may be left, or what follows may be written over, all may be looked at. */
function finishFunction() {
  const code = new FunctionBuilder(2);
  const w = new TemplateWriter(code);
  const [count, entryMap] = [code.parameter(0), code.parameter(1)];
  const index = w.variable(count);
  const live = w.variable(w.constant(ALL_FLAGS));
  const jumps = w.variable(w.constant(0));
  const next = newScope(true);
  code.within(next, () => {
    const remaining = w.sub(w.add(count, w.constant(1)), w.get(index));
    w.increase(index, -1);
    const at = recordOf(w, w.get(index));
    const facts = w.load(at, record.facts);
    const own = w.load(at, record.operation);
    const start = w.load(at, record.start);
    w.if(w.has(facts, fact.leavesOpen), () => w.set(live, w.constant(ALL_FLAGS)));
    const seen = w.and(w.field(flagsWritten, facts), w.get(live));
    w.store(own, w.select(seen, w.load(at, record.slot), w.load(at, record.slotWithoutFlags)), operation.handler);
    w.store(own, remaining, operation.remaining);
    const kept = w.and(w.get(live), w.not(w.field(flagsKilled, facts)));
    w.set(live, w.or(kept, w.field(flagsRead, facts)));
    w.if(w.has(facts, fact.mayFault), () => w.set(live, w.constant(ALL_FLAGS)));
    w.if(w.notEqual(start, own), () => {
      w.set(live, w.constant(ALL_FLAGS));
      w.store(start, w.constant(slot.guard), operation.handler);
      w.store(start, remaining, operation.remaining);
    });
    w.if(entryMap, () => {
      writeEntry(w, at, facts, entryMap);
      w.if(w.has(facts, fact.directJump), () => writeJump(w, jumps, own));
    });
    w.if(w.get(index), () => code.branch(next));
  });
  w.store(w.constant(READER), w.get(jumps), reading.jumps);
  code.return(count);
  return { parameters: 2, results: 1, code: code.finish(), exportAs: 'finish' };
}

/** Goes over the instructions in the entry map that begin from `first` on and have a byte from `from` to `end`. */
function eachTouched(
  w: TemplateWriter,
  code: FunctionBuilder,
  [entryMap, first, from, end]: readonly [Value, Value, Value, Value],
  visit: (found: Value, length: Value, offset: Value) => void,
): void {
  const offset = w.variable(first);
  const next = newScope(true);
  code.within(next, () => {
    const found = w.entry(entryMap, w.get(offset));
    w.if(found, () => {
      const length = w.sub(w.load(found, operation.nextEip), w.load(found, operation.eip));
      w.if(w.below(from, w.add(w.get(offset), length)), () => visit(found, length, w.get(offset)));
    });
    w.increase(offset, 1);
    w.if(w.below(w.get(offset), end), () => code.branch(next));
  });
}

function touchedFunction() {
  const code = new FunctionBuilder(4);
  const w = new TemplateWriter(code);
  const [entryMap, first, from, end] = [0, 1, 2, 3].map((index) => code.parameter(index));
  eachTouched(w, code, [entryMap, first, from, end], () => code.return(w.constant(1)));
  code.return(w.constant(0));
  return { parameters: 4, results: 1, code: code.finish(), exportAs: 'touched' };
}

/** Only what no other block has a copy of and no service is called for, and only for an instruction that is as long and
 *  done by the same handler. */
function renewFunction() {
  const code = new FunctionBuilder(6);
  const w = new TemplateWriter(code);
  const [root, entryMap, page, first, from, end] = [0, 1, 2, 3, 4, 5].map((index) => code.parameter(index));
  const unable = newScope();
  const unless = (condition: Value) => w.if(w.isZero(condition), () => code.branch(unable));
  code.within(unable, () => {
    eachTouched(w, code, [entryMap, first, from, end], (old, length, offset) => {
      unless(w.isZero(w.load(old, operation.target)));
      unless(w.below(offset, w.constant(PAGE - MARGIN)));
      const host = w.variable(w.add(page, offset));
      const found = w.get(writeSearch(w, code, root, host, unable, part.derive));
      unless(w.equal(length, w.load(found, OPERATION_BYTES + template.length)));
      unless(w.isZero(w.has(w.load(found, OPERATION_BYTES + template.facts), fact.directJump | fact.serves)));
      const handler = w.load(old, operation.handler);
      const full = w.equal(handler, w.load(found, operation.handler));
      unless(w.or(full, w.equal(handler, w.load(found, OPERATION_BYTES + template.slotWithoutFlags))));
      const heat = w.load(old, operation.heat);
      writeOperation(w, code, old, found, w.get(host));
      w.store(old, constantOf(w, found, w.get(host), template.immediateAt), operation.immediate);
      w.store(old, heat, operation.heat);
    });
    code.return(w.constant(1));
  });
  code.return(w.constant(0));
  return { parameters: 6, results: 1, code: code.finish(), exportAs: 'renew' };
}

function linkFunction() {
  const code = new FunctionBuilder(1);
  writeLinks(new TemplateWriter(code), code, code.parameter(0));
  code.return(code.constant(0));
  return { parameters: 1, results: 1, code: code.finish(), exportAs: 'link' };
}

function writeModule(): Uint8Array<ArrayBuffer> {
  const types = new TypeIndex();
  types.of(handlerSignature);
  const functions = [
    readFunction(),
    finishFunction(),
    touchedFunction(),
    renewFunction(),
    linkFunction(),
    deriveFunction(),
    decodeFunction(part),
    shortenFunction(part),
    lookUpFunction(part.decode),
    codeWriteFunction(part),
  ];
  return buildModule({ imports: [], functions, memoryPages: 1 }, types);
}

/** The same for all boards, and names no address beyond those of memoryMap. */
let compiled: WebAssembly.Module | null = null;

export function blockModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(writeModule());
  return compiled;
}
