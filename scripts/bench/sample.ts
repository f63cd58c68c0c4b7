/** One measurement of one workload, wherever it ran. */

import type { EngineName } from '../../core/x86/board.ts';
import type { ProcessorTime } from '../../main/processor-time.ts';
import type { BareImage } from '../bare-images.ts';
import type { ResultLine } from './result-line.ts';

/** Where a workload can run: on an engine of ours, on v86, or as a Linux program on the processor below. */
export type Runner = EngineName | 'v86' | 'native';

/** Between the marks, but for the peak of memory, which is the whole process's. */
export interface Sample extends ResultLine, ProcessorTime {
  /** Null where nobody counts them for us. */
  readonly instructions: number | null;
  readonly peakMiB: number | null;
}

export interface BareRequest {
  readonly image: BareImage;
  readonly name: string;
  readonly turns: number;
}

/** What both emulators hand over as the multiboot command line. */
export const commandLineOf = ({ image, name, turns }: BareRequest): string => `${image}.elf run=${name} times=${turns}`;

/** Of the bare machine, v86's and ours. */
export const RAM_MIB = 64;
