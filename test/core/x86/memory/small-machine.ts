/** A processor with 256 KiB of RAM, flat segments and no tables: page tables are the test's own. */

import { State, stateLayout } from '../../../../core/x86/state.ts';
import { createProcessor } from '../../../../core/x86/system/create-processor.ts';

export const RAM_PAGES = 64;

export function machine() {
  const state = new State(RAM_PAGES * 4096);
  const codeWrites: number[] = [];
  const parts = createProcessor(state, {
    clock: () => 0,
    eventWaiting: () => false,
    leavingRing: () => {},
    codeWritten: (physical) => codeWrites.push(physical) < 0,
    codeMoved: () => {},
  });
  const flat = { base: 0, limit: 0xffffffff };
  const enter = (ring: number) => {
    const level = ring << 13;
    parts.registers.setSegment('cs', { ...flat, selector: 8 | ring, rights: 0xc09b00 | level });
    for (const name of ['ss', 'ds', 'es'] as const) {
      parts.registers.setSegment(name, { ...flat, selector: 16 | ring, rights: 0xc09300 | level });
    }
  };
  enter(0);
  return { state, codeWrites, enter, ...parts };
}

export type Machine = ReturnType<typeof machine>;

/** Reads a byte as the current ring, forgetting earlier faults. */
export function read(board: Machine, linear: number): number {
  const { state, processor } = board;
  state.set(stateLayout.at.faultVector, 0);
  return processor.access.read(3, linear, 1);
}
