/**
 * Where the state's words lie in the 32-bit views, as constants of their own: the memory and system sides of the
 * processor are called too often to look offsets up in an object each time.  The offsets themselves come from the layout.
 */

import { memoryMap, segmentLayout, stateLayout } from '../state.ts';

const word = (offset: number) => offset >>> 2;
const at = stateLayout.at;

export const GENERAL = word(at.general);
export const EAX = GENERAL;
export const ECX = GENERAL + 1;
export const EDX = GENERAL + 2;
export const EBX = GENERAL + 3;
export const ESP = GENERAL + 4;
export const EBP = GENERAL + 5;
export const ESI = GENERAL + 6;
export const EDI = GENERAL + 7;
export const EIP = word(at.eip);
export const NEXT_EIP = word(at.nextEip);
export const FLAG_ZERO = word(at.flagZero);
export const FLAG_SIGN = word(at.flagSign);
export const FLAG_PARITY = word(at.flagParity);
export const FLAG_CARRY = word(at.flagCarry);
export const FLAG_OVERFLOW = word(at.flagOverflow);
export const FLAG_ADJUST = word(at.flagAdjust);
export const FLAGS_REST = word(at.flagsRest);
export const CR0 = word(at.cr0);
export const CR2 = word(at.cr2);
export const CR3 = word(at.cr3);
export const CR4 = word(at.cr4);
export const DEBUG = word(at.debug);
export const SEGMENTS = word(at.segments);
export const LDTR = word(at.ldtr);
export const TR = word(at.tr);
export const GDT_BASE = word(at.gdtBase);
export const GDT_LIMIT = word(at.gdtLimit);
export const IDT_BASE = word(at.idtBase);
export const IDT_LIMIT = word(at.idtLimit);
export const CPL = word(at.cpl);
export const MODE = word(at.mode);
export const READ_TABLE = word(at.readTable);
export const WRITE_TABLE = word(at.writeTable);
export const SUPERVISOR_READ_TABLE = word(at.supervisorReadTable);
export const SUPERVISOR_WRITE_TABLE = word(at.supervisorWriteTable);
export const CODE_TABLE = word(at.codeTable);
export const FAULT_VECTOR = word(at.faultVector);
export const FAULT_ERROR = word(at.faultError);
export const FAULT_ADDRESS = word(at.faultAddress);
export const INTERRUPT_SHADOW = word(at.interruptShadow);
export const SYSENTER_CS = word(at.sysenterCs);
export const SYSENTER_ESP = word(at.sysenterEsp);
export const SYSENTER_EIP = word(at.sysenterEip);
export const TSC_OFFSET_LOW = word(at.tscOffsetLow);
export const TSC_OFFSET_HIGH = word(at.tscOffsetHigh);
export const ATTENTION = word(at.attention);
export const WRITE_LINEAR = word(at.writeLinear);
export const WRITE_SIZE = word(at.writeSize);
export const WRITE_FIRST = word(at.writeFirst);
export const WRITE_SECOND = word(at.writeSecond);

/** Words per segment register, and the words within one. */
export const SEGMENT_WORDS = word(segmentLayout.bytes);
export const SELECTOR = word(segmentLayout.at.selector);
export const BASE = word(segmentLayout.at.base);
export const LIMIT = word(segmentLayout.at.limit);
export const RIGHTS = word(segmentLayout.at.rights);
export const READ_LOW = word(segmentLayout.at.readLow);
export const READ_HIGH = word(segmentLayout.at.readHigh);
export const WRITE_LOW = word(segmentLayout.at.writeLow);
export const WRITE_HIGH = word(segmentLayout.at.writeHigh);

const segmentWords = (number: number) => SEGMENTS + number * SEGMENT_WORDS;
export const ES = segmentWords(0);
export const CS = segmentWords(1);
export const SS = segmentWords(2);
export const DS = segmentWords(3);
export const FS = segmentWords(4);
export const GS = segmentWords(5);

/** Addresses in the memory object, as plain constants. */
export const RAM = memoryMap.ram;
export const PAGE_FLAGS = memoryMap.pageFlags;
export const SCRATCH = memoryMap.scratch;
export const ONES = memoryMap.ones;
export const SINK = memoryMap.sink;
export const LOCAL_APIC = memoryMap.localApic;
