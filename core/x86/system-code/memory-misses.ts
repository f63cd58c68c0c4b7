/**
 * The accesses that a look into the translation tables did not settle, without leaving WebAssembly: pages that have no
 * entry yet, and writes to pages that are page tables themselves.  Accesses that stay within a page of RAM; all else is
 * memory/access.ts, whose functions these stand before.
 */

import { FunctionBuilder, type Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { buildModule, type ModuleFunction, TypeIndex } from '../emit/module-builder.ts';
import { HANDLER_TYPE, handlerSignature, imported, importedFunctions } from '../interpreter/control.ts';
import type { ModuleImports } from '../interpreter/handlers.ts';
import { slot } from '../interpreter/operation.ts';
import { physicalPageOf } from '../interpreter/page-code.ts';
import { preparedHandlers } from '../interpreter/prepared-handlers.ts';
import { DIRECTORY, NODE_SET_SHIFT } from '../memory/table-watch.ts';
import { words } from '../memory/words.ts';
import { eflag, memoryMap, pageFlag } from '../state.ts';
import { type Access, WalkWriter, walk } from './page-walks.ts';
import { writeExternalInterrupt } from './ring-entries.ts';
import { writeOrGiveUp } from './system-writer.ts';

const {
  CPL,
  CR0,
  FLAGS_REST,
  RAM,
  READ_TABLE,
  SCRATCH,
  WRITE_FIRST,
  WRITE_LINEAR,
  WRITE_SECOND,
  WRITE_SIZE,
  WRITE_TABLE,
} = words;

const PAGE = 4096;
const PAGE_SHIFT = 12;
const WORD_SHIFT = 2;
const REGION_PAGES_SHIFT = 10;
const CHUNK_SHIFT = 6;
/** Two words of bits per page. */
const CHUNK_WORDS_SHIFT = 3;
const USER_RING = 3;

/** Linear address and size are the parameters. Gives up where more than one page or #AC is involved. */
function beginAccess(w: WalkWriter, write: boolean): Access {
  const linear = w.parameter(0);
  const offset = w.and(linear, w.constant(PAGE - 1));
  const user = w.equal(w.word(CPL), w.constant(USER_RING));
  const checked = w.and(w.and(w.word(CR0), w.word(FLAGS_REST)), w.constant(eflag.alignment));
  const crosses = w.above(offset, w.sub(w.constant(PAGE), w.parameter(1)));
  w.giveUpIf(w.or(crosses, w.and(user, w.notEqual(checked, w.constant(0)))));
  const entry = w.entryOf(write ? WRITE_TABLE : READ_TABLE, linear);
  w.if(entry, () => w.answer(w.add(w.add(linear, entry), w.constant(1))));
  return { linear, write, user };
}

const inPage = (w: WalkWriter, page: Value, linear: Value) => w.add(page, w.and(linear, w.constant(PAGE - 1)));

function writeReadMiss(w: WalkWriter): void {
  const access = beginAccess(w, false);
  w.answer(inPage(w, walk(w, access), access.linear));
}

/** Not 0 if code was decoded from the chunk of the first or the last byte: no access is longer than a chunk. */
function decodedBits(w: WalkWriter, physicalPage: Value, offset: Value): Value {
  const bits = w.shiftLeft(physicalPage, w.constant(CHUNK_WORDS_SHIFT));
  const bitOf = (place: Value) => {
    const chunk = w.shiftRight(place, w.constant(CHUNK_SHIFT));
    const word = w.shiftLeft(w.shiftRight(chunk, w.constant(5)), w.constant(WORD_SHIFT));
    const held = w.load(w.add(bits, word), memoryMap.decodedChunks);
    return w.and(w.shiftRight(held, chunk), w.constant(1));
  };
  const last = w.sub(w.add(offset, w.parameter(1)), w.constant(1));
  return w.or(bitOf(offset), bitOf(last));
}

/** Where to write, by a walk; or by the last one, as long as nothing has happened to the entry it left and the page is
 *  still watched: who is watched no longer gets a write entry by walking. */
function heldWrite(w: WalkWriter, code: FunctionBuilder, access: Access): Value {
  const { linear } = access;
  const held = w.constant(memoryMap.heldWrite);
  const page = w.shiftLeft(w.shiftRight(linear, w.constant(PAGE_SHIFT)), w.constant(WORD_SHIFT));
  const at = w.add(w.word(READ_TABLE), page);
  const entry = w.load(at);
  const host = code.variable();
  code.set(host, w.constant(0));
  const other = w.anyDiffer([w.load(held), at], [w.load(held, 4), entry]);
  w.if(w.and(w.isZero(other), w.notEqual(entry, w.constant(0))), () => {
    const known = w.add(w.add(linear, entry), w.constant(1));
    w.if(w.flagsOf(physicalPageOf(w, known)), () => code.set(host, known));
  });
  w.if(w.isZero(code.get(host)), () => {
    code.set(host, inPage(w, walk(w, access), linear));
    w.store(held, at);
    w.store(held, w.load(at), 4);
  });
  return code.get(host);
}

/** A watched page is written in the scratch window, and what is there now is put into it first. */
function writeWriteMiss(w: WalkWriter, code: FunctionBuilder): void {
  const access = beginAccess(w, true);
  const host = heldWrite(w, code, access);
  const physicalPage = physicalPageOf(w, host);
  const flags = w.flagsOf(physicalPage);
  w.if(w.isZero(flags), () => w.answer(host));
  w.if(w.equal(flags, w.constant(pageFlag.code)), () => {
    w.if(w.isZero(decodedBits(w, physicalPage, w.and(host, w.constant(PAGE - 1)))), () => w.answer(host));
  });
  w.setWord(WRITE_LINEAR, access.linear);
  w.setWord(WRITE_SIZE, w.parameter(1));
  w.setWord(WRITE_FIRST, host);
  w.setWord(WRITE_SECOND, w.constant(0));
  w.copy(w.constant(SCRATCH), host, w.parameter(1));
  w.answer(w.constant(SCRATCH));
}

/** Puts the scratch window's bytes into a page with decoded code, if what was decoded can be kept. */
function writeCodeWrite(w: WalkWriter, code: FunctionBuilder, host: Value, size: Value): void {
  w.copy(host, w.constant(SCRATCH), size);
  const kept = code.callIndirect(HANDLER_TYPE, [host, size, w.constant(slot.codeWrite)]);
  w.giveUpIf(w.isZero(kept));
  w.answer(w.sub(kept, w.constant(1)));
}

/** Puts the scratch window's bytes into a page that serves as page table, and drops what came from that entry. */
function writeTableWrite(w: WalkWriter, code: FunctionBuilder): void {
  const size = w.word(WRITE_SIZE);
  const host = w.word(WRITE_FIRST);
  const offset = w.and(host, w.constant(PAGE - 1));
  const last = w.sub(w.add(offset, size), w.constant(1));
  const index = w.shiftRight(offset, w.constant(WORD_SHIFT));
  const physicalPage = physicalPageOf(w, host);
  const twoEntries = w.xor(index, w.shiftRight(last, w.constant(WORD_SHIFT)));
  w.giveUpIf(w.or(w.below(host, w.constant(RAM)), w.atLeast(last, w.constant(PAGE))));
  const flags = w.flagsOf(physicalPage);
  w.if(w.equal(flags, w.constant(pageFlag.code)), () => writeCodeWrite(w, code, host, size));
  w.giveUpIf(w.or(twoEntries, w.has(flags, pageFlag.code)));
  w.copy(host, w.constant(SCRATCH), size);
  const node = code.variable();
  code.set(node, w.load(w.shiftLeft(physicalPage, w.constant(WORD_SHIFT)), memoryMap.watchedHeads));
  const again = newScope(true);
  code.within(again, () => {
    const number = code.get(node);
    w.if(number, () => {
      const place = w.sub(number, w.constant(1));
      const region = w.and(place, w.constant((1 << NODE_SET_SHIFT) - 1));
      w.giveUpIf(w.equal(region, w.constant(DIRECTORY)));
      const page = w.or(w.shiftLeft(region, w.constant(REGION_PAGES_SHIFT)), index);
      w.dropPage(w.shiftRight(place, w.constant(NODE_SET_SHIFT)), page);
      code.set(node, w.load(w.shiftLeft(place, w.constant(WORD_SHIFT)), memoryMap.watchedNext));
      code.branch(again);
    });
  });
  w.answer(w.constant(0));
}

/** What handlers import for the accesses that their look into a table did not settle. */
export interface MemoryMisses {
  slowRead(linear: number, size: number): number;
  slowWrite(linear: number, size: number): number;
  finishWrite(): number;
}

type Name = keyof MemoryMisses;

function missFunction(name: Name, parameters: number): ModuleFunction {
  const code = new FunctionBuilder(parameters);
  const passed = Array.from({ length: parameters }, (_, index) => code.parameter(index));
  const write = { slowRead: writeReadMiss, slowWrite: writeWriteMiss, finishWrite: writeTableWrite }[name];
  const pass = () => code.return(code.call(imported[name], passed));
  writeOrGiveUp(
    code,
    (giveUp) => new WalkWriter(code, giveUp),
    (w) => write(w, code),
    pass,
  );
  return { parameters, results: 1, code: code.finish(), exportAs: name };
}

/** What the run loop calls: 1 if it is done, 0 if it was left to the services. */
export interface Deliveries {
  deliverInterrupt(vector: number): number;
}

function interruptFunction(): ModuleFunction {
  const code = new FunctionBuilder(1);
  writeExternalInterrupt(code);
  return { parameters: 1, results: 1, code: code.finish(), exportAs: 'deliverInterrupt' };
}

/** A module of functions that do the common cases and pass the others on to those imported under the same names. */
export function missesModule(): Uint8Array<ArrayBuffer> {
  const functions = [
    missFunction('slowRead', 2),
    missFunction('slowWrite', 2),
    missFunction('finishWrite', 0),
    interruptFunction(),
  ];
  const types = new TypeIndex();
  types.of(handlerSignature);
  return buildModule({ imports: importedFunctions, functions, memoryPages: 1 }, types);
}

/** The same for all boards. */
let compiled: WebAssembly.Module | null = null;

/** The functions of `missesModule`, as a build prepared it or made now. */
export function compileMisses(imports: ModuleImports): MemoryMisses & Deliveries {
  compiled ??= new WebAssembly.Module(preparedHandlers?.misses ?? missesModule());
  // The exports were just written with these names and signatures; the instance's type cannot say so.
  return new WebAssembly.Instance(compiled, imports).exports as unknown as MemoryMisses & Deliveries;
}
