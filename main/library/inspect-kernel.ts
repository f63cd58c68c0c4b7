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

const PATIENCE_MS = 20_000;

/** The build puts the thread's program beside whatever this file is bundled into. */
const ownProgram = new URL('./inspect-worker.mjs', import.meta.url);

export class KernelInspector {
  private readonly program: URL;
  private readonly patienceMs: number;
  private latest = 0;
  private thread: Worker | null = null;

  constructor(program: URL = ownProgram, patienceMs = PATIENCE_MS) {
    this.program = program;
    this.patienceMs = patienceMs;
  }

  /** Rejects with a Refusal for a file that cannot be read, or when another one was asked for meanwhile. */
  async inspect(image: MachineSettings['image']): Promise<KernelFacts> {
    const number = ++this.latest;
    void this.thread?.terminate();
    const file = await bytesOf(image);
    if (number !== this.latest) throw anotherOne();
    this.thread = new Worker(this.program, { workerData: file });
    return lastWord(this.thread, this.patienceMs);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.latest++;
    await this.thread?.terminate();
  }
}

const anotherOne = () => new Refusal('another kernel was chosen meanwhile');

/** The best answer the thread has given when it ends or time is up. */
function lastWord(thread: Worker, patienceMs: number): Promise<KernelFacts> {
  return new Promise((resolve, reject) => {
    let best: KernelFacts | null = null;
    let timeIsUp = false;
    const timer = setTimeout(() => {
      timeIsUp = true;
      void thread.terminate();
    }, patienceMs);
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
      if (best !== null && code === 0) resolve(best);
      else if (best !== null && timeIsUp) resolve(headersOnly(best, patienceMs));
      else reject(timeIsUp ? new Refusal('this kernel takes too long to inspect') : anotherOne());
    });
  });
}

/** It was run, if only in part: the line that says otherwise would lie. */
function headersOnly({ lines, objection }: KernelFacts, patienceMs: number): KernelFacts {
  const text = `it was run for ${patienceMs / 1000} seconds and had not said what it is; the command line has more patience`;
  return { lines: [...lines.filter(({ label }) => label !== 'trial'), { label: 'trial', text }], objection };
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
