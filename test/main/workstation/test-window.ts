/** A window without a front: asks through the door that all windows use, and keeps what it is told. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventName, Events, ToWindow } from '../../../core/protocol/messages.ts';
import type { Answer, Argument, Method } from '../../../core/protocol/requests.ts';
import { createWorkstation } from '../../../main/workstation/create-workstation.ts';
import type { WindowEnd, Workstation, WorkstationOptions } from '../../../main/workstation/parts.ts';
import { fakeThreads } from './fake-machine.ts';

export class Refused extends Error {}

export class TestWindow implements WindowEnd {
  readonly told: ToWindow[] = [];
  private readonly waiting = new Map<number, (message: ToWindow) => void>();
  private readonly connection: ReturnType<Workstation['connect']>;
  private number = 0;

  constructor(workstation: Workstation) {
    this.connection = workstation.connect(this);
  }

  send(message: ToWindow): void {
    // Whatever is sent must survive the way to a real window.
    this.told.push(structuredClone(message));
    if (message.kind !== 'event') this.waiting.get(message.number)?.(message);
  }

  /** Rejects with the sentence of a refusal. */
  async ask<M extends Method>(method: M, argument: Argument<M>): Promise<Answer<M>> {
    const message = await this.askAnything(method, argument);
    if (message.kind === 'refusal') throw new Refused(message.sentence);
    // The router answers what was asked.
    return (message as { value: Answer<M> }).value;
  }

  askAnything(method: string, argument: unknown): Promise<ToWindow> {
    const number = this.number++;
    const answered = new Promise<ToWindow>((resolve) => this.waiting.set(number, resolve));
    this.receive({ kind: 'request', number, method, argument });
    return answered;
  }

  receive(message: unknown): void {
    this.connection.receive(message);
  }

  close(): void {
    this.connection.close();
  }

  events<Name extends EventName>(name: Name): Events[Name][] {
    return this.told.flatMap((message) =>
      // Names and values come in pairs.
      message.kind === 'event' && message.name === name ? [message.value as Events[Name]] : [],
    );
  }

  /** What a terminal would show of a machine's latest run; throws if bytes are missing in between. */
  consoleText(id: string): string {
    const chunks = this.events('console').filter((chunk) => chunk.id === id);
    const run = chunks.at(-1)?.run;
    const pieces = chunks.filter((chunk) => chunk.run === run);
    let at = pieces[0]?.at ?? 0;
    for (const piece of pieces) {
      if (piece.at !== at) throw new Error(`bytes ${at} to ${piece.at} are missing`);
      at += piece.bytes.length;
    }
    return Buffer.concat(pieces.map(({ bytes }) => bytes)).toString('latin1');
  }
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'astride-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function open(dataFolder: string, options: Partial<WorkstationOptions> = {}): Promise<Workstation> {
  const workstation = await createWorkstation({
    ...{ dataFolder, front: 'browser', version: '0.0.0', startMachine: fakeThreads().startMachine },
    ...options,
  });
  onTestFinished(() => workstation.close());
  return workstation;
}

/** A workstation with the three samples, a window to it, and the threads it starts. */
export async function workstationWithWindow(options: Partial<WorkstationOptions> = {}) {
  const { machines, startMachine } = fakeThreads();
  const dataFolder = await temporaryFolder();
  const workstation = await open(dataFolder, { startMachine, ...options });
  const window = new TestWindow(workstation);
  const idOf = async (name: string) => {
    const found = (await window.ask('library.list', {})).find(({ settings }) => settings?.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found.id;
  };
  return { workstation, window, machines, dataFolder, idOf };
}

/** The same with one machine running. */
export async function started(name = 'hello') {
  const around = await workstationWithWindow();
  const id = await around.idOf(name);
  await around.window.ask('machine.start', { id });
  const view = async () => (await around.window.ask('library.list', {})).find((one) => one.id === id)!;
  return { ...around, id, view, machine: around.machines[0] };
}

/** Once everything that was begun had its turn. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Asks until the answer is what is waited for. */
export async function eventually<T>(look: () => T | Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const value = await look();
    if (wanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('what was waited for did not happen');
}
