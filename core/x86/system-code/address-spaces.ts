/**
 * Control registers and address spaces: reading them, loading cr3 with a space that is known, and invlpg.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { physicalPageOf } from '../interpreter/page-code.ts';
import { KNOWN_SPACE_FOLD, knownSpace } from '../memory/known-spaces.ts';
import { cr0Bit } from '../memory/page-walk.ts';
import { words } from '../memory/words.ts';
import { memoryMap, pageFlag } from '../state.ts';
import { linearOf, offsetOf } from './memory-operands.ts';
import type { SystemWriter } from './system-writer.ts';

const { CPL, CR0, CR3, MODE, PAGE_FLAGS, RAM, SUPERVISOR_READ_TABLE } = words;

const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
const SPACE_SHIFT = 4;
/** Bits of cr3 that exist. */
const CR3_BITS = 0xfffff018;
const TABLES = 4;

/** mov r32, cr: `word` is where the control register lies. */
export function writeControlRead(w: SystemWriter, word: number): void {
  w.giveUpIf(w.word(CPL));
  w.store(w.control.field('register0'), w.word(word));
  w.control.proceed();
}

/** mov cr0, r32 where nothing changes but TS, as it does whenever a kernel puts off saving the x87. */
export function writeTaskSwitched(w: SystemWriter): void {
  const { control } = w;
  const value = w.load(control.field('register1'));
  const changed = w.and(w.xor(w.word(CR0), value), w.constant(~cr0Bit.taskSwitched));
  w.giveUpIf(w.or(w.word(CPL), changed));
  w.setWord(CR0, value);
  control.go(control.field('nextEip'), control.unspent());
}

export function writeClearTaskSwitched(w: SystemWriter): void {
  w.giveUpIf(w.word(CPL));
  w.setWord(CR0, w.and(w.word(CR0), w.constant(~cr0Bit.taskSwitched)));
  w.control.proceed();
}

/** mov cr3, r32 with paging on, to a space that has its tables. */
export function writeSpaceLoad(w: SystemWriter): void {
  const { control } = w;
  loadSpace(w, w.load(control.field('register1')));
  control.go(control.field('nextEip'), control.unspent());
}

/** Its routine; the argument is the value. */
export function loadSpace(w: SystemWriter, value: Value): void {
  const unpaged = w.xor(w.shiftRight(w.word(CR0), w.constant(31)), w.constant(1));
  const page = w.shiftRight(value, w.constant(PAGE_SHIFT));
  const folded = w.xor(page, w.shiftRight(page, w.constant(KNOWN_SPACE_FOLD)));
  const place = w.and(folded, w.constant(memoryMap.knownSpaceCount - 1));
  const space = w.add(w.shiftLeft(place, w.constant(SPACE_SHIFT)), w.constant(memoryMap.knownSpaces));
  const other = w.xor(w.of(space, knownSpace.key), w.add(page, w.constant(1)));
  w.giveUpIf(w.or(w.or(w.word(CPL), unpaged), other));
  const row = w.of(space, knownSpace.row);
  const codeTable = w.codeTable(row, w.word(MODE));
  w.store(space, w.constant(1), knownSpace.used << 2);
  w.setWord(CR3, w.and(value, w.constant(CR3_BITS)));
  w.selectSpace(w.of(space, knownSpace.tables), row, codeTable);
  w.count('cr3Loads');
}

/** invlpg of a page no code was decoded from: then only the translation tables know it. */
export function writeInvalidation(w: SystemWriter): void {
  invalidate(w, offsetOf(w));
  w.control.go(w.control.field('nextEip'), w.control.unspent());
}

/** The routine of invlpg; its argument is the offset. */
export function writeInvalidationRoutine(w: SystemWriter, offset: Value): void {
  invalidate(w, offset);
}

function invalidate(w: SystemWriter, offset: Value): void {
  w.giveUpIf(w.word(CPL));
  const linear = linearOf(w, offset);
  const entry = w.entryOf(SUPERVISOR_READ_TABLE, linear);
  w.if(entry, () => {
    clearPage(w, linear, entry);
  });
}

/** Empties the four tables' entries of a page whose translation is `entry`; gives up if it may hold decoded code. */
function clearPage(w: SystemWriter, linear: Value, entry: Value): void {
  const page = w.and(linear, w.constant(-PAGE));
  const host = w.add(w.add(page, entry), w.constant(1));
  w.giveUpIf(w.below(host, w.constant(RAM)));
  const physicalPage = physicalPageOf(w, host);
  const flags = w.builder.load(wasm.i32Load8U, physicalPage, PAGE_FLAGS);
  w.giveUpIf(w.and(flags, w.constant(pageFlag.code)));
  const index = w.shiftLeft(w.shiftRight(linear, w.constant(PAGE_SHIFT)), w.constant(2));
  const first = w.add(w.word(SUPERVISOR_READ_TABLE), index);
  for (let table = 0; table < TABLES; table++) w.store(first, w.constant(0), table * memoryMap.tlbTableBytes);
}
