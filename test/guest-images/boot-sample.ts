/** Boots sample guests in process, on one board, until all of them have ended or a budget is spent. */

import { readFileSync } from 'node:fs';
import type { Counters } from '../../core/counters/list.ts';
import type { Machine, MachineState } from '../../core/launcher/machine.ts';
import { MachineBoard } from '../../core/launcher/machine-board.ts';
import { newHost } from '../../main/new-host.ts';
import { readSamples } from '../../main/samples.ts';

export interface Request {
  readonly sample: string;
  readonly append: string;
  readonly fastPath: boolean;
}

export interface Booted {
  readonly output: string;
  readonly state: MachineState;
  readonly counters: Counters;
}

export interface BootOptions {
  readonly memoryMiB?: number;
  readonly budgetInstructions?: number;
}

const SLICE_INSTRUCTIONS = 1_000_000;

function imageOf(sample: string): Uint8Array {
  const file = readSamples().find(({ name }) => name === sample)?.file;
  if (file === undefined) throw new Error(`samples.json knows no ${sample}`);
  return readFileSync(new URL(`../../guest-images/${file}`, import.meta.url));
}

/** All of them on the same board, in the order given. */
export function bootTogether(requests: readonly Request[], options: BootOptions = {}): Booted[] {
  const { memoryMiB = 16, budgetInstructions = 100_000_000 } = options;
  const board = new MachineBoard(newHost(requests.map(() => memoryMiB)));
  const outputs = requests.map(() => '');
  const machines = requests.map(({ sample, append, fastPath }, index): Machine => {
    const consoleOutput = (bytes: Uint8Array) => {
      outputs[index] += String.fromCharCode(...bytes);
    };
    const image = imageOf(sample);
    return board.add({ name: sample, image, initrd: null, commandLine: append, memoryMiB, fastPath, consoleOutput });
  });
  while (board.executedInstructions < budgetInstructions) {
    const state = board.run(SLICE_INSTRUCTIONS);
    if (state.is === 'ended') break;
    if (state.is !== 'idle') continue;
    if (state.untilInstruction === null) break;
    board.skipTo(state.untilInstruction);
  }
  return machines.map(({ state, counters }, index) => ({ output: outputs[index], state, counters }));
}

export function boot(sample: string, append: string, options: BootOptions & { fastPath: boolean }): Booted {
  return bootTogether([{ sample, append, fastPath: options.fastPath }], options)[0];
}

/** The same guest with the fast path off and on, side by side on one board. */
export function bootBothWays(sample: string, append: string, options: BootOptions = {}) {
  const [off, on] = bootTogether(
    [false, true].map((fastPath) => ({ sample, append, fastPath })),
    options,
  );
  return { off, on };
}

export const poweredOff: MachineState = { is: 'ended', end: 'power off', reason: 'Power down' };
