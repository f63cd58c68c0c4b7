/** The thread that looks at a kernel: what its headers say first, and then, if it gets that far, what the kernel says. */

import { parentPort, workerData } from 'node:worker_threads';
import { kernelLines } from './kernel-lines.ts';

/** Enough for most kernels to unpack themselves and say what they are; the command line has more patience. */
const BUDGET_INSTRUCTIONS = 1_000_000_000;

if (workerData instanceof Uint8Array) {
  const headers = kernelLines(workerData, 0);
  parentPort?.postMessage(headers);
  // Without lines it is no kernel, and there is nothing to run.
  if (headers.lines.length > 0) parentPort?.postMessage(kernelLines(workerData, BUDGET_INSTRUCTIONS));
}
