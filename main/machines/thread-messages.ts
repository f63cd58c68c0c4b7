/** What main and a machine's thread say to each other. Everything survives a structured clone. */

import type { ConsoleChunk, CounterSample } from '../../core/protocol/counting.ts';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import type { LastRun, MachineSettings, RunState } from '../../core/protocol/machines.ts';
import type { RecordedCrossing } from './crossing-log.ts';

/** What a thread is told when it begins. */
export interface Assignment {
  readonly id: string;
  readonly settings: MachineSettings;
  readonly folder: string;
  readonly firstRun: number;
  /** Why it must not start, as a sentence: main knows what the other machines use. */
  readonly objection: string | null;
}

export type ToThread =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'power off' }
  | { readonly kind: 'fast path'; readonly on: boolean }
  | { readonly kind: 'type'; readonly bytes: Uint8Array }
  | { readonly kind: 'resize console'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'watch counters'; readonly samplesPerSecond: number | null }
  | { readonly kind: 'console taken'; readonly at: number }
  | { readonly kind: 'record crossings'; readonly on: boolean }
  | { readonly kind: 'read crossings'; readonly question: number; readonly last: number }
  | { readonly kind: 'read crossing'; readonly question: number; readonly number: number };

/** How a run ended, before anybody added when it began. */
export type Ending = Pick<LastRun, 'end' | 'reason'>;

export type FromThread =
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'console'; readonly chunk: Omit<ConsoleChunk, 'id'> }
  | { readonly kind: 'sample'; readonly sample: Omit<CounterSample, 'id'> }
  | { readonly kind: 'report'; readonly sentence: string }
  | { readonly kind: 'answer'; readonly question: number; readonly value: readonly CrossingView[] | CrossingDetail }
  | { readonly kind: 'refusal'; readonly question: number; readonly sentence: string }
  /** The last message. What was recorded outlives the thread. */
  | { readonly kind: 'end'; readonly ending: Ending; readonly crossings: readonly RecordedCrossing[] };

export type Post = (message: FromThread, transfer?: readonly ArrayBuffer[]) => void;
