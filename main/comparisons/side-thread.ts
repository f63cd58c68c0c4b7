/** One side in a thread, seen from main: how far it is, what came of it, and a way to end it that always works. */

import { Worker } from 'node:worker_threads';
import type { SideRun } from '../../core/launcher/compare.ts';
import type { FromSide, SideOrder, ToSide } from './side-order.ts';

export type SideOutcome =
  | { readonly is: 'finished'; readonly run: SideRun; readonly digest: string }
  | { readonly is: 'failed'; readonly sentence: string }
  | { readonly is: 'cancelled' };

export interface SideListener {
  onProgress(executedInstructions: number): void;
  /** A sentence about a device. */
  onReport(sentence: string): void;
}

export interface SideThread {
  /** Resolves once the thread is gone; never rejects. */
  readonly outcome: Promise<SideOutcome>;
  /** Asks it to stop, and a little later no longer asks. */
  cancel(): void;
}

/** A slice takes milliseconds. Who has not stopped by then is reading something endless. */
const PATIENCE_MS = 1000;

export function startSide(worker: URL, order: SideOrder, listener: SideListener): SideThread {
  const thread = new Worker(worker, { workerData: order, stdin: false });
  let [outcome, cancelled]: [SideOutcome | null, boolean] = [null, false];
  let impatience: NodeJS.Timeout | undefined;
  thread.on('message', (message: FromSide) => {
    if (message.kind === 'progress') listener.onProgress(message.executedInstructions);
    else if (message.kind === 'report') listener.onReport(message.sentence);
    else outcome ??= outcomeOf(message);
  });
  thread.on('error', (error) => {
    outcome ??= { is: 'failed', sentence: `the thread of one side broke: ${error.message}` };
  });
  const ended = new Promise<void>((resolve) => thread.on('exit', () => resolve()));
  return {
    outcome: ended.then(() => {
      clearTimeout(impatience);
      if (cancelled) return { is: 'cancelled' };
      return outcome ?? { is: 'failed', sentence: 'the thread of one side ended without a word' };
    }),
    cancel() {
      if (cancelled) return;
      cancelled = true;
      thread.postMessage('cancel' satisfies ToSide);
      impatience = setTimeout(() => void thread.terminate(), PATIENCE_MS);
    },
  };
}

function outcomeOf(message: Exclude<FromSide, { kind: 'progress' | 'report' }>): SideOutcome {
  if (message.kind === 'finished') return { is: 'finished', run: message.run, digest: message.digest };
  if (message.kind === 'failed') return { is: 'failed', sentence: message.sentence };
  return { is: 'cancelled' };
}
