/**
 * Everything there is to say about a kernel file, put together: first what the file says, then, if it can be run at all,
 * what it shows when it runs.  It prints nothing and decides nothing; `inspect` does.
 */

import { type LguestEra, lguestEras } from '../../agreement/lguest-data.ts';
import type { Host } from '../../host/guest-events.ts';
import { faceOf } from '../device-faces.ts';
import { LARGEST_MEMORY_MIB, MIB } from '../load-guest.ts';
import { type Fact, fact } from './fact.ts';
import { type LoadPlan, planLoad } from './load-plan.ts';
import type { Payload } from './setup-header.ts';
import { readStaticFacts, type StaticFacts } from './static-facts.ts';
import { type Trial, tryKernel } from './trial-run.ts';
import { judge, type Verdict } from './verdict.ts';

export interface KernelFacts {
  readonly format: StaticFacts['format'];
  readonly fileBytes: number;
  readonly bits: Fact<32 | 64>;
  readonly protocol: string | null;
  readonly version: Fact<string> | null;
  readonly payload: Payload | null;
  readonly initialBytes: number | null;
  readonly lguest: Verdict;
  /** Which kernels hand over an lguest_data of this shape: from `since` on, up to but without `before`. */
  readonly era: { readonly since: string; readonly before: string } | null;
  /** Where it looks for its devices: on the lguest bus or on PCI. */
  readonly devices: 'bus' | 'pci' | null;
  /** Null for what cannot be loaded at all. */
  readonly plan: LoadPlan | null;
  /** Null if it was not run. */
  readonly trial: { readonly instructions: number; readonly memoryMiB: number; readonly death: string | null } | null;
}

export interface KernelFactsOptions {
  readonly file: Uint8Array;
  readonly initrd: Uint8Array | null;
  /** Null: what is usual, or more if the kernel needs more. */
  readonly memoryMiB: number | null;
  readonly usualMiB: number;
  /** A host on a new board with room for a guest of this size. */
  readonly newHost: (memoryMiB: number) => Host;
  /** For the trial; 0 for no trial. */
  readonly budgetInstructions: number;
}

/** lguest was taken out of this release. */
const REMOVED_IN = '4.14';

/** Yields instructions run so far, while it runs the kernel. Throws ImageError for what is no kernel, or broken. */
export function* kernelFacts(options: KernelFactsOptions): Generator<number, KernelFacts, void> {
  const { file, initrd, memoryMiB, usualMiB } = options;
  const known = readStaticFacts(file);
  const plan = known.image === null ? null : planLoad(known.image, initrd, memoryMiB, usualMiB);
  const trial = yield* runTrial(options, known, plan);
  const { format, fileBytes, bits, protocol, payload, initialBytes } = known;
  const seen = trial === null ? null : { ...trial, died: trial.death !== null };
  const version = known.version ?? (seen?.banner ? fact(seen.banner, 'run') : null);
  const lguest = judge({ ...known, version, packed: format === 'bzImage', seen });
  const era = seen?.era ?? null;
  return {
    ...{ format, fileBytes, bits, protocol, version, payload, initialBytes, lguest, plan },
    era: era === null ? null : { since: era.since, before: successorOf(era) },
    devices: era === null ? null : faceOf(era),
    trial:
      trial === null ? null : { instructions: trial.instructions, memoryMiB: trialMemory(plan!), death: trial.death }, // no plan, no trial
  };
}

function* runTrial(
  { newHost, budgetInstructions }: KernelFactsOptions,
  { image, bits }: StaticFacts,
  plan: LoadPlan | null,
): Generator<number, Trial | null, void> {
  if (image === null || plan === null || bits.value === 64 || budgetInstructions === 0) return null;
  const memoryMiB = trialMemory(plan);
  // What the launcher refuses for another reason than its size would be refused here too.
  if (memoryMiB > LARGEST_MEMORY_MIB || planLoad(image, null, memoryMiB, memoryMiB).refusal !== null) return null;
  const host = newHost(memoryMiB);
  return yield* tryKernel({ host, image, memoryBytes: memoryMiB * MIB, budgetInstructions });
}

/** Too little memory is a fact about the plan, not about the kernel: the trial gets what is needed. */
const trialMemory = ({ memoryMiB, neededMiB }: LoadPlan): number => Math.max(memoryMiB, neededMiB);

/** The eras are listed newest first. */
function successorOf(era: LguestEra): string {
  const index = lguestEras.findIndex(({ since }) => since === era.since);
  return index > 0 ? lguestEras[index - 1].since : REMOVED_IN;
}
