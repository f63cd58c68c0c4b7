/**
 * What is noted of each instruction of the block being decoded, in the memory object, so that generated code and
 * TypeScript can take turns: what comes of its flags, its handlers and its neighbours is known only from behind.
 */

import { layout, u32 } from '../../agreement/layout.ts';
import { memoryMap } from '../state.ts';
import type { Handler } from './handlers.ts';
import { templateMemory } from './templates.ts';

export const recordLayout = layout('RECORD', {
  /** Its first operation: a guard, or its own. */
  start: u32,
  operation: u32,
  slot: u32,
  slotWithoutFlags: u32,
  facts: u32,
  /** In its page. */
  offset: u32,
  spare0: u32,
  spare1: u32,
});
export const RECORD_SHIFT = 5;

/** Three sets of flags, and facts. */
const FLAGS = 63;
export const flagsRead = { mask: FLAGS, shift: 0 } as const;
export const flagsKilled = { mask: FLAGS, shift: 6 } as const;
export const flagsWritten = { mask: FLAGS, shift: 12 } as const;
export const fact = {
  mayFault: 1 << 18,
  /** What comes behind may be something else, or elsewhere. */
  leavesOpen: 1 << 19,
  endsBlock: 1 << 20,
  /** It says how far to jump. */
  directJump: 1 << 21,
  /** What it does, its service may have to be asked for. */
  serves: 1 << 22,
} as const;

export function factsOf({ findings, serves }: Handler, endsBlock: boolean, directJump: boolean): number {
  return (
    (findings.flagsRead << flagsRead.shift) |
    (findings.flagsKilled << flagsKilled.shift) |
    (findings.flagsWritten << flagsWritten.shift) |
    (findings.mayFault ? fact.mayFault : 0) |
    (findings.jumps || findings.writesMemory ? fact.leavesOpen : 0) |
    (endsBlock ? fact.endsBlock : 0) |
    (directJump ? fact.directJump : 0) |
    (serves ? fact.serves : 0)
  );
}

/** What the generated reader was told and answers beside its result. */
export const readerState = layout('READER', { host: u32, operation: u32, eip: u32, ended: u32, jumps: u32 });
export const READER = templateMemory.records;
export const RECORDS = templateMemory.records + 0x40;
/** Operations of the block's direct jumps, as many as READER says. */
export const JUMPS = templateMemory.records + 0x800;

/** What generated code knows of a code page, by its entry map. */
export const pageRecord = layout('CODE_PAGE', {
  /** A direct jump to an offset in this page that is not decoded yet; it names the next one (jump-links.ts). */
  waiting: u32,
  /** Where blocks start counting their entries. */
  heat: u32,
  mode: u32,
  /** Not zero if somebody wants to know when code of the page is written over. */
  watched: u32,
});

/** Where the record of an entry map lies. */
export const pageRecordOf = (entryMap: number): number =>
  templateMemory.pages + ((entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes) * pageRecord.bytes;

/** In memoryMap.codePages: more than one code page, or one that only ends there. */
export const SEVERAL = 1;

/** How far before its last byte an instruction can begin. */
export const REACH = 14;
/** Whoever writes more than this at once writes something new. */
export const LONGEST_CHANGE = 4;
