/** What a running machine says about itself ten times a second, and what its console says whenever it likes. */

import type { CounterName } from '../counters/list.ts';

/** The window shows and explains exactly what the host counts. */
export { type CounterName, counterList } from '../counters/list.ts';

export interface CounterSample {
  readonly id: string;
  /** Milliseconds of the wall since the machine was started. */
  readonly wallMs: number;
  /** Milliseconds of the board's own time. */
  readonly boardMs: number;
  /** Wall milliseconds the guest spent idle since the last sample. */
  readonly idleMs: number;
  readonly fastPath: boolean;
  /** Totals since the start. */
  readonly counters: Readonly<Record<CounterName, number>>;
  readonly tallies: {
    readonly roundTrips: Readonly<Record<string, number>>;
    readonly hypercalls: Readonly<Record<string, number>>;
    readonly handedOn: Readonly<Record<string, number>>;
  };
}

/** Bytes in order, without a gap: `at` is the number of bytes the machine had printed before these. */
export interface ConsoleChunk {
  readonly id: string;
  /** Which run of the machine: a restart by hand begins a new one at 0. */
  readonly run: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}
