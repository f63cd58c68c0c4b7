/** Samples as a machine would send them, made to order. */

import { zeroCounters } from '../../../core/counters/list.ts';
import type { CounterName, CounterSample } from '../../../core/protocol/counting.ts';

export interface SampleOptions {
  readonly counters?: Partial<Record<CounterName, number>>;
  readonly roundTrips?: Record<string, number>;
  readonly hypercalls?: Record<string, number>;
  readonly idleMs?: number;
  readonly fastPath?: boolean;
}

export function sampleAt(wallMs: number, options: SampleOptions = {}): CounterSample {
  const { counters = {}, roundTrips = {}, hypercalls = {}, idleMs = 0, fastPath = false } = options;
  return {
    id: 'one',
    wallMs,
    boardMs: wallMs,
    idleMs,
    fastPath,
    counters: { ...zeroCounters(), ...counters },
    tallies: { roundTrips, hypercalls, handedOn: {} },
  };
}
