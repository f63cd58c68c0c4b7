/**
 * What the page-fault walker in walker.S is told, and whether it may be used at all.  The host calls this whenever
 * one of the facts changed, never per fault; everything it checks here the walker need not check.  What it refuses
 * costs only speed: the fault then takes the ordinary way through the host.
 *
 * The walker reads the guest's tables at kernel_address + guest-physical.  That is lguest's own promise for a kernel's
 * low memory, and it is checked for the directory and lguest_data; a guest that maps something else where its page
 * tables should be deceives nobody but itself.
 */

import { type GuestPhysical, type GuestVirtual, type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { lguestData41 } from '../agreement/lguest-data.ts';
import { entry, SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import { descriptor, flatData, GUEST_RING } from '../agreement/segments.ts';
import { gate, pageFaultError } from '../agreement/traps.ts';
import { registersPage, type WalkerCount, walkerCounts } from './lguest-pages.ts';

// fast path begins
/** Bits of a directory entry the host accepts; with any other the fault is the host's to judge. */
export const acceptedDirectoryBits = entry.present | entry.writable | entry.user | entry.accessed | entry.dirty;

/** Error codes the walker looks at: ring 3 reading or writing what is not there, or writing what it may only read. */
export const walkableErrors: readonly number[] = [
  pageFaultError.user,
  pageFaultError.user | pageFaultError.write,
  pageFaultError.user | pageFaultError.write | pageFaultError.present,
];

/** Words the walker pushes on the ring-1 stack: error code, eip, cs, eflags, esp, ss. */
const FRAME_BYTES = 6 * 4;

/**
 * Below the Switcher a kernel keeps vmalloc, kmap and fixmap areas, where addresses are not kernel_address +
 * guest-physical. Linux reserves 128 MiB and a few; memory that would reach into them is out of the walker's reach.
 */
const NONLINEAR_TOP_BYTES = 144 << 20;

/** The host's view of a guest, as far as the walker is concerned. */
export interface WalkerSituation {
  /** Guest-physical cr3; null while the guest has set none (linear mode). */
  readonly directory: GuestPhysical | null;
  /** End of what the host would accept in a page table entry, in bytes. */
  readonly memoryBytes: number;
  readonly kernelAddress: number;
  readonly lguestData: GuestPhysical;
  /** The guest's own gate for vector 14; zeros if it has none. */
  readonly gate: { readonly low: number; readonly high: number };
  /** As SET_STACK said, with the descriptor its segment selects. */
  readonly stack: { readonly segment: number; readonly pointer: number };
  readonly stackDescriptor: { readonly low: number; readonly high: number };
  /** Where the guest's own tables put a kernel address now; null if nowhere. */
  translate(address: GuestVirtual): GuestPhysical | null;
}

/** What goes into the read-only page. All linear addresses, all checked. */
export interface WalkerFields {
  readonly walkerDirectory: number;
  readonly walkerReach: number;
  readonly walkerKernelAddress: number;
  readonly walkerLguestData: number;
  readonly walkerTrapHandler: number;
  readonly walkerKeepsIrq: number;
}

export type WalkerAnswer = { readonly fields: WalkerFields } | { readonly refused: string };

/** The fields for this situation, or why the walker must stay closed. */
export function walkerFields(situation: WalkerSituation): WalkerAnswer {
  const { directory, kernelAddress, lguestData, gate: handler } = situation;
  if (directory === null) return { refused: 'the guest has set no page tables yet' };
  const walkerReach = reachOf(situation);
  const refused =
    refuseHandler(handler.high) ?? refuseStack(situation) ?? refusePlaces(situation, directory, walkerReach);
  if (refused !== null) return { refused };
  const isInterruptGate = (handler.high & gate.typeMask) === gate.interruptGate;
  const fields = {
    walkerDirectory: kernelAddress + directory,
    walkerReach,
    walkerKernelAddress: kernelAddress,
    walkerLguestData: kernelAddress + lguestData,
    walkerTrapHandler: ((handler.high & gate.offsetHighMask) | (handler.low & 0xffff)) >>> 0,
    walkerKeepsIrq: isInterruptGate ? 0 : 0xffff_ffff,
  };
  return { fields };
}

/** Guest-physical bytes that lie at kernel_address plus themselves; 0 or less where kernel_address is wild. */
function reachOf({ memoryBytes, kernelAddress }: WalkerSituation): number {
  if (kernelAddress === 0 || kernelAddress % PAGE_BYTES !== 0) return 0;
  const linear = SWITCHER_ADDRESS - NONLINEAR_TOP_BYTES - kernelAddress;
  const bytes = Math.min(memoryBytes, linear);
  return Math.max(0, bytes - (bytes % PAGE_BYTES));
}

function refuseHandler(high: number): string | null {
  if (!(high & gate.present)) return 'the guest has no page fault handler';
  const type = high & gate.typeMask;
  return type === gate.interruptGate || type === gate.trapGate ? null : 'the page fault gate is of no known type';
}

/** The frame goes by linear address, so the segment must be flat; and in one page, as the host writes it. */
function refuseStack({ stack, stackDescriptor }: WalkerSituation): string | null {
  const { low, high } = stackDescriptor;
  const flat = flatData.high | (GUEST_RING << descriptor.privilegeShift);
  if ((stack.segment & 7) !== GUEST_RING || low !== flatData.low || (high | descriptor.accessed) >>> 0 !== flat) {
    return 'the ring-1 stack segment is not flat';
  }
  const bottom = stack.pointer - FRAME_BYTES;
  if (bottom < 0 || stack.pointer > SWITCHER_ADDRESS) return 'the ring-1 stack lies where none can be';
  const sameTop = Math.floor(bottom / PAGE_BYTES) === Math.floor((stack.pointer - 1) / PAGE_BYTES);
  return sameTop ? null : 'a frame on the ring-1 stack would straddle two pages';
}

/** What the walker finds through kernel_address must be what the host finds by guest-physical address. */
function refusePlaces(situation: WalkerSituation, directory: GuestPhysical, reach: number): string | null {
  const { kernelAddress, lguestData } = situation;
  const lastField = lguestData41.at.cr2 + lguestData41.sizeOf.cr2;
  if (directory + PAGE_BYTES > reach || lguestData + lastField > reach) {
    return 'page directory or lguest_data lie beyond what kernel_address reaches';
  }
  if ((lguestData % PAGE_BYTES) + lastField > PAGE_BYTES) return 'lguest_data begins at the very end of a page';
  const isLinear = (at: GuestPhysical) => {
    const address = (kernelAddress + at) as GuestVirtual; // lguest's promise, which is being checked
    return situation.translate(address) === at;
  };
  return isLinear(directory) && isLinear(lguestData) ? null : 'the kernel does not see its memory at kernel_address';
}

/** The walker's counts in a guest's registers page. The guest's kernel can forge them: show them, never act on them. */
export function readWalkerCounts(memory: PhysicalMemory, page: HostPhysical): Record<WalkerCount, number> {
  const names = Object.keys(walkerCounts.at) as WalkerCount[]; // the keys of that record are its type
  const value = (name: WalkerCount) => memory.read32(page + registersPage.at.counts + walkerCounts.at[name]);
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<WalkerCount, number>; // same keys
}
// fast path ends
