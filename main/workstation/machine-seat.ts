/**
 * One machine of the library, seen from its running side: the state it is in, the thread that runs it if one does, its
 * console, and who watches.  It outlives runs, so that a window which looks at a machine goes on looking when it is
 * started again.
 */

import { isDeepStrictEqual } from 'node:util';
import type { CounterSample } from '../../core/protocol/counting.ts';
import type { LastRun, MachineSettings, RunState } from '../../core/protocol/machines.ts';
import { ConsoleFeed } from './console-feed.ts';
import { ConsoleLog } from './console-log.ts';
import type { MachineListener, RunningMachine, StartMachine, WindowEnd } from './parts.ts';
import type { Windows } from './windows.ts';

export interface SeatOutside {
  readonly startMachine: StartMachine;
  readonly windows: Windows;
  samplesPerSecond(): number;
  nowMs(): number;
  /** The state changed. */
  onChange(): void;
  onReport(sentence: string): void;
  onEnd(run: LastRun): void;
  /** Its console cannot be written down. */
  onLogTrouble(error: unknown): void;
}

/** What takes effect on a running machine, or matters to people only. */
const noRestart = new Set<keyof MachineSettings>(['name', 'notes', 'fastPath']);

export class MachineSeat {
  readonly id: string;
  readonly feed: ConsoleFeed;
  private readonly outside: SeatOutside;
  private readonly watchers = new Set<WindowEnd>();
  private readonly recorders = new Set<WindowEnd>();
  private now: RunState = { is: 'stopped' };
  private started: MachineSettings | null = null;
  private thread: RunningMachine | null = null;
  /** Answers questions about a run that is over. */
  private latest: RunningMachine | null = null;
  private log: ConsoleLog | null = null;
  private screen: { columns: number; rows: number } | null = null;
  /** The thread before this one may still hold disks and ports. */
  private lastThread: Promise<void> = Promise.resolve();

  constructor(id: string, outside: SeatOutside) {
    this.id = id;
    this.outside = outside;
    this.feed = new ConsoleFeed({
      send: (window, chunk) => outside.windows.tellOne(window, 'console', { id, ...chunk }),
      onTaken: (at) => this.thread?.consoleTaken(at),
      nowMs: () => outside.nowMs(),
    });
  }

  get state(): RunState {
    return this.now;
  }

  /** Null while no thread runs it. */
  get machine(): RunningMachine | null {
    return this.thread;
  }

  /** The one that runs, or ran last; null if none did. */
  get machineOrLast(): RunningMachine | null {
    return this.latest;
  }

  get isBusy(): boolean {
    return this.now.is !== 'stopped' && this.now.is !== 'ended';
  }

  /** Resolves when the latest thread is gone. */
  get gone(): Promise<void> {
    return this.lastThread;
  }

