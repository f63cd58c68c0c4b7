/**
 * Machines as they run: a seat for each that was ever asked about, and the requests that concern them.  It refuses what
 * a machine's state forbids, writes down how runs ended, and never waits for a guest.
 */

import type { LastRun, MachineSettings, RunState } from '../../core/protocol/machines.ts';
import type { Entry, Library } from '../library/library.ts';
import { consoleLogPath, readConsoleLog } from './console-log.ts';
import { RING_BYTES } from './console-ring.ts';
import { copySavedFile } from './copy-saved-file.ts';
import { MachineSeat } from './machine-seat.ts';
import { type AnswersOf, type Log, type MethodsOf, Refusal, type RunningMachine, type StartMachine } from './parts.ts';
import { ReportLimit } from './report-limit.ts';
import type { Windows } from './windows.ts';

export interface MachinesOutside {
  readonly library: Library;
  readonly startMachine: StartMachine;
  readonly windows: Windows;
  readonly log: Log;
  samplesPerSecond(): number;
  onChange(): void;
}

const PATROL_MS = 1000;
const LAST_WORDS_MS = 10_000;
const GLIMPSE_BYTES = 8 * 1024;

export class RunningMachines {
  private readonly outside: MachinesOutside;
  private readonly seats = new Map<string, MachineSeat>();
  /** Being deleted or exported: nobody may start them. */
  private readonly leaving = new Set<string>();
  /** The run before the one that is under way, for which the library holds what to say if nobody lives to end it. */
  private readonly before = new Map<string, LastRun | null>();
  private readonly unwritten = new Set<Promise<void>>();
  private readonly patrol: NodeJS.Timeout;

  constructor(outside: MachinesOutside) {
    this.outside = outside;
    this.patrol = setInterval(() => {
      for (const { feed } of this.seats.values()) feed.letStuckGo();
    }, PATROL_MS);
    this.patrol.unref();
  }

  get running(): number {
    return [...this.seats.values()].filter(({ isBusy }) => isBusy).length;
  }

  stateOf(id: string): RunState {
    return this.seats.get(id)?.state ?? { is: 'stopped' };
  }

  /** The last run that is over. */
  lastRunOf({ id, lastRun }: Entry): LastRun | null {
    return this.isBusy(id) ? (this.before.get(id) ?? null) : lastRun;
  }

  isBusy(id: string): boolean {
    return this.seats.get(id)?.isBusy ?? false;
  }

  needsRestart(id: string, settings: MachineSettings): (keyof MachineSettings)[] {
    return this.seats.get(id)?.needsRestart(settings) ?? [];
  }

  setFastPath(id: string, on: boolean): void {
    this.seats.get(id)?.setFastPath(on);
  }

  /** Runs `task` while the machine stands still and nobody can start it. */
  async whileStopped<T>(id: string, task: () => Promise<T>): Promise<T> {
    if (this.isBusy(id)) throw new Refusal('this machine is running; power it off first');
    if (this.leaving.has(id)) throw busyElsewhere();
    this.leaving.add(id);
    try {
      await this.seats.get(id)?.gone;
      return await task();
    } finally {
      this.leaving.delete(id);
    }
  }

  samplesPerSecondChanged(): void {
    for (const seat of this.seats.values()) seat.applyWatching();
  }

  forgetMachine(id: string): void {
    this.seats.delete(id);
  }

  forgetWindow(window: Parameters<MachineSeat['forget']>[0]): void {
    for (const seat of this.seats.values()) seat.forget(window);
  }

  /** Every machine is told to stop and given a while to flush its disks. */
  async close(): Promise<void> {
    clearInterval(this.patrol);
    const seats = [...this.seats.values()];
    for (const seat of seats) if (seat.isBusy) seat.powerOff();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    await Promise.race([Promise.all(seats.map(({ gone }) => gone)), patience]);
    clearTimeout(timer);
    await Promise.all(this.unwritten);
  }

  readonly machineAnswers: AnswersOf<MethodsOf<'machine'>> = {
    'machine.start': async ({ id }) => this.start(id),
    'machine.pause': ({ id }) => this.order(id, (machine) => machine.pause()),
    'machine.resume': ({ id }) => this.order(id, (machine) => machine.resume()),
    'machine.reset': ({ id }) => this.order(id, (machine) => machine.reset()),
    'machine.powerOff': ({ id }) => {
      if (!this.isBusy(id)) throw notRunning();
      this.seat(id).powerOff();
      return null;
    },
    'machine.fastPath': async ({ id, on }) => {
      await this.outside.library.amend(id, { fastPath: on });
      this.setFastPath(id, on);
      return null;
    },
    'machine.type': ({ id, bytes }) => this.order(id, (machine) => machine.type(bytes)),
    'machine.resizeConsole': ({ id, columns, rows }) => {
      this.seat(id).resize(columns, rows);
      return null;
    },
  };

