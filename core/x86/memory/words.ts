/**
 * Where the state's words lie in the 32-bit views.  The offsets come from the layout; here they get names as constants.
 *
 * They are exported in one object, and each file takes what it needs out of it at its top: `const { CPL, EIP } = words`.
 * V8 folds a constant of the file it is compiling into the code, but fetches an imported one, and checks it, at every
 * use; ring changes took three times as long that way.
 */

import { memoryMap, segmentLayout, stateLayout } from '../state.ts';

const word = (offset: number) => offset >>> 2;
const at = stateLayout.at;

const GENERAL = word(at.general);
const EAX = GENERAL;
const ECX = GENERAL + 1;
const EDX = GENERAL + 2;
const EBX = GENERAL + 3;
const ESP = GENERAL + 4;
const EBP = GENERAL + 5;
const ESI = GENERAL + 6;
const EDI = GENERAL + 7;
const EIP = word(at.eip);
const NEXT_EIP = word(at.nextEip);
const FLAG_ZERO = word(at.flagZero);
const FLAG_SIGN = word(at.flagSign);
const FLAG_PARITY = word(at.flagParity);
const FLAG_CARRY = word(at.flagCarry);
const FLAG_OVERFLOW = word(at.flagOverflow);
const FLAG_ADJUST = word(at.flagAdjust);
const FLAGS_REST = word(at.flagsRest);
const CR0 = word(at.cr0);
const CR2 = word(at.cr2);
const CR3 = word(at.cr3);
const CR4 = word(at.cr4);
const DEBUG = word(at.debug);
const SEGMENTS = word(at.segments);
const LDTR = word(at.ldtr);
const TR = word(at.tr);
const GDT_BASE = word(at.gdtBase);
const GDT_LIMIT = word(at.gdtLimit);
const IDT_BASE = word(at.idtBase);
const IDT_LIMIT = word(at.idtLimit);
const CPL = word(at.cpl);
const MODE = word(at.mode);
const READ_TABLE = word(at.readTable);
const WRITE_TABLE = word(at.writeTable);
const SUPERVISOR_READ_TABLE = word(at.supervisorReadTable);
const SUPERVISOR_WRITE_TABLE = word(at.supervisorWriteTable);
const CODE_TABLE = word(at.codeTable);
const FAULT_VECTOR = word(at.faultVector);
const FAULT_ERROR = word(at.faultError);
const FAULT_ADDRESS = word(at.faultAddress);
const INTERRUPT_SHADOW = word(at.interruptShadow);
const SYSENTER_CS = word(at.sysenterCs);
const SYSENTER_ESP = word(at.sysenterEsp);
const SYSENTER_EIP = word(at.sysenterEip);
const TSC_OFFSET_LOW = word(at.tscOffsetLow);
const TSC_OFFSET_HIGH = word(at.tscOffsetHigh);
const ATTENTION = word(at.attention);
const NMI_BLOCKED = word(at.nmiBlocked);
const EVENT_WAITING = word(at.eventWaiting);
const HALTED = word(at.halted);
const ATTRIBUTED = word(at.attributed);
const ATTRIBUTED_BY_RING = word(at.attributedByRing);
const CODE_TABLE_ROW = word(at.codeTableRow);
const BUDGET_LEFT = word(at.budgetLeft);
const WRITE_LINEAR = word(at.writeLinear);
const WRITE_SIZE = word(at.writeSize);
const WRITE_FIRST = word(at.writeFirst);
const WRITE_SECOND = word(at.writeSecond);

/** Words per segment register, and the words within one. */
const SEGMENT_WORDS = word(segmentLayout.bytes);
const SELECTOR = word(segmentLayout.at.selector);
const BASE = word(segmentLayout.at.base);
const LIMIT = word(segmentLayout.at.limit);
const RIGHTS = word(segmentLayout.at.rights);
const READ_LOW = word(segmentLayout.at.readLow);
const READ_HIGH = word(segmentLayout.at.readHigh);
const WRITE_LOW = word(segmentLayout.at.writeLow);
const WRITE_HIGH = word(segmentLayout.at.writeHigh);

const segmentWords = (number: number) => SEGMENTS + number * SEGMENT_WORDS;
const ES = segmentWords(0);
const CS = segmentWords(1);
const SS = segmentWords(2);
const DS = segmentWords(3);
const FS = segmentWords(4);
const GS = segmentWords(5);

/** Addresses in the memory object, as plain constants. */
const RAM = memoryMap.ram;
const PAGE_FLAGS = memoryMap.pageFlags;
const SCRATCH = memoryMap.scratch;
const ONES = memoryMap.ones;
const SINK = memoryMap.sink;
const LOCAL_APIC = memoryMap.localApic;

/** The scratch page beyond the window for accesses, as indices: descriptors that cannot be read in place, the inner
 *  stack chosen, and a frame on its way to or from a stack. */
const scratchWord = (offset: number) => word(memoryMap.scratch + offset);
const GATE_SLOT = scratchWord(0x40);
const CODE_SLOT = scratchWord(0x50);
const STACK_SLOT = scratchWord(0x60);
const CHOSEN_STACK = scratchWord(0x70);
const FRAME = scratchWord(0x100);

export const words = {
  GENERAL,
  EAX,
  ECX,
  EDX,
  EBX,
  ESP,
  EBP,
  ESI,
  EDI,
  EIP,
  NEXT_EIP,
  FLAG_ZERO,
  FLAG_SIGN,
  FLAG_PARITY,
  FLAG_CARRY,
  FLAG_OVERFLOW,
  FLAG_ADJUST,
  FLAGS_REST,
  CR0,
  CR2,
  CR3,
  CR4,
  DEBUG,
  SEGMENTS,
  LDTR,
  TR,
  GDT_BASE,
  GDT_LIMIT,
  IDT_BASE,
  IDT_LIMIT,
  CPL,
  MODE,
  READ_TABLE,
  WRITE_TABLE,
  SUPERVISOR_READ_TABLE,
  SUPERVISOR_WRITE_TABLE,
  CODE_TABLE,
  FAULT_VECTOR,
  FAULT_ERROR,
  FAULT_ADDRESS,
  INTERRUPT_SHADOW,
  SYSENTER_CS,
  SYSENTER_ESP,
  SYSENTER_EIP,
  TSC_OFFSET_LOW,
  TSC_OFFSET_HIGH,
  ATTENTION,
  NMI_BLOCKED,
  EVENT_WAITING,
  HALTED,
  ATTRIBUTED,
  ATTRIBUTED_BY_RING,
  CODE_TABLE_ROW,
  BUDGET_LEFT,
  WRITE_LINEAR,
  WRITE_SIZE,
  WRITE_FIRST,
  WRITE_SECOND,
  SEGMENT_WORDS,
  SELECTOR,
  BASE,
  LIMIT,
  RIGHTS,
  READ_LOW,
  READ_HIGH,
  WRITE_LOW,
  WRITE_HIGH,
  ES,
  CS,
  SS,
  DS,
  FS,
  GS,
  RAM,
  PAGE_FLAGS,
  SCRATCH,
  ONES,
  SINK,
  LOCAL_APIC,
  GATE_SLOT,
  CODE_SLOT,
  STACK_SLOT,
  CHOSEN_STACK,
  FRAME,
} as const;
