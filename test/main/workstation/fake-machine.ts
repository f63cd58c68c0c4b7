/** A thread that does nothing but remember what it was told; tests say what its guest does. */

import type { LastRun } from '../../../core/protocol/machines.ts';
import type { MachineListener, RunningMachine, StartMachine } from '../../../main/workstation/parts.ts';

type Start = Parameters<StartMachine>[0];

export class FakeMachine implements RunningMachine {
  readonly start: Start;
  readonly listener: MachineListener;
  /** Every order, in words. */
  readonly orders: string[] = [];
  readonly typed: Uint8Array[] = [];
  taken = 0;
  readonly ended: Promise<void>;
  private resolveEnded: () => void = () => {};
  private run: number;
  private at = 0;

  constructor(start: Start) {
    this.start = start;
    this.listener = start.listener;
    this.run = start.firstRun ?? 0;
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  pause() {
    this.orders.push('pause');
    this.listener.onState({ is: 'paused' });
  }
  resume() {
    this.orders.push('resume');
    this.listener.onState({ is: 'running' });
  }
  reset() {
    this.orders.push('reset');
    this.run++;
    this.at = 0;
  }
  powerOff() {
    this.orders.push('power off');
    this.end('stopped', '');
  }
  setFastPath(on: boolean) {
    this.orders.push(`fast path ${on}`);
  }
  type(bytes: Uint8Array) {
    this.typed.push(bytes);
  }
  resizeConsole(columns: number, rows: number) {
    this.orders.push(`console ${columns}x${rows}`);
  }
  watchCounters(samplesPerSecond: number | null) {
    this.orders.push(`watch ${samplesPerSecond}`);
  }
  consoleTaken(at: number) {
    this.taken = at;
  }
  recordCrossings(on: boolean) {
    this.orders.push(`record ${on}`);
  }
  async readCrossings() {
    return [];
  }
  async readCrossing(): Promise<never> {
    throw new Error('there is none');
  }

  /** What its guest does. */
  print(text: string | Uint8Array) {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    this.listener.onConsole({ run: this.run, at: this.at, bytes });
    this.at += bytes.length;
  }
  end(end: LastRun['end'], reason: string, goAtOnce = true) {
    this.listener.onEnd({ startedAt: '2026-11-22T10:00:00.000Z', seconds: 3, end, reason });
    if (goAtOnce) this.go();
  }
  /** The thread is gone, with or without a word. */
  go() {
    this.resolveEnded();
  }
}

/** Started machines, latest last. */
export function fakeThreads() {
  const machines: FakeMachine[] = [];
  const startMachine: StartMachine = (start) => {
    const machine = new FakeMachine(start);
    machines.push(machine);
    start.listener.onState({ is: 'running' });
    return machine;
  };
  return { machines, startMachine };
}
