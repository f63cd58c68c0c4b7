/**
 * The walk through the page tables when a page is not in the translation tables, and the entries that come of it or the
 * fault.  Pages of 4 KiB in RAM and tables that are watched already; all else is memory/address-spaces.ts, whose steps
 * these are.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { physicalPageOf } from '../interpreter/page-code.ts';
import { exception, pageFaultError } from '../memory/faults.ts';
import { filledLevelBytes } from '../memory/page-set.ts';
import { cr0Bit, entryBit } from '../memory/page-walk.ts';
import { DIRECTORY, NODE_SET_SHIFT } from '../memory/table-watch.ts';
import { MANY } from '../memory/translation-tables.ts';
import { words } from '../memory/words.ts';
import { memoryMap, pageFlag } from '../state.ts';
import { SystemWriter } from './system-writer.ts';

const { CR0, CR3, FAULT_ADDRESS, FAULT_ERROR, FAULT_VECTOR, PAGE_FLAGS, RAM, SUPERVISOR_READ_TABLE } = words;

const PAGE = 4096;
const PAGE_SHIFT = 12;
const FRAME = -PAGE;
const REGION_SHIFT = 22;
const ENTRIES_MASK = 1023;
const WORD_SHIFT = 2;
/** Bytes of a set's four tables, as a shift. */
const SET_SHIFT = 24;
const WRITE_TABLES = 2 * memoryMap.tlbTableBytes;
const LOW_20 = 0xfffff;

export interface Access {
  readonly linear: Value;
  readonly write: boolean;
  /** 0 or 1. */
  readonly user: Value;
}

export class WalkWriter extends SystemWriter {
  answer(value: Value): void {
    this.code.return(value);
  }

  /** Four bytes, mostly. */
  copy(to: Value, from: Value, length: Value): void {
    this.code.if(
      this.equal(length, this.constant(4)),
      () => this.store(to, this.load(from)),
      () => this.code.copyBytes(to, from, length),
    );
  }

  parameter(index: number): Value {
    return this.code.parameter(index);
  }

  has(value: Value, bit: number): Value {
    return this.notEqual(this.and(value, this.constant(bit)), this.constant(0));
  }

  lacks(value: Value, bit: number): Value {
    return this.isZero(this.and(value, this.constant(bit)));
  }

  giveUpOutsideRam(frame: Value): void {
    this.giveUpIf(this.atLeast(frame, this.control.state('ramBytes')));
  }

  flagsOf(physicalPage: Value): Value {
    return this.code.load(wasm.i32Load8U, physicalPage, PAGE_FLAGS);
  }

  /** The number of the set in force. */
  presentSet(): Value {
    const offset = this.sub(this.word(SUPERVISOR_READ_TABLE), this.constant(memoryMap.tlb));
    return this.shiftRight(offset, this.constant(SET_SHIFT));
  }

  set(address: Value, bits: Value): void {
    this.store(address, this.or(this.load(address), bits));
  }

  /** Drops a page of a set, as long as no code was decoded from it. */
  dropPage(set: Value, page: Value): void {
    const place = this.add(
      this.shiftLeft(set, this.constant(SET_SHIFT)),
      this.shiftLeft(page, this.constant(WORD_SHIFT)),
    );
    const at = this.add(place, this.constant(memoryMap.tlb));
    const entry = this.load(at);
    this.if(entry, () => {
      const linear = this.shiftLeft(page, this.constant(PAGE_SHIFT));
      const host = this.add(this.add(linear, entry), this.constant(1));
      const physicalPage = physicalPageOf(this, host);
      this.giveUpIf(this.below(host, this.constant(RAM)));
      this.giveUpIf(this.has(this.flagsOf(physicalPage), pageFlag.code));
      for (let table = 0; table < 4; table++) this.store(at, this.constant(0), table * memoryMap.tlbTableBytes);
    });
  }
}

function raise(w: WalkWriter, { linear, write, user }: Access, present: number): void {
  const always = present | (write ? pageFaultError.write : 0);
  w.count('pageWalks');
  w.setWord(FAULT_ADDRESS, linear);
  w.setWord(FAULT_VECTOR, w.constant(exception.pageFault));
  w.setWord(FAULT_ERROR, w.or(w.mul(user, w.constant(pageFaultError.user)), w.constant(always)));
  w.answer(w.constant(-1));
}

