/**
 * The samples of each machine, collected outside React: charts and tables come and go and find the last quarter of an hour
 * still there.  Main is asked for samples only while somebody looks.
 */

import type { CounterSample } from '../../core/protocol/counting.ts';
import type { Connection } from '../connection.ts';
import { SampleHistory } from './sample-history.ts';

/** Histories nobody looks at are let go beyond this many machines. */
const KEPT_FEEDS = 12;

/** Where totals count from. */
export interface Zero {
  readonly sample: CounterSample;
  /** On the window's clock. */
  readonly seconds: number;
}

export class CounterFeed {
  readonly history = new SampleHistory();
  /** Null counts from the start of the run. */
  zero: Zero | null = null;
  private readonly listeners = new Set<() => void>();
  private watchers = 0;
  private readonly connection: Connection;
  private readonly id: string;

  constructor(connection: Connection, id: string) {
    this.connection = connection;
    this.id = id;
  }

  get watched(): boolean {
    return this.watchers > 0;
  }

  /** Samples flow from now on; returns what ends it. */
  watch(): () => void {
    if (this.watchers++ === 0) this.askForSamples(true);
    return () => {
      if (--this.watchers === 0) this.askForSamples(false);
    };
  }

  /** A machine that was started after we asked is asked again. */
  askAgain(): void {
    if (this.watched) this.askForSamples(true);
  }

  /** Calls back after each sample. */
  onSample(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  take(sample: CounterSample, seconds: number): void {
    if (this.history.append(sample, seconds)) this.zero = null;
    for (const listener of this.listeners) listener();
  }

  /** Totals count from the newest sample on. */
  countFromNow(): void {
    const { last, lastSeconds } = this.history;
    if (last !== null) this.zero = { sample: last, seconds: lastSeconds };
  }

  private askForSamples(on: boolean): void {
    // A machine that does not run has no samples to send; its state says so.
    this.connection.ask('counters.watch', { id: this.id, on }).catch(() => {});
  }
}

const feeds = new WeakMap<Connection, Map<string, CounterFeed>>();

function feedsOf(connection: Connection): Map<string, CounterFeed> {
  const known = feeds.get(connection);
  if (known !== undefined) return known;
  const made = new Map<string, CounterFeed>();
  feeds.set(connection, made);
  connection.on('counters', (sample) => made.get(sample.id)?.take(sample, performance.now() / 1000));
  return made;
}

export function feedOf(connection: Connection, id: string): CounterFeed {
  const known = feedsOf(connection);
  const feed = known.get(id) ?? new CounterFeed(connection, id);
  // Last asked for, last to go.
  known.delete(id);
  known.set(id, feed);
  for (const [other, old] of known) {
    if (known.size <= KEPT_FEEDS) break;
    if (!old.watched && other !== id) known.delete(other);
  }
  return feed;
}

/** After this much silence what was held back is shown: the samples have stopped. */
const SILENCE_MS = 300;

/**
 * Calls back with a sample's arrival, but no more often than this: everything drawn together costs the browser one frame.
 * The last sample before a silence is shown as well.
 */
export function onSampleAtMost(feed: CounterFeed, everyMs: number, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  const run = () => {
    clearTimeout(timer);
    lastMs = performance.now();
    listener();
  };
  const end = feed.onSample(() => {
    clearTimeout(timer);
    // Samples are not quite even; one that is a little early need not wait for the next.
    if (performance.now() - lastMs >= everyMs * 0.95) run();
    else timer = setTimeout(run, SILENCE_MS);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
