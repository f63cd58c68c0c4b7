/** What a run of the little guest starts from, and what is known of it when it ends. */

import { GUEST_KERNEL_DS } from '../../../core/agreement/segments.ts';
import type { readWalkerCounts } from '../../../core/switcher/walker.ts';
import { KERNEL, place, RING1_STACK_TOP } from './little-guest.ts';

export interface Setting {
  readonly fastPath: boolean;
  readonly kernelAddress: number;
  readonly lguestData: number;
  readonly stack: { readonly segment: number; readonly pointer: number };
  /** Map lguest_data, the ring-1 stack and the page tables in the shadow before the first instruction. */
  readonly mapKernelFirst: boolean;
  readonly trapGate: boolean;
}
export const plain: Setting = {
  fastPath: false,
  kernelAddress: KERNEL,
  lguestData: place.lguestData,
  stack: { segment: GUEST_KERNEL_DS, pointer: RING1_STACK_TOP },
  mapKernelFirst: true,
  trapGate: false,
};

export interface End {
  /** Why it stopped: 'done' (int 0x80), 'dead: …', or 'spent'. */
  readonly how: string;
  readonly memory: Uint8Array;
  readonly registers: Record<string, number>;
  readonly traps: Record<number, number>;
  readonly crossings: number;
  readonly nmis: number;
  readonly counts: ReturnType<typeof readWalkerCounts>;
  /** Begun in rings 1 and 3. */
  readonly guestInstructions: number;
  readonly instructions: number;
}
