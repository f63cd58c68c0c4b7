/**
 * Everything a command may touch outside of itself, handed in: so that a test runs commands in its own process, with
 * its own keyboard, screen and clock.
 */

import type { Readable, Writable } from 'node:stream';
import type { ProcessorTime } from './processor-time.ts';

export interface CommandIo {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Milliseconds since 1970: what day it is. */
  date(): number;
  /** What this process has cost its processors. */
  processorTime(): ProcessorTime;
  /** Resolves after so many milliseconds, or as soon as `wake` is aborted. */
  sleep(ms: number, wake: AbortSignal): Promise<void>;
  /** Resolves soon, after whatever keyboard and screen had waiting. */
  breathe(): Promise<void>;
  /** Has a task done, at once and without a pause, should the program end before `undo` is called: by a signal, say. */
  atExit(task: () => void): { undo(): void };
}

/** Exit codes, the same for every command. */
export const exitCode = { fine: 0, killed: 1, usage: 2, stopped: 3, gaveUp: 4 } as const;

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** All of --help. */
  readonly help: string;
  run(argv: readonly string[], io: CommandIo): Promise<number>;
}

/** Writes, and waits while the reader is slower than we are. */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (stream.write(chunk) || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const settled = () => {
      stream.off('drain', settled).off('close', settled).off('error', settled);
      resolve();
    };
    stream.on('drain', settled).on('close', settled).on('error', settled);
  });
}
