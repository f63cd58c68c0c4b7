/** One helping of a board's time, for whoever runs it in slices: the command line's session and a machine's thread. */

import type { BoardState, MachineBoard } from '../core/launcher/machine-board.ts';
import { boardMs } from '../core/launcher/run-summary.ts';
import type { GuestDevices } from './guest-devices.ts';

/** What a guest sent may be answered at once: it idles when it has nothing to do after the answers either. */
export function runUntilSettled(board: MachineBoard, devices: GuestDevices, budgetInstructions: number): BoardState {
  const end = board.executedInstructions + budgetInstructions;
  for (;;) {
    devices.tick(boardMs(board.host.clock));
    const before = board.executedInstructions;
    const state = board.run(end - before);
    const { executedInstructions } = board;
    if (state.is !== 'idle' || executedInstructions === before) return state;
    if (executedInstructions >= end) return { is: 'running' };
  }
}
