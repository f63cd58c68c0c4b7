/**
 * What the launcher would do with a kernel and an initrd: what goes where, how much memory that takes, and if it would
 * refuse, its sentence.  The launcher's own checks decide; nothing is worked out a second time.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import { ImageError } from '../image-error.ts';
import type { KernelImage } from '../kernel-image.ts';
import { checkLoad, LARGEST_MEMORY_MIB, loadRanges, MIB, type Range, SMALLEST_MEMORY_MIB } from '../load-guest.ts';

export interface LoadPlan {
  /** Guest-physical address of the first instruction. */
  readonly entry: number;
  /** Of the plan. */
  readonly memoryMiB: number;
  /** The least that everything fits into, so far as the image says. */
  readonly neededMiB: number;
  /** By ascending address; empty where the memory will not do. */
  readonly ranges: readonly Range[];
  /** Why the launcher would refuse; null if it would not. */
  readonly refusal: string | null;
}

/** Plans for `memoryMiB`, or when that is null for what is needed and at least `usualMiB`. */
export function planLoad(
  kernel: KernelImage,
  initrd: Uint8Array | null,
  memoryMiB: number | null,
  usualMiB: number,
): LoadPlan {
  const neededMiB = leastMemory(kernel, initrd);
  const chosenMiB = memoryMiB ?? Math.min(LARGEST_MEMORY_MIB, Math.max(usualMiB, neededMiB));
  const load = { kernel, initrd, commandLine: '', memoryBytes: chosenMiB * MIB };
  const refusal = refusalOf(() => checkLoad(load));
  const ranges = refusal === null ? loadRanges(load) : [];
  return { entry: kernel.entry, memoryMiB: chosenMiB, neededMiB, ranges, refusal };
}

/** The initrd ends where memory ends, so it only adds its pages to where the rest ends. */
function leastMemory(kernel: KernelImage, initrd: Uint8Array | null): number {
  const load = { kernel, initrd: null, commandLine: '', memoryBytes: 0 };
  const end = Math.max(...loadRanges(load).map(({ to }) => to));
  const pages = Math.ceil(end / PAGE_BYTES) + Math.ceil((initrd?.length ?? 0) / PAGE_BYTES);
  return Math.max(SMALLEST_MEMORY_MIB, Math.ceil((pages * PAGE_BYTES) / MIB));
}

function refusalOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
}
