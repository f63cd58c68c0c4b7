/**
 * The pages astride both worlds (lguest-abi §4, §5), laid out once: this file for TypeScript, and through
 * `offsets.generated.S` for the assembler.  Numbers up to `guestGdt` are lguest's; what follows is our walker's.
 *
 *      SWITCHER_ADDRESS   +0x0000  text, two pages: the crossing, then 256 stubs of 16 bytes
 *                         +0x2000  page 0, the guest's own: walker's counts … stack … lguest_regs | end
 *                         +0x3000  page 1, lguest_ro_state: only the host may write it
 *
 * Page 0 is writable for the guest's kernel, because a ring-0 stack has to be and ring 1 is a supervisor too: whoever
 * reads it believes only what the processor pushed since the guest was left.  Page 1 is mapped read-only in a guest's
 * tables, and CR0.WP makes that hold against rings 0 and 1 alike.
 */

import { PAGE_BYTES } from '../agreement/addresses.ts';
import { bytes, layout, u16, u32 } from '../agreement/layout.ts';
import { SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import { DESCRIPTOR_BYTES, GDT_ENTRIES } from '../agreement/segments.ts';
import { VECTORS } from '../agreement/traps.ts';

/** What lgdt and lidt read (SDM 3A 3.5.1): a 16-bit limit, then the linear address. */
export const tablePointer = layout('TABLE_POINTER', { limit: u16, base: u32 });

/** struct lguest_regs: the guest's registers while it is not running. The order of pushes and pops. */
export const lguestRegs = layout('REGS', {
  eax: u32,
  ebx: u32,
  ecx: u32,
  edx: u32,
  esi: u32,
  edi: u32,
  ebp: u32,
  gs: u32,
  fs: u32,
  ds: u32,
  es: u32,
  trapnum: u32,
  errcode: u32,
  eip: u32,
  cs: u32,
  eflags: u32,
  esp: u32,
  ss: u32,
});
export type RegisterName = keyof typeof lguestRegs.at;

/** How often the walker did what, since the page was zeroed: statistics only, for the guest's kernel can forge them. */
export const walkerCounts = layout('COUNT', {
  reflected: u32,
  /** Handed on to the host: not a ring-3 fault at all. */
  kernelMode: u32,
  /** Handed on: the error code or the directory entry is not one the walker knows. */
  oddEntry: u32,
  /** Handed on: the table lies beyond the memory the walker may look at. */
  outOfReach: u32,
  /** Handed on: the guest's tables allow the access, so it is the shadow that lacks it. */
  allowed: u32,
  /** Handed on: the walker itself faulted on the shadow tables. */
  stumbled: u32,
  /** Handed on: an NMI came while it walked. */
  nonMaskable: u32,
});
export type WalkerCount = keyof typeof walkerCounts.at;

/** Page 0. Everything between counts and registers is stack: the Switcher's in a guest, nobody's in the host. */
export const registersPage = layout('REGISTERS_PAGE', {
  counts: bytes(walkerCounts.bytes),
  stack: bytes(PAGE_BYTES - walkerCounts.bytes - lguestRegs.bytes),
  registers: bytes(lguestRegs.bytes),
});

/** A 32-bit task state segment (SDM 3A 7.2.1), of which only the stacks and the lack of an I/O map are used. */
export const taskState = layout('TSS', {
  backLink: u32,
  sp0: u32,
  ss0: u32,
  sp1: u32,
  ss1: u32,
  sp2: u32,
  ss2: u32,
  cr3: u32,
  eip: u32,
  eflags: u32,
  general: bytes(8 * 4),
  segments: bytes(6 * 4),
  localTable: u32,
  debugTrap: u16,
  ioMapBase: u16,
});

/** Page 1. */
export const readOnlyState = layout('RO', {
  hostCr3: u32,
  hostIdt: bytes(tablePointer.bytes),
  hostGdt: bytes(tablePointer.bytes),
  hostSp: u32,
  guestIdtPointer: bytes(tablePointer.bytes),
  guestGdtPointer: bytes(tablePointer.bytes),
  guestTss: bytes(taskState.bytes),
  guestIdt: bytes(VECTORS * DESCRIPTOR_BYTES),
  guestGdt: bytes(GDT_ENTRIES * DESCRIPTOR_BYTES),
  /** Nonzero: an NMI came while the Switcher was on its way home, and the host has not seen it. */
  nmiOwed: u32,
  // fast path begins
  /** Linear address of the guest's page directory. */
  walkerDirectory: u32,
  /** Guest-physical addresses below this lie at kernel_address plus themselves, below the Switcher. */
  walkerReach: u32,
  walkerKernelAddress: u32,
  /** Linear address of lguest_data. */
  walkerLguestData: u32,
  walkerTrapHandler: u32,
  /** What of irq_enabled outlives the gate: nothing (interrupt gate) or all of it (trap gate). */
  walkerKeepsIrq: u32,
  // fast path ends
});

export const SWITCHER_TEXT_PAGES = 2;
/** Where both worlds see the two pages, and what the Switcher finds by rounding any address within them down. */
export const LGUEST_PAGES = SWITCHER_ADDRESS + SWITCHER_TEXT_PAGES * PAGE_BYTES;
export const LGUEST_PAGES_BYTES = 2 * PAGE_BYTES;
export const READ_ONLY_STATE = LGUEST_PAGES + PAGE_BYTES;
/** The guest's ring-0 stack starts where its registers end. */
export const GUEST_RING0_STACK = LGUEST_PAGES + registersPage.bytes;
