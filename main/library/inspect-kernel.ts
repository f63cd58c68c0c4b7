/**
 * What a kernel is, for somebody who is choosing one.  Its headers tell at once; the rest is asked of the kernel itself,
 * for a few seconds at most, a slice at a time, so that windows are answered in between.  Whoever chooses another
 * kernel meanwhile is not kept waiting for this one.
 */

import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { ImageError } from '../../core/launcher/image-error.ts';
import { type KernelFacts as Known, kernelFacts } from '../../core/launcher/kernel-facts/kernel-facts.ts';
import type { KernelFacts, MachineSettings } from '../../core/protocol/machines.ts';
import { factLines } from '../facts-table.ts';
import { fileError } from '../files.ts';
import { newHost } from '../new-host.ts';
import { DEFAULT_MEMORY_MIB } from '../run-options.ts';
import { findImage } from '../samples.ts';
import { Refusal } from '../workstation/parts.ts';
import { LARGEST_BYTES } from './own-files.ts';

/** Enough for most kernels to unpack themselves and say what they are; the command line has more patience. */
const BUDGET_INSTRUCTIONS = 400_000_000;
const PATIENCE_MS = 8000;

type Steps = Generator<number, Known, void>;

export class KernelInspector {
  private latest = 0;

  /** Rejects with a Refusal for a file that cannot be read, or when another one was asked for meanwhile. */
  async inspect(image: MachineSettings['image']): Promise<KernelFacts> {
    const number = ++this.latest;
    const file = await bytesOf(image);
    const known = await this.ask(file, number);
    return typeof known === 'string' ? { lines: [], objection: known } : asShown(known);
  }

  /** Ends what is under way. */
  close(): void {
    this.latest++;
  }

  private async ask(file: Uint8Array, number: number): Promise<Known | string> {
    const deadline = performance.now() + PATIENCE_MS;
    const steps = factsOf(file, BUDGET_INSTRUCTIONS);
    for (;;) {
      // A timer lets everything else go first; setImmediate would let it wait.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (number !== this.latest) throw new Refusal('another kernel was chosen meanwhile');
      const step = nextStep(steps);
      if (typeof step === 'string') return step;
      if (step.done) return step.value;
      if (performance.now() > deadline) return headersOnly(file);
    }
  }
}

function factsOf(file: Uint8Array, budgetInstructions: number): Steps {
  const host = (memoryMiB: number) => newHost([memoryMiB]);
  const options = { file, initrd: null, memoryMiB: null, usualMiB: DEFAULT_MEMORY_MIB, newHost: host };
  return kernelFacts({ ...options, budgetInstructions });
}

/** A string says why this is no kernel. */
function nextStep(steps: Steps): IteratorResult<number, Known> | string {
  try {
    return steps.next();
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
}

function headersOnly(file: Uint8Array): Known | string {
  const step = nextStep(factsOf(file, 0));
  if (typeof step === 'string') return step;
  if (!step.done) throw new Error('a kernel was run although nobody asked for it');
  return step.value;
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

async function bytesOf(image: MachineSettings['image']): Promise<Uint8Array> {
  if (image.kind === 'sample') return findImage(image.name).bytes;
  const { path } = image;
  if (!isAbsolute(path)) throw new Refusal(`${path}: name the kernel by its full path`);
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
    if (!found.isFile() || found.size > LARGEST_BYTES.kernel) throw new Refusal(`${path}: this is no kernel`);
    return await readFile(path);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(fileError(path, error).message);
  }
}
