/** What is known of a kernel, as the wizard shows it: lines, and whether there is anything against booting it. */

import { ImageError } from '../../core/launcher/image-error.ts';
import { type KernelFacts as Known, kernelFacts } from '../../core/launcher/kernel-facts/kernel-facts.ts';
import type { KernelFacts } from '../../core/protocol/machines.ts';
import { factLines } from '../facts-table.ts';
import { newHost } from '../new-host.ts';
import { DEFAULT_MEMORY_MIB } from '../run-options.ts';

/** Runs the kernel for so many instructions at most; with 0, only its headers are read. */
export function kernelLines(file: Uint8Array, budgetInstructions: number): KernelFacts {
  try {
    const host = (memoryMiB: number) => newHost([memoryMiB]);
    const options = { file, initrd: null, memoryMiB: null, usualMiB: DEFAULT_MEMORY_MIB, newHost: host };
    const steps = kernelFacts({ ...options, budgetInstructions });
    for (;;) {
      const step = steps.next();
      if (step.done) return asShown(step.value);
    }
  } catch (error) {
    if (error instanceof ImageError) return { lines: [], objection: error.message };
    throw error;
  }
}

function asShown(known: Known): KernelFacts {
  const lines = factLines(known).map(({ title, text, from }) => ({
    label: title,
    text: from === null ? text : `${text} (${from})`,
  }));
  return { lines, objection: objectionTo(known) };
}

/** What `unknown` means is in the lines; it may well boot. */
function objectionTo({ lguest, plan }: Known): string | null {
  if (lguest.answer === 'no') return `it is no lguest guest: ${lguest.because}`;
  if (plan === null) return 'it cannot be loaded';
  return plan.refusal;
}