/** Whether both levels together forbid the access (SDM 3A 4.6). */
function isForbidden(w: WalkWriter, { write, user }: Access, rights: Value): Value {
  const notForUser = w.and(user, w.lacks(rights, entryBit.user));
  if (!write) return notForUser;
  const held = w.or(user, w.has(w.word(CR0), cr0Bit.writeProtect));
  return w.or(notForUser, w.and(w.lacks(rights, entryBit.write), held));
}

/** Walks and fills the tables; answers the address in the memory object of the page. Raises the fault there is. */
export function walk(w: WalkWriter, access: Access): Value {
  const { linear, write } = access;
  w.giveUpIf(w.lacks(w.word(CR0), cr0Bit.paging));
  const directoryFrame = w.and(w.word(CR3), w.constant(FRAME));
  w.giveUpOutsideRam(directoryFrame);
  const region = w.shiftRight(linear, w.constant(REGION_SHIFT));
  const directory = w.load(w.add(directoryFrame, w.shiftLeft(region, w.constant(WORD_SHIFT))), RAM);
  w.if(w.lacks(directory, entryBit.present), () => raise(w, access, 0));
  w.giveUpIf(w.has(directory, entryBit.large));
  const tableFrame = w.and(directory, w.constant(FRAME));
  w.giveUpOutsideRam(tableFrame);
  const index = w.and(w.shiftRight(linear, w.constant(PAGE_SHIFT)), w.constant(ENTRIES_MASK));
  const entryAt = w.add(tableFrame, w.shiftLeft(index, w.constant(WORD_SHIFT)));
  const entry = w.load(entryAt, RAM);
  w.if(w.lacks(entry, entryBit.present), () => raise(w, access, 0));
  const rights = w.and(directory, entry);
  w.if(isForbidden(w, access, rights), () => raise(w, access, pageFaultError.present));
  const frame = w.and(entry, w.constant(FRAME));
  w.giveUpOutsideRam(frame);
  w.giveUpIf(w.lacks(directory, entryBit.accessed));
  expectWatched(w, region, directoryFrame, tableFrame);
  const marks = entryBit.accessed | (write ? entryBit.dirty : 0);
  const marked = w.or(entry, w.constant(marks));
  w.if(w.xor(entry, marked), () => {
    w.giveUpIf(w.has(w.flagsOf(w.shiftRight(tableFrame, w.constant(PAGE_SHIFT))), pageFlag.code));
    w.set(w.add(entryAt, w.constant(RAM)), w.constant(marks));
  });
  countFill(w, access, entry);
  fill(w, linear, frame, rights, marked);
  return w.add(frame, w.constant(RAM));
}

/** Gives up unless a change of either table would be heard of. */
function expectWatched(w: WalkWriter, region: Value, directoryFrame: Value, tableFrame: Value): void {
  const nodes = w.shiftLeft(w.presentSet(), w.constant(NODE_SET_SHIFT + WORD_SHIFT));
  const directory = w.load(nodes, memoryMap.watchedPages + (DIRECTORY << WORD_SHIFT));
  const table = w.load(w.add(nodes, w.shiftLeft(region, w.constant(WORD_SHIFT))), memoryMap.watchedPages);
  const pageOf = (frame: Value) => w.shiftRight(frame, w.constant(PAGE_SHIFT));
  w.giveUpIf(w.anyDiffer([directory, pageOf(directoryFrame)], [table, pageOf(tableFrame)]));
}

/** Nothing was missing for an access that only our watch or our looking at alignment held up (memory/address-spaces.ts). */
function countFill(w: WalkWriter, { linear, write }: Access, entry: Value): void {
  const count = () => {
    w.count('pageWalks');
    w.count('tlbFills');
  };
  const known = w.entryOf(SUPERVISOR_READ_TABLE, linear);
  const held = write ? w.and(w.notEqual(known, w.constant(0)), w.has(entry, entryBit.dirty)) : known;
  w.if(w.isZero(held), count);
}

