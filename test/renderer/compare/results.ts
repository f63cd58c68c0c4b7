/** Comparisons as main would tell of them, for tests of the window. */

import { zeroCounters } from '../../../core/counters/list.ts';
import type { ComparisonProgress, ComparisonResult, ComparisonSide } from '../../../core/protocol/comparisons.ts';

const side = (fastPath: boolean, faults: number): ComparisonSide => ({
  counters: {
    ...zeroCounters(),
    userPageFaults: faults,
    reflectedByHost: fastPath ? 0 : faults,
    reflectedBySwitcher: fastPath ? faults : 0,
    filledByHost: 50,
    roundTrips: fastPath ? faults : 2 * faults,
    guestInstructions: 100 * faults,
    modelledCycles: fastPath ? 900 * faults : 1000 * faults,
  },
  tallies: {
    roundTrips: fastPath ? { hypercall: faults } : { hypercall: faults, 'user page fault reflected': faults },
    hypercalls: {},
    handedOn: {},
  },
  roundTripsPerUserFault: fastPath ? 1 : 2,
  wallSeconds: fastPath ? 1.5 : 2,
  end: 'powered off',
  cameToItsEnd: true,
});

export function resultWith(part: Partial<ComparisonResult> = {}, faults = 1000): ComparisonResult {
  return {
    version: 1,
    comparison: 'faults-1',
    title: 'faults, pages=1000, 64 MiB',
    madeAt: '2026-01-02T03:04:05.000Z',
    request: {
      subject: { kind: 'sample', name: 'faults' },
      workload: 'pages=1000',
      memoryMiB: null,
      budgetInstructions: null,
      engine: null,
    },
    off: side(false, faults),
    on: side(true, faults),
    identicalOutput: true,
    sideBySide: true,
    addedLines: 300,
    saved: { roundTripsPerUserFault: 50, roundTrips: 50, modelledCycles: 10, wallSeconds: 25 },
    verdict: 'The fast path adds 300 lines. It is worth it here.',
    ...part,
  };
}

export function progressOf(part: Partial<ComparisonProgress>): ComparisonProgress {
  return {
    comparison: 'faults-2',
    side: 'off',
    executedInstructions: 0,
    expectedInstructions: null,
    done: false,
    share: null,
    secondsLeft: null,
    ...part,
  };
}
