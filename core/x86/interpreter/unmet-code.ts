/**
 * What happens to a jump that finds no decoded code, and to decoded code that is written over, without leaving
 * WebAssembly.  On a page that holds code already, and as far as there are templates, the block is decoded, entered in
 * the map and gone on with, at a price that does not depend on how warm the JavaScript engine is; and operations whose
 * constants change get the new ones.  Whatever is new (a page, an instruction, a translation) and whatever is rare (no
 * room, the page's end, segments that are not flat) is code-cache.ts's, which finds everything as it was.
 */

import { FunctionBuilder, type Scope, type Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import type { ModuleFunction } from '../emit/module-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { memoryMap, mode, pageFlag, stateLayout } from '../state.ts';
import { LONGEST_BLOCK } from './block.ts';
import { LONGEST_CHANGE, pageRecord, REACH, READER, readerState, SEVERAL } from './block-records.ts';
import { Control, handlerSignature } from './control.ts';
import { recordOfPage } from './jump-links.ts';
import { engineExit, OPERATION_BYTES, operationLayout, slot } from './operation.ts';
import { ROOM, roomLayout, SHORTENED } from './operation-room.ts';
import { physicalPageOf } from './page-code.ts';
import { TemplateWriter } from './template-code.ts';
import { templateMemory } from './templates.ts';

const PAGE = 4096;
const PAGE_SHIFT = 12;
const CHUNK_SHIFT = 6;
const LAST_CHUNK = 63;
/** Two words of bits per page. */
const CHUNK_WORDS_SHIFT = 3;
const state = stateLayout.at;
const operation = operationLayout.at;
const reading = readerState.at;

/** Functions of the same module, by index. */
interface Parts {
  readonly read: number;
  readonly finish: number;
  readonly link: number;
  readonly touched: number;
  readonly renew: number;
}

class UnmetCode {
  readonly code: FunctionBuilder;
  readonly w: TemplateWriter;
  private readonly unable: Scope = newScope();
  private readonly parts: Parts;

  constructor(parameters: number, parts: Parts) {
    this.code = new FunctionBuilder(parameters);
    this.w = new TemplateWriter(this.code);
    this.parts = parts;
  }

  /** The body answers by itself, or 0 is answered: nothing but room that nobody owns was written. */
  function(parameters: number, exportAs: string, body: () => void): ModuleFunction {
    const { code, w } = this;
    code.within(this.unable, body);
    code.return(w.constant(0));
    return { parameters, results: 1, code: code.finish(), exportAs };
  }

  unless(condition: Value): void {
    this.w.if(this.w.isZero(condition), () => this.code.branch(this.unable));
  }

  state(offset: number): Value {
    return this.w.load(this.w.constant(0), offset);
  }

  private pageEntry(table: Value, eip: Value): Value {
    return this.w.entry(table, this.w.shiftRight(eip, this.w.constant(PAGE_SHIFT)));
  }

  /** The entry map that jumps to `eip` find. */
  entryMap(eip: Value): Value {
    const { w } = this;
    this.unless(w.has(this.state(state.mode), mode.flatCode));
    const map = this.pageEntry(this.state(state.codeTable), eip);
    this.unless(map);
    return map;
  }

  /** Where the byte at `eip` lies, on a page whose writes are noticed. */
  host(eip: Value): Value {
    const { w } = this;
    const entry = this.pageEntry(this.state(state.readTable), eip);
    this.unless(entry);
    const host = w.add(w.add(eip, entry), w.constant(1));
    this.unless(w.atMost(w.constant(memoryMap.ram), host));
    this.unless(w.has(w.byte(physicalPageOf(w, host), memoryMap.pageFlags), pageFlag.code));
    return host;
  }

  /** Of the templates of the mode in force. */
  root(): Value {
    const root = this.w.entry(this.w.constant(templateMemory.roots), this.state(state.mode));
    this.unless(root);
    return root;
  }

  /** Writes the instructions from `eip` on to `to`, and answers how many: as many as belong to the block, or none. */
  block(eip: Value, host: Value, to: Value, most: Value, heat: Value, entryMap: Value): Value {
    const { w, code, parts } = this;
    const reader = w.constant(READER);
    const root = this.root();
    w.store(reader, host, reading.host);
    w.store(reader, to, reading.operation);
    w.store(reader, eip, reading.eip);
    w.store(reader, w.constant(0), reading.ended);
    const end = w.add(w.or(host, w.constant(PAGE - 1)), w.constant(1));
    const count = code.call(parts.read, [root, w.constant(0), most, end, heat]);
    this.unless(w.or(w.load(reader, reading.ended), w.equal(count, most)));
    code.call(parts.finish, [count, entryMap]);
    return count;
  }

  /** The bytes from `host` to where the reader is now have been decoded. */
  markDecoded(host: Value): void {
    const { w, code } = this;
    const chunkOf = (offset: Value) => w.wide(w.shiftRight(w.has(offset, PAGE - 1), w.constant(CHUNK_SHIFT)));
    const first = chunkOf(host);
    const last = chunkOf(w.sub(w.load(w.constant(READER), reading.host), w.constant(1)));
    const beyond = code.value('i64', wasm.i64Sub, [w.wideConstant(LAST_CHUNK), last]);
    const from = w.wideShiftLeft(w.wideConstant(-1), first);
    const chunks = code.value('i64', wasm.i64And, [from, w.wideShiftRight(w.wideConstant(-1), beyond)]);
    const at = w.shiftLeft(physicalPageOf(w, host), w.constant(CHUNK_WORDS_SHIFT));
    const held = code.load(wasm.i64Load, at, memoryMap.decodedChunks);
    code.store(wasm.i64Store, at, w.wideOr(held, chunks), memoryMap.decodedChunks);
  }

  /** The operation behind the block, which is none; answers where the next one may begin. */
  head(handler: Value, heat: Value): Value {
    const { w, code } = this;
    const at = w.load(w.constant(READER), reading.operation);
    const eip = w.load(w.constant(READER), reading.eip);
    for (let offset = 0; offset < OPERATION_BYTES; offset += 8) {
      code.store(wasm.i64Store, at, w.wideConstant(0), offset);
    }
    w.store(at, handler, operation.handler);
    w.store(at, heat, operation.heat);
    w.store(at, eip, operation.eip);
    w.store(at, eip, operation.nextEip);
    return w.add(at, w.constant(OPERATION_BYTES));
  }
}

/** (eip) → the operation of a block that was not decoded yet and is now, to stay; or 0. */
export function decodeFunction(parts: Parts): ModuleFunction {
  const unmet = new UnmetCode(1, parts);
  const { w, code } = unmet;
  return unmet.function(1, 'decode', () => {
    const eip = code.parameter(0);
    const entryMap = unmet.entryMap(eip);
    unmet.unless(w.isZero(w.entry(entryMap, w.has(eip, PAGE - 1))));
    const host = unmet.host(eip);
    const first = w.load(w.constant(ROOM), roomLayout.at.next);
    unmet.unless(w.below(first, w.load(w.constant(ROOM), roomLayout.at.windowEnd)));
    const heat = w.load(recordOfPage(w, entryMap), pageRecord.at.heat);
    unmet.block(eip, host, first, w.constant(LONGEST_BLOCK), heat, entryMap);
    unmet.markDecoded(host);
    code.call(parts.link, [entryMap]);
    w.store(w.constant(ROOM), unmet.head(w.constant(slot.continue), heat), roomLayout.at.next);
    code.return(first);
  });
}

/** (eip, count) → the operation of a block of so many instructions at most that can be found nowhere; or 0. */
export function shortenFunction(parts: Parts): ModuleFunction {
  const unmet = new UnmetCode(2, parts);
  const { w, code } = unmet;
  return unmet.function(2, 'shorten', () => {
    const [eip, count] = [code.parameter(0), code.parameter(1)];
    unmet.entryMap(eip);
    const host = unmet.host(eip);
    const most = w.select(w.below(count, w.constant(LONGEST_BLOCK)), count, w.constant(LONGEST_BLOCK));
    const none = w.constant(0);
    const written = unmet.block(eip, host, w.constant(SHORTENED), most, none, none);
    unmet.markDecoded(host);
    const handler = w.select(w.equal(written, count), w.constant(slot.stop), w.constant(slot.continue));
    unmet.head(handler, none);
    code.return(w.constant(SHORTENED));
  });
}

/** The handler at slot.lookUp. */
export function lookUpFunction(decode: number): ModuleFunction {
  const code = new FunctionBuilder(handlerSignature.parameters);
  const control = new Control(code);
  const first = code.call(decode, [control.state('eip')]);
  code.if(first, () => control.enterBlock(first, control.budget));
  code.return(code.constant(engineExit.lookUp));
  return { ...handlerSignature, code: code.finish(), slot: slot.lookUp };
}

/** The handler at slot.codeWrite: (address in the memory object, size), where bytes of a page with code have changed → 1 if
 *  all that was decoded from them says so now and nobody has to know; 2 if whoever is executing has to find its way anew;
 *  0 if code-changes.ts has to see to it. */
export function codeWriteFunction(parts: Parts): ModuleFunction {
  const unmet = new UnmetCode(handlerSignature.parameters, parts);
  const { w, code } = unmet;
  const { exportAs, ...made } = unmet.function(handlerSignature.parameters, '', () => {
    const [host, size] = [code.parameter(0), code.parameter(1)];
    const from = w.has(host, PAGE - 1);
    const end = w.add(from, size);
    unmet.unless(w.atMost(end, w.constant(PAGE)));
    unmet.unless(w.atMost(size, w.constant(LONGEST_CHANGE)));
    const entryMap = w.entry(w.constant(memoryMap.codePages), physicalPageOf(w, host));
    unmet.unless(w.below(w.constant(SEVERAL), entryMap));
    const reach = w.constant(REACH);
    const first = w.select(w.below(from, reach), w.constant(0), w.sub(from, reach));
    const touched = code.call(parts.touched, [entryMap, first, from, end]);
    w.if(w.isZero(touched), () => code.return(w.constant(1)));
    const record = recordOfPage(w, entryMap);
    unmet.unless(w.isZero(w.load(record, pageRecord.at.watched)));
    unmet.unless(w.equal(w.load(record, pageRecord.at.mode), unmet.state(state.mode)));
    const root = unmet.root();
    unmet.unless(code.call(parts.renew, [root, entryMap, w.sub(host, from), first, from, end]));
    const cut = w.load(w.constant(ROOM), roomLayout.at.cut);
    code.return(w.add(cut, w.constant(1)));
  });
  return { ...made, slot: slot.codeWrite };
}