  /** Precondition: not busy. Resolves once its thread was asked for; throws what startMachine throws. */
  async start(settings: MachineSettings, folder: string): Promise<void> {
    const starting: RunState = { is: 'starting' };
    this.become(starting);
    await this.lastThread;
    // Somebody may have thought better of it meanwhile.
    if (this.now !== starting) return;
    this.started = settings;
    this.feed.beginRun();
    this.log = new ConsoleLog(folder, (error) => this.outside.onLogTrouble(error));
    const run = { over: false };
    try {
      const listener = this.listen(run, folder);
      const thread = this.outside.startMachine({ id: this.id, settings, folder, firstRun: this.feed.run, listener });
      this.latest = thread;
      this.lastThread = thread.ended.catch(() => {});
      if (!run.over) this.seat(thread, run);
    } catch (error) {
      this.end(run, {
        ...newRun(),
        end: 'could not start',
        reason: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
  }

  /** As pulling the plug. Precondition: busy. */
  powerOff(): void {
    if (this.thread === null) this.become({ is: 'stopped' });
    else this.thread.powerOff();
  }

  setFastPath(on: boolean): void {
    if (this.started !== null) this.started = { ...this.started, fastPath: on };
    this.thread?.setFastPath(on);
  }

  resize(columns: number, rows: number): void {
    this.screen = { columns, rows };
    this.thread?.resizeConsole(columns, rows);
  }

  watch(window: WindowEnd, on: boolean): void {
    change(this.watchers, window, on);
    this.applyWatching();
  }

  record(window: WindowEnd, on: boolean): void {
    const before = this.recorders.size > 0;
    change(this.recorders, window, on);
    const after = this.recorders.size > 0;
    if (before !== after) this.thread?.recordCrossings(after);
  }

  applyWatching(): void {
    this.thread?.watchCounters(this.watchers.size === 0 ? null : this.outside.samplesPerSecond());
  }

  forget(window: WindowEnd): void {
    this.feed.close(window);
    this.record(window, false);
    if (this.watchers.has(window)) this.watch(window, false);
  }

  /** What was changed since it was started and has no effect until it is started again. */
  needsRestart(settings: MachineSettings): (keyof MachineSettings)[] {
    const { started } = this;
    if (started === null || !this.isBusy) return [];
    // The schema has no other keys than these.
    const names = Object.keys(settings) as (keyof MachineSettings)[];
    return names.filter((name) => !noRestart.has(name) && !isDeepStrictEqual(settings[name], started[name]));
  }

  private seat(thread: RunningMachine, run: { over: boolean }): void {
    this.thread = thread;
    if (this.watchers.size > 0) this.applyWatching();
    if (this.recorders.size > 0) thread.recordCrossings(true);
    if (this.screen !== null) thread.resizeConsole(this.screen.columns, this.screen.rows);
    const begun = newRun();
    void this.lastThread.then(() =>
      this.end(run, { ...begun, end: 'crashed', reason: 'its thread ended without a word' }),
    );
  }

  /** Nothing is heard of a run that is over, however late it speaks. */
  private listen(run: { over: boolean }, folder: string): MachineListener {
    const unlessOver =
      <A>(hear: (told: A) => void) =>
      (told: A) => {
        if (!run.over) hear(told);
      };
    let heardRun: number | null = null;
    return {
      onState: unlessOver((state: RunState) => {
        // How it ends is told by onEnd, with the reason.
        if (state.is !== 'ended' && state.is !== 'stopped') this.become(state);
      }),
      onConsole: unlessOver(({ run: number, bytes }: { run: number; bytes: Uint8Array }) => {
        if (heardRun !== null && heardRun !== number) this.beginAgain(folder);
        heardRun = number;
        this.feed.append(bytes);
        this.log?.append(bytes);
      }),
      onSample: unlessOver((sample: Omit<CounterSample, 'id'>) => {
        for (const window of this.watchers)
          this.outside.windows.tellOne(window, 'counters', { id: this.id, ...sample });
      }),
      onReport: unlessOver((sentence: string) => this.outside.onReport(sentence)),
      onEnd: (last) => this.end(run, last),
    };
  }

  /** A reset: the thread stays, the console counts from 0. */
  private beginAgain(folder: string): void {
    this.log?.close();
    this.feed.beginRun();
    this.log = new ConsoleLog(folder, (error) => this.outside.onLogTrouble(error));
  }

  private end(run: { over: boolean }, last: LastRun): void {
    if (run.over) return;
    run.over = true;
    this.thread = null;
    this.started = null;
    this.log?.close();
    this.log = null;
    this.become(last.end === 'stopped' ? { is: 'stopped' } : { is: 'ended', end: last.end, reason: last.reason });
    this.outside.onEnd(last);
  }

  private become(state: RunState): void {
    this.now = state;
    this.outside.onChange();
  }
}

function newRun(): Pick<LastRun, 'startedAt' | 'seconds'> {
  return { startedAt: new Date().toISOString(), seconds: 0 };
}

function change(set: Set<WindowEnd>, window: WindowEnd, on: boolean): void {
  if (on) set.add(window);
  else set.delete(window);
}
