/**
 * How the parts of the workstation meet.  A front (Electron, a web server, a test) connects windows; the router checks
 * what they ask against the one table in core/protocol and passes it to the part that can do it; parts tell what changed
 * and never know who listens.
 */

import type { ConsoleChunk, CounterSample } from '../../core/protocol/counting.ts';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import type { LastRun, MachineSettings, RunState } from '../../core/protocol/machines.ts';
import type { EventName, Events, ToWindow } from '../../core/protocol/messages.ts';
import type { About, Answer, Argument, LogLine, Method } from '../../core/protocol/requests.ts';

/** One window, however it is connected. */
export interface WindowEnd {
  send(message: ToWindow): void;
  /** Asks the person for a file; left out where the front cannot (a browser): the window then asks for a path. */
  chooseFile?(
    purpose: 'kernel' | 'initrd' | 'disk' | 'machine' | 'save',
    suggestedName: string,
  ): Promise<string | null>;
}

export interface Workstation {
  /** `receive` takes anything at all and refuses what is not in the table. Close when the window is gone. */
  connect(window: WindowEnd): { receive(message: unknown): void; close(): void };
  /** For what a front refuses before there is a window: a wrong token, a stranger's page. */
  readonly log: Log;
  /** How many machines run, for a front that asks before it quits. */
  readonly running: number;
  /** Stops every machine, flushes disks, ends threads. */
  close(): Promise<void>;
}

/** A request that cannot be granted: the sentence goes to the person, nothing else happens. */
export class Refusal extends Error {}

/** Tells everybody who listens; parts are given one. */
export type Tell = <Name extends EventName>(name: Name, value: Events[Name]) => void;

/** One part's share of the table: what it does with each of these methods. Throwing a Refusal refuses. */
export type AnswersOf<M extends Method> = {
  readonly [One in M]: (argument: Argument<One>, from: WindowEnd) => Answer<One> | Promise<Answer<One>>;
};

/** The methods of one chapter of the table: everything before the dot. */
export type Chapter = Method extends `${infer Name}.${string}` ? Name : never;
export type MethodsOf<Name extends Chapter> = Extract<Method, `${Name}.${string}`>;

export type Log = (level: LogLine['level'], machine: string, sentence: string) => void;

/** What a machine's thread tells. */
export interface MachineListener {
  onState(state: RunState): void;
  onConsole(chunk: Omit<ConsoleChunk, 'id'>): void;
  onSample(sample: Omit<CounterSample, 'id'>): void;
  /** Sentences about the guest: restarts, broken rings. */
  onReport(sentence: string): void;
  /** The run is over; the thread is gone or about to be. */
  onEnd(run: LastRun): void;
}

/** A machine that was started, in a thread of its own. Everything takes effect between two slices. */
export interface RunningMachine {
  pause(): void;
  resume(): void;
  reset(): void;
  /** As pulling the plug, but disks are flushed first. */
  powerOff(): void;
  setFastPath(on: boolean): void;
  type(bytes: Uint8Array): void;
  resizeConsole(columns: number, rows: number): void;
  /** Samples flow only while somebody watches. */
  watchCounters(samplesPerSecond: number | null): void;
  /** Everything this run printed up to `at` was taken; a guest far ahead of it waits, also while nobody looks. */
  consoleTaken(at: number): void;
  recordCrossings(on: boolean): void;
  /** The last ones recorded, oldest first; also after the end. Rejects with a Refusal. */
  readCrossings(last: number): Promise<readonly CrossingView[]>;
  readCrossing(number: number): Promise<CrossingDetail>;
  /** Resolves once the thread has ended, one way or another. */
  readonly ended: Promise<void>;
}

/** Files are read, disks opened and sockets taken in the thread; what is wrong with them arrives as onEnd. */
export type StartMachine = (start: {
  readonly id: string;
  readonly settings: MachineSettings;
  /** The machine's folder, for relative paths of images the library keeps, and for overlays (library/overlay-file.ts). */
  readonly folder: string;
  /** Number of its first run in console chunks; a reset begins the next one. Default 0. */
  readonly firstRun?: number;
  readonly listener: MachineListener;
}) => RunningMachine;

/** The part that runs and keeps comparisons. */
export interface Comparisons {
  readonly answers: AnswersOf<MethodsOf<'compare'>>;
  /** Cancels what is under way. */
  close(): Promise<void>;
}

export type MakeComparisons = (around: {
  /** Where results are kept; exists. */
  readonly folder: string;
  readonly tell: Tell;
  readonly log: Log;
  /** What the library knows of a machine; throws a Refusal if there is none or it is damaged. */
  machine(id: string): { readonly settings: MachineSettings; readonly folder: string };
}) => Comparisons | Promise<Comparisons>;

export interface WorkstationOptions {
  /** Made if it does not exist; refused if another Astride uses it. */
  readonly dataFolder: string;
  readonly front: About['front'];
  readonly version: string;
  readonly startMachine: StartMachine;
  /** Without it, comparisons are refused. */
  readonly comparisons?: MakeComparisons;
  /** The program of the thread that inspects kernels; without it, the one beside the bundle. */
  readonly inspectProgram?: URL;
}

/** Rejects with an Error whose message is a sentence for the person. Lives in create-workstation.ts. */
export type CreateWorkstation = (options: WorkstationOptions) => Promise<Workstation>;
