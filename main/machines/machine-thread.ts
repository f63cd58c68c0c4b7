/**
 * Main's end of a machine's thread.  However the thread ends (by itself, by an exception, for want of memory, or because
 * it no longer answers) its listener hears of it once, in a sentence, and no other machine notices.
 */

import { Worker } from 'node:worker_threads';
import type { ElfSymbol } from '../../core/launcher/elf-symbols.ts';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import { Refusal, type RunningMachine, type StartMachine } from '../workstation/parts.ts';
import type { RecordedCrossing } from './crossing-log.ts';
import { detailOf, viewsOf } from './crossing-views.ts';
import { kernelSymbols } from './kernel-symbols.ts';
import { imageOf } from './machine-request.ts';
import type { Assignment, Ending, FromThread, ToThread } from './thread-messages.ts';

type Start = Parameters<StartMachine>[0];

/** JavaScript's own share; a guest's memory is not in it. */
const THREAD_MEMORY_MIB = 512;
/** What a machine hands about (messages, bytes of a console) is gone at once; the usual 48 MiB for it would be kept. */
const THREAD_YOUNG_MIB = 6;
/** A flush to a slow disk may take its time; a thread that has said its last word has nothing left to do. */
const LONGEST_POWER_OFF_MS = 30_000;
const LONGEST_FAREWELL_MS = 5_000;

/** Asked of the thread, and answered by it or, once it is gone, from what it left. */
interface Question {
  resolve(value: unknown): void;
  reject(refusal: Refusal): void;
  fromRemains(): unknown;
}

export class MachineThread implements RunningMachine {
  readonly ended: Promise<void>;
  private readonly start: Start;
  private readonly worker: Worker;
  private readonly startedAt = new Date();
  private readonly questions = new Map<number, Question>();
  private asked = 0;
  private ending: Ending | null = null;
  private poweringOff = false;
  private gone = false;
  private deadline: NodeJS.Timeout | null = null;
  /** What it had recorded when it ended. */
  private remains: readonly RecordedCrossing[] = [];
  private symbols: readonly ElfSymbol[] | null = null;