  readonly consoleAnswers: AnswersOf<MethodsOf<'console'>> = {
    'console.open': async ({ id, at }, window) => {
      const { feed } = await this.seatWithPast(id);
      const opened = feed.open(window, at);
      // After the answer is on its way.
      setImmediate(() => feed.flush(window));
      return opened;
    },
    'console.close': ({ id }, window) => {
      this.seats.get(id)?.feed.close(window);
      return null;
    },
    'console.drawn': ({ id, at }, window) => {
      this.seats.get(id)?.feed.drawn(window, at);
      return null;
    },
    'console.glimpse': async ({ id }) => {
      const { feed } = await this.seatWithPast(id);
      return { run: feed.run, ...feed.glimpse(GLIMPSE_BYTES) };
    },
    'console.saveLog': async ({ id, to }) => {
      await copySavedFile(
        consoleLogPath(this.outside.library.find(id).folder),
        to,
        'this machine has printed nothing yet',
      );
      return null;
    },
  };

  readonly countersAnswers: AnswersOf<MethodsOf<'counters'>> = {
    'counters.watch': ({ id, on }, window) => {
      this.seat(id).watch(window, on);
      return null;
    },
  };

  readonly crossingsAnswers: AnswersOf<MethodsOf<'crossings'>> = {
    'crossings.record': ({ id, on }, window) => {
      this.seat(id).record(window, on);
      return null;
    },
    'crossings.read': ({ id, last }) => this.latestMachine(id).readCrossings(last),
    'crossings.detail': ({ id, number }) => this.latestMachine(id).readCrossing(number),
  };

  private async start(id: string): Promise<null> {
    const { settings, folder, lastRun } = this.outside.library.findFine(id);
    const seat = this.seat(id);
    if (this.leaving.has(id)) throw busyElsewhere();
    if (seat.isBusy) throw new Refusal('this machine runs already');
    this.before.set(id, lastRun);
    const startedAt = new Date().toISOString();
    // What stays in the library if Astride itself is killed while the machine runs.
    const unfinished: LastRun = { startedAt, seconds: 0, end: 'crashed', reason: 'Astride ended while it ran' };
    this.record(id, unfinished);
    try {
      await seat.start(settings, folder);
    } catch (error) {
      throw new Refusal(`it could not be started: ${error instanceof Error ? error.message : error}`);
    }
    if (seat.isBusy) this.outside.log('fine', id, 'it was started');
    return null;
  }

  private order(id: string, order: (machine: RunningMachine) => void): null {
    order(this.machine(id));
    return null;
  }

  private machine(id: string): RunningMachine {
    const machine = this.seats.get(id)?.machine ?? null;
    if (machine === null) throw notRunning();
    return machine;
  }

  /** What was recorded outlives the run. */
  private latestMachine(id: string): RunningMachine {
    const machine = this.seats.get(id)?.machineOrLast ?? null;
    if (machine === null) throw new Refusal('nothing was recorded: this machine has not run yet');
    return machine;
  }

  private seat(id: string): MachineSeat {
    const found = this.seats.get(id);
    if (found !== undefined) return found;
    this.outside.library.find(id);
    const seat = this.makeSeat(id);
    this.seats.set(id, seat);
    return seat;
  }

  /** What the console said before Astride was started is still worth reading. */
  private async seatWithPast(id: string): Promise<MachineSeat> {
    const seat = this.seat(id);
    if (seat.feed.run > 0 || seat.feed.end > 0) return seat;
    const { at, bytes } = await readConsoleLog(this.outside.library.find(id).folder, RING_BYTES);
    if (seat.feed.run === 0 && seat.feed.end === 0) seat.feed.restore(at, bytes);
    return seat;
  }

  private makeSeat(id: string): MachineSeat {
    const { startMachine, windows, log } = this.outside;
    const nowMs = () => performance.now();
    const reports = new ReportLimit((sentence) => log('warning', id, sentence), nowMs);
    return new MachineSeat(id, {
      ...{ startMachine, windows, nowMs },
      samplesPerSecond: () => this.outside.samplesPerSecond(),
      onChange: () => this.outside.onChange(),
      onReport: (sentence) => reports.report(sentence),
      onEnd: (run) => {
        const level = run.end === 'powered off' || run.end === 'stopped' ? 'fine' : 'warning';
        // Whoever powered it off knows why.
        const reason = run.reason === '' || run.end === 'stopped' ? '' : `: ${run.reason}`;
        log(level, id, `it ${ends[run.end]}${reason}`);
        this.record(id, run);
      },
      onLogTrouble: (error) => log('warning', id, `its console cannot be written to console.log: ${error}`),
    });
  }

  private record(id: string, run: LastRun): void {
    const { library, log } = this.outside;
    const written = library
      .recordRun(id, bounded(run))
      .then(() => (this.isBusy(id) ? undefined : library.tidy(id)))
      .catch((error) => log('warning', id, `its last run could not be written down: ${error.message}`));
    this.unwritten.add(written);
    void written.finally(() => this.unwritten.delete(written));
  }
}

const ends: Readonly<Record<LastRun['end'], string>> = {
  'powered off': 'powered itself off',
  killed: 'was killed',
  stopped: 'was powered off',
  crashed: 'crashed',
  'could not start': 'could not be started',
};

/** Reasons hold what guests say, and the clock of this computer may be set back during a run. */
const LONGEST_REASON = 1000;

function bounded(run: LastRun): LastRun {
  const seconds = Number.isFinite(run.seconds) ? Math.max(0, run.seconds) : 0;
  return { ...run, seconds, reason: run.reason.slice(0, LONGEST_REASON) };
}

const notRunning = () => new Refusal('this machine is not running');
const busyElsewhere = () => new Refusal('this machine is being exported or deleted; wait a moment');
