/**
 * What a kernel is, for somebody who is choosing one.  Asking the kernel itself means running it, which is done in a
 * thread, for some seconds at most; its headers have to do if it needs longer.  Whoever chooses another kernel meanwhile
 * is not kept waiting for this one.
 */

import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { KernelFacts, MachineSettings } from '../../core/protocol/machines.ts';
import { fileError } from '../files.ts';
import { findImage } from '../samples.ts';
import { Refusal } from '../workstation/parts.ts';
import { LARGEST_BYTES } from './own-files.ts';

const PATIENCE_MS = 10_000;

/** The build puts the thread's program beside whatever this file is bundled into. */
const ownProgram = new URL('./inspect-worker.mjs', import.meta.url);

export class KernelInspector {
  private readonly program: URL;
  private latest = 0;
  private thread: Worker | null = null;

  constructor(program: URL = ownProgram) {
    this.program = program;
  }

  /** Rejects with a Refusal for a file that cannot be read, or when another one was asked for meanwhile. */
  async inspect(image: MachineSettings['image']): Promise<KernelFacts> {
    const number = ++this.latest;
    void this.thread?.terminate();
    const file = await bytesOf(image);
    if (number !== this.latest) throw anotherOne();
    this.thread = new Worker(this.program, { workerData: file });
    return lastWord(this.thread);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.latest++;
    await this.thread?.terminate();
  }
}

const anotherOne = () => new Refusal('another kernel was chosen meanwhile');

/** The best answer the thread has given when it ends or time is up. */
function lastWord(thread: Worker): Promise<KernelFacts> {
  return new Promise((resolve, reject) => {
    let best: KernelFacts | null = null;
    let timeIsUp = false;
    const timer = setTimeout(() => {
      timeIsUp = true;
      void thread.terminate();
    }, PATIENCE_MS);
    thread.on('message', (facts: KernelFacts) => {
      best = facts;
    });
    // What it said before stands; a trial that breaks our processor is not the kernel's headers' fault.
    thread.on('error', (error) => {
      if (best === null) reject(new Refusal(`this kernel cannot be inspected: ${error.message}`));
      else resolve(best);
    });
    thread.on('exit', (code) => {
      clearTimeout(timer);
      if (best !== null && (code === 0 || timeIsUp)) resolve(best);
      else reject(timeIsUp ? new Refusal('this kernel takes too long to inspect') : anotherOne());
    });
  });
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
