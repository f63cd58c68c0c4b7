/** A finished comparison that nobody ran: round numbers, so that a test can say what must come of them. */

import { zeroCounters } from '../../../core/counters/list.ts';
import type { ComparisonResult, ComparisonSide } from '../../../core/protocol/comparisons.ts';

function side(fastPath: boolean): ComparisonSide {
  return {
    counters: {
      ...zeroCounters(),
      userPageFaults: 1000,
      reflectedByHost: fastPath ? 0 : 1000,
      reflectedBySwitcher: fastPath ? 1000 : 0,
      handedOn: fastPath ? 3 : 0,
      filledByHost: 1100,
      roundTrips: fastPath ? 2000 : 3000,
      hypercalls: 1200,
      guestInstructions: 600_000,
      guestKernelInstructions: 500_000,
      guestUserInstructions: 100_000,
      switcherInstructions: fastPath ? 220_000 : 200_000,
      modelledCycles: fastPath ? 1_800_000 : 2_000_000,
    },
    tallies: {
      roundTrips: { hypercall: 900, ...(fastPath ? {} : { 'user page fault reflected': 1000 }) },
      hypercalls: { SET_PTE: 1000 },
      handedOn: fastPath ? { allowed: 3 } : {},
    },
    roundTripsPerUserFault: fastPath ? 1 : 2,
    wallSeconds: fastPath ? 0.4 : 0.5,
    end: 'powered off',
    cameToItsEnd: true,
  };
}

export const finished: ComparisonResult = {
  version: 1,
  comparison: 'faults-1',
  title: 'faults, pages=1000, 64 MiB',
  madeAt: '2026-01-02T03:04:05.678Z',
  request: {
    subject: { kind: 'sample', name: 'faults' },
    workload: 'pages=1000',
    memoryMiB: null,
    budgetInstructions: null,
    engine: null,
  },
  off: side(false),
  on: side(true),
  identicalOutput: true,
  sideBySide: true,
  addedLines: 300,
  saved: { roundTripsPerUserFault: 50, roundTrips: 33.3, modelledCycles: 10, wallSeconds: 20 },
  verdict: 'The fast path adds 300 lines. It is worth it here.',
};