  /** `objection` keeps it from starting, with that sentence. `onExit` hears whether it could not give anything back. */
  constructor(program: URL, start: Start, objection: string | null, onExit: (broken: boolean) => void) {
    this.start = start;
    const { id, settings, folder, firstRun = 0, listener } = start;
    const assignment: Assignment = { id, settings, folder, firstRun, objection };
    // Whoever starts a machine has not got it in hands yet, and must not hear of it before.
    queueMicrotask(() => listener.onState({ is: 'starting' }));
    const resourceLimits = { maxOldGenerationSizeMb: THREAD_MEMORY_MIB, maxYoungGenerationSizeMb: THREAD_YOUNG_MIB };
    this.worker = new Worker(program, { name: `machine ${id}`, workerData: assignment, resourceLimits });
    let saidFarewell = false;
    this.worker.on('message', (message: FromThread) => {
      saidFarewell ||= message.kind === 'end';
      this.hear(message);
    });
    this.worker.on('error', (error) => {
      this.ending ??= crashed(error);
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        onExit(!saidFarewell);
        this.conclude();
        resolve();
      });
    });
  }

  pause(): void {
    this.tell({ kind: 'pause' });
  }

  resume(): void {
    this.tell({ kind: 'resume' });
  }

  reset(): void {
    this.tell({ kind: 'reset' });
  }

  powerOff(): void {
    if (this.poweringOff || this.gone) return;
    this.poweringOff = true;
    this.tell({ kind: 'power off' });
    this.expectExit(LONGEST_POWER_OFF_MS);
  }

  setFastPath(on: boolean): void {
    this.tell({ kind: 'fast path', on });
  }

  type(bytes: Uint8Array): void {
    // A copy of its own: a view would take along whatever else lies in its buffer.
    this.tell({ kind: 'type', bytes: bytes.slice() });
  }

  resizeConsole(columns: number, rows: number): void {
    this.tell({ kind: 'resize console', columns, rows });
  }

  watchCounters(samplesPerSecond: number | null): void {
    this.tell({ kind: 'watch counters', samplesPerSecond });
  }

  consoleTaken(at: number): void {
    this.tell({ kind: 'console taken', at });
  }

  recordCrossings(on: boolean): void {
    this.tell({ kind: 'record crossings', on });
  }

  readCrossings(last: number): Promise<readonly CrossingView[]> {
    return this.ask(
      (question) => ({ kind: 'read crossings', question, last }),
      () => viewsOf(this.remains.slice(-last), this.knownSymbols()),
    );
  }

  readCrossing(number: number): Promise<CrossingDetail> {
    return this.ask(
      (question) => ({ kind: 'read crossing', question, number }),
      () => detailOf(this.remains, number, this.knownSymbols()),
    );
  }

  private tell(message: ToThread): void {
    this.worker.postMessage(message);
  }

  private ask<Value>(message: (question: number) => ToThread, fromRemains: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      const question = this.asked++;
      // Each kind of question has one kind of answer, so what comes back is a Value.
      const waiting = { resolve: (value: unknown) => resolve(value as Value), reject, fromRemains };
      if (this.gone) return answerFromRemains(waiting);
      this.questions.set(question, waiting);
      this.tell(message(question));
    });
  }

  private hear(message: FromThread): void {
    const { listener } = this.start;
    switch (message.kind) {
      case 'state':
        listener.onState(message.state);
        break;
      case 'console':
        listener.onConsole(message.chunk);
        break;
      case 'sample':
        listener.onSample(message.sample);
        break;
      case 'report':
        listener.onReport(message.sentence);
        break;
      case 'answer':
        this.takeQuestion(message.question)?.resolve(message.value);
        break;
      case 'refusal':
        this.takeQuestion(message.question)?.reject(new Refusal(message.sentence));
        break;
      case 'end':
        this.ending = message.ending;
        this.remains = message.crossings;
        this.expectExit(LONGEST_FAREWELL_MS);
        break;
      default:
        message satisfies never;
    }
  }

  private takeQuestion(question: number): Question | undefined {
    const waiting = this.questions.get(question);
    this.questions.delete(question);
    return waiting;
  }

  /** A thread that stays longer is ended. */
  private expectExit(afterMs: number): void {
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.deadline = setTimeout(() => void this.worker.terminate(), afterMs);
  }

  /** The thread is gone. */
  private conclude(): void {
    this.gone = true;
    if (this.deadline !== null) clearTimeout(this.deadline);
    const { end, reason } = this.ending ?? (this.poweringOff ? unanswered : silent);
    const { listener } = this.start;
    const seconds = (Date.now() - this.startedAt.getTime()) / 1000;
    listener.onState({ is: 'ended', end, reason });
    listener.onEnd({ startedAt: this.startedAt.toISOString(), seconds, end, reason });
    for (const waiting of this.questions.values()) answerFromRemains(waiting);
    this.questions.clear();
  }

  /** Of the kernel as it lies there now; a file that is gone has no names. */
  private knownSymbols(): readonly ElfSymbol[] {
    if (this.symbols !== null) return this.symbols;
    try {
      const { path, bytes } = imageOf(this.start.settings, this.start.folder);
      this.symbols = kernelSymbols(path, bytes);
    } catch {
      this.symbols = [];
    }
    return this.symbols;
  }
}

function answerFromRemains({ resolve, reject, fromRemains }: Question): void {
  try {
    resolve(fromRemains());
  } catch (error) {
    reject(error instanceof Refusal ? error : new Refusal(String(error)));
  }
}

const unanswered: Ending = { end: 'stopped', reason: 'it was powered off by hand, and did not answer any more' };
const silent: Ending = { end: 'crashed', reason: 'its thread ended without a word' };

function crashed(error: unknown): Ending {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { end: 'crashed', reason: 'its thread ran out of memory' };
  return { end: 'crashed', reason: `a mistake of our own: ${error instanceof Error ? error.message : String(error)}` };
}