/** Writes the entries down, as memory/address-spaces.ts decides and memory/translation-tables.ts does. */
function fill(w: WalkWriter, linear: Value, frame: Value, rights: Value, marked: Value): void {
  const page = w.shiftRight(linear, w.constant(PAGE_SHIFT));
  noteFilled(w, page);
  const at = w.add(w.word(SUPERVISOR_READ_TABLE), w.shiftLeft(page, w.constant(WORD_SHIFT)));
  const host = w.add(frame, w.constant(RAM));
  const entry = w.sub(w.sub(host, w.and(linear, w.constant(FRAME))), w.constant(1));
  const forUser = w.has(rights, entryBit.user);
  w.store(at, entry);
  forgetHeldWrite(w, at);
  w.if(forUser, () => w.store(at, entry, memoryMap.tlbTableBytes));
  const physicalPage = w.shiftRight(frame, w.constant(PAGE_SHIFT));
  const writable = w.has(rights, entryBit.write);
  const allowed = w.or(writable, w.lacks(w.word(CR0), cr0Bit.writeProtect));
  const dirty = w.has(marked, entryBit.dirty);
  w.if(w.and(w.and(allowed, dirty), w.isZero(w.flagsOf(physicalPage))), () => {
    w.store(at, entry, WRITE_TABLES);
    w.if(w.and(forUser, writable), () => w.store(at, entry, WRITE_TABLES + memoryMap.tlbTableBytes));
    noteWriter(w, page, physicalPage, host);
  });
}

/** A write to this page that was held up before has to walk again: the entry may look the same and mean another. */
function forgetHeldWrite(w: WalkWriter, at: Value): void {
  const held = w.constant(memoryMap.heldWrite);
  const apart = w.and(w.xor(w.load(held), at), w.constant(memoryMap.tlbTableBytes - 1));
  w.if(w.isZero(apart), () => w.store(held, w.constant(0)));
}

/** The page may have entries in this set (memory/page-set.ts). */
function noteFilled(w: WalkWriter, page: Value): void {
  const set = w.add(w.mul(w.presentSet(), w.constant(memoryMap.filledSetBytes)), w.constant(memoryMap.filledPages));
  const one = w.constant(1);
  const placeOf = (number: Value) => w.shiftLeft(w.shiftRight(number, w.constant(5)), w.constant(WORD_SHIFT));
  const word = w.shiftRight(page, w.constant(5));
  const region = w.shiftRight(page, w.constant(10));
  const [words, regions] = filledLevelBytes.map((bytes) => w.add(set, w.constant(bytes)));
  w.set(w.add(set, placeOf(page)), w.shiftLeft(one, page));
  w.set(w.add(words, placeOf(word)), w.shiftLeft(one, word));
  w.set(w.add(regions, placeOf(region)), w.shiftLeft(one, region));
}

/** This linear page may write to the physical page unasked, beside the one that already may. */
function noteWriter(w: WalkWriter, page: Value, physicalPage: Value, host: Value): void {
  const mine = w.add(w.or(w.shiftLeft(w.presentSet(), w.constant(20)), page), w.constant(1));
  const at = w.shiftLeft(physicalPage, w.constant(WORD_SHIFT));
  const other = w.load(at, memoryMap.writers);
  w.if(w.isZero(other), () => w.store(at, mine, memoryMap.writers));
  const settled = w.or(w.equal(other, mine), w.equal(other, w.constant(MANY)));
  w.if(w.isZero(w.or(settled, w.isZero(other))), () => {
    const place = w.sub(other, w.constant(1));
    const otherPage = w.and(place, w.constant(LOW_20));
    const set = w.shiftLeft(w.shiftRight(place, w.constant(20)), w.constant(SET_SHIFT));
    const theirs = w.load(w.add(set, w.shiftLeft(otherPage, w.constant(WORD_SHIFT))), memoryMap.tlb + WRITE_TABLES);
    const would = w.sub(w.sub(host, w.shiftLeft(otherPage, w.constant(PAGE_SHIFT))), w.constant(1));
    const stands = w.equal(theirs, would);
    w.store(at, w.select(stands, w.constant(MANY), mine), memoryMap.writers);
  });
}
