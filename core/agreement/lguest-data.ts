/**
 * struct lguest_data: the page of shared notes between a guest kernel and its host (lguest-abi §3).  It lies in the
 * guest's own memory, so the host believes nothing in it twice.  Its shape changed as lguest grew; each shape is
 * called after the first kernel known to have it.
 *
 *      guest writes                             host writes
 *      irq_enabled  blocked_interrupts          cr2  time  irq_pending
 *      hcall ring   noirq_*  kernel_address     reserve_mem  tsc_khz  pgdir
 */

import { bytes, type Layout, layout, u32 } from './layout.ts';

export const RING_ENTRIES = 64;
/** Ring status of an entry nobody waits for. */
export const RING_FREE = 0xff;
/** Ring status of an entry the guest filled in. */
export const RING_READY = 0;

/** irq_enabled and irq_pending speak in EFLAGS.IF. */
export const IRQ_ON = 0x200;

/** The two flavours of ring entry: in 2.6.24 four words in the order of pushed registers, later five in argument order. */
const ringEntry = { early: 16, later: 20 } as const;

const opening = { irqEnabled: u32, blockedInterrupts: u32, cr2: u32 };
const time = { timeSeconds: u32, timeNanoseconds: u32 };
const ring = (entry: number) => ({ ringStatus: bytes(RING_ENTRIES), ring: bytes(RING_ENTRIES * entry) });
const closing = { kernelAddress: u32, syscallVector: u32 };

export const lguestData41 = layout('LGUEST_DATA', {
  ...opening,
  ...time,
  irqPending: u32,
  ...ring(ringEntry.later),
  reserveMemory: u32,
  tscKhz: u32,
  noIrqIret: u32,
  ...closing,
});

export const lguestData30 = layout('LGUEST_DATA_3_0', {
  ...opening,
  ...time,
  irqPending: u32,
  ...ring(ringEntry.later),
  reserveMemory: u32,
  tscKhz: u32,
  noIrqStart: u32,
  noIrqEnd: u32,
  ...closing,
});

export const lguestData2631 = layout('LGUEST_DATA_2_6_31', {
  ...opening,
  ...time,
  irqPending: u32,
  ...ring(ringEntry.later),
  reserveMemory: u32,
  tscKhz: u32,
  pageDirectory: u32,
  noIrqStart: u32,
  noIrqEnd: u32,
  ...closing,
});

export const lguestData2624 = layout('LGUEST_DATA_2_6_24', {
  ...opening,
  ...time,
  ...ring(ringEntry.early),
  reserveMemory: u32,
  tscKhz: u32,
  pageDirectory: u32,
  noIrqStart: u32,
  noIrqEnd: u32,
  ...closing,
});

type FieldName = keyof typeof lguestData41.at | keyof typeof lguestData30.at | 'pageDirectory';

/** One shape of lguest_data with what else changed along with it. */
export interface LguestEra {
  /** The first kernel known to look like this. */
  readonly since: string;
  readonly layout: Layout<string>;
  /** Offsets; null where this era has no such field. */
  readonly at: Readonly<Record<FieldName, number | null>>;
  readonly ringEntryBytes: number;
  /** Which register, by its name in the saved registers, holds argument 1, 2, 3, 4 of a hypercall. */
  readonly argumentRegisters: readonly ArgumentRegister[];
  /** Which word of a ring entry holds argument 0 (the number), 1, 2, 3, 4. */
  readonly ringWords: readonly number[];
}

export type ArgumentRegister = 'ebx' | 'ecx' | 'edx' | 'esi';

const fieldNames: readonly FieldName[] = [
  'irqEnabled', 'blockedInterrupts', 'cr2', 'timeSeconds', 'timeNanoseconds', 'irqPending', 'ringStatus', 'ring',
  'reserveMemory', 'tscKhz', 'pageDirectory', 'noIrqIret', 'noIrqStart', 'noIrqEnd', 'kernelAddress', 'syscallVector',
]; // biome-ignore format: a list to be read as one

function era<Name extends string>(since: string, shape: Layout<Name>, early: boolean): LguestEra {
  const offsets: Readonly<Record<string, number>> = shape.at;
  const at = Object.fromEntries(fieldNames.map((name) => [name, offsets[name] ?? null]));
  return {
    since,
    layout: shape as Layout<string>, // only its size is asked for
    at: at as Record<FieldName, number | null>, // fromEntries forgets its keys
    ringEntryBytes: early ? ringEntry.early : ringEntry.later,
    argumentRegisters: early ? ['edx', 'ebx', 'ecx'] : ['ebx', 'ecx', 'edx', 'esi'],
    ringWords: early ? [0, 3, 1, 2] : [0, 1, 2, 3, 4],
  };
}

/** Newest first: the order in which the host tries them on. */
export const lguestEras: readonly LguestEra[] = [
  era('4.1', lguestData41, false),
  era('3.0', lguestData30, false),
  era('2.6.31', lguestData2631, false),
  era('2.6.24', lguestData2624, true),
];
