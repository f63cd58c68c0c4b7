/**
 * console.log: everything a run printed, up to a bound, in the machine's own folder.  A new run keeps the log of the one
 * before it.  A log that cannot be written is told once and stops no guest.
 */

import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const LONGEST_BYTES = 64 * 1024 * 1024;
const END_OF_LOG = '\r\n[Astride: the console log ends here, at 64 MiB]\r\n';

export const consoleLogPath = (folder: string) => join(folder, 'console.log');
const previousPath = (folder: string) => join(folder, 'console.previous.log');

export class ConsoleLog {
  private readonly onTrouble: (error: unknown) => void;
  private descriptor: number | null = null;
  private bytes = 0;

  constructor(folder: string, onTrouble: (error: unknown) => void) {
    this.onTrouble = onTrouble;
    this.attempt(() => {
      keepPrevious(folder);
      this.descriptor = openSync(consoleLogPath(folder), 'w');
    });
  }

  append(bytes: Uint8Array): void {
    const { descriptor } = this;
    if (descriptor === null) return;
    const room = LONGEST_BYTES - this.bytes;
    this.attempt(() => writeAll(descriptor, bytes.subarray(0, room)));
    this.bytes += bytes.length;
    if (bytes.length <= room) return;
    this.attempt(() => writeAll(descriptor, new TextEncoder().encode(END_OF_LOG)));
    this.close();
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.close();
      this.onTrouble(error);
    }
  }
}

function keepPrevious(folder: string): void {
  try {
    renameSync(consoleLogPath(folder), previousPath(folder));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** A file may take less than it is given. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** The last `most` bytes of the latest run's log, and how many came before them. */
export async function readConsoleLog(folder: string, most: number): Promise<{ at: number; bytes: Uint8Array }> {
  const file = await open(consoleLogPath(folder), 'r').catch(() => null);
  if (file === null) return { at: 0, bytes: new Uint8Array(0) };
  try {
    const { size } = await file.stat();
    const at = Math.max(0, size - most);
    const bytes = new Uint8Array(size - at);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    return { at, bytes: bytes.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
}
