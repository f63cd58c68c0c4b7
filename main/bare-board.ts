/** A multiboot file on a board of its own, with what such programs count on around it. */

import { basename } from 'node:path';
import type { Ground } from '../core/agreement/ground.ts';
import { MIB } from '../core/launcher/load-guest.ts';
import { loadMultiboot, readMultiboot } from '../core/launcher/multiboot.ts';
import { BarePorts } from '../core/launcher/serial-port.ts';
import { type Board, createBoard, type EngineName } from '../core/x86/board.ts';
import { readWholeFile } from './files.ts';
import { imageProblem } from './guest-requests.ts';
import { wholeNumber } from './options.ts';
import { UsageError } from './usage-error.ts';

export const bareMemory = { usualMiB: 128, leastMiB: 2, mostMiB: 2048 } as const;

export interface BareImage {
  readonly path: string;
  readonly file: Uint8Array;
  /** Behind the file's name. */
  readonly append: string;
  readonly memoryMiB: number;
}

/** Throws UsageError. */
export function readBareImage(path: string, append: string, memory: string | undefined): BareImage {
  const memoryMiB = memory === undefined ? bareMemory.usualMiB : wholeNumber('--memory', memory, 0);
  if (memoryMiB < bareMemory.leastMiB || memoryMiB > bareMemory.mostMiB) {
    const range = `${bareMemory.leastMiB} to ${bareMemory.mostMiB}`;
    throw new UsageError(`a bare board has from ${range} MiB of memory, not ${memoryMiB}`);
  }
  return { path, file: readWholeFile(path), append, memoryMiB };
}

export function newBareBoard({ memoryMiB }: BareImage, engine: EngineName): Board {
  return createBoard({ ramBytes: memoryMiB * MIB, engine, localApic: true });
}

/** Gets the board ready to run; throws UsageError if the file is none of these. */
export function loadBare(board: Ground, { path, file, append }: BareImage, serial: (byte: number) => void): void {
  try {
    loadMultiboot(board, readMultiboot(file), `${basename(path)} ${append}`.trimEnd());
  } catch (error) {
    throw imageProblem(error, path);
  }
  board.ports = new BarePorts(serial, board.memory.size);
}
