/** What a stranger, or a window gone mad, can make the app do by sending it things: say no, and write it down. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MachineView } from '../../core/protocol/machines.ts';
import type { LogLine } from '../../core/protocol/requests.ts';
import { openRawWindow, type RawWindow } from './raw-window.ts';
import { type Front, startFront } from './start-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'astride-messages-'));
let front: Front;
/** A window that behaves, to look at what became of the others' wishes. */
let witness: RawWindow;

beforeAll(async () => {
  front = await startFront(folder);
  witness = await openRawWindow(front.address);
}, 240_000);

afterAll(async () => {
  witness?.close();
  await front?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function learn(method: string): Promise<unknown> {
  const answer = await witness.ask(method);
  if (answer.kind !== 'answer') throw new Error(`${method} was refused: ${answer.sentence}`);
  return answer.value;
}

const logged = async () => ((await learn('app.log')) as LogLine[]).map(({ sentence }) => sentence).join('\n');

/** Does something that must change nothing but the log, which must then say this. */
async function changesOnlyTheLog(attempt: () => Promise<void>, sentence: RegExp): Promise<void> {
  const before = await learn('library.list');
  await attempt();
  await expect.poll(logged).toMatch(sentence);
  expect(await learn('library.list')).toEqual(before);
}

test('the witness sees the first machines', async () => {
  const machines = (await learn('library.list')) as MachineView[];
  expect(machines.map(({ settings }) => settings?.name).sort()).toEqual(['faults', 'hello', 'puppy', 'trouble']);
});

const strangers = [
  ['a wrong token', { token: 'A'.repeat(43) }, /its token is wrong/],
  ['a token of another length', { token: 'A' }, /its token is wrong/],
  ["a stranger's page", { origin: 'https://example.org' }, /it came from a page that is not ours/],
  ["a name server's trick", { host: 'example.org' }, /it asked for another computer/],
  ['another door', { path: '/elsewhere' }, /there is no such door/],
] as const;

test.each(strangers)('%s is not let in, and that is logged', async (_, knock, sentence) => {
  await changesOnlyTheLog(async () => {
    await expect(openRawWindow(front.address, knock)).rejects.toThrow('refused with 403');
  }, sentence);
});

const senseless = [
  ['an unknown method', 'library.eraseEverything', {}, /there is no request called "library.eraseEverything"/],
  ['a method every object has', 'constructor', {}, /there is no request called "constructor"/],
  ['the mother of all objects', '__proto__', {}, /there is no request called "__proto__"/],
  ['an argument of another type', 'machine.start', { id: 7 }, /machine.start/],
  ['an argument that leads out of the library', 'library.delete', { id: '../hello' }, /library.delete/],
  ['an argument too many', 'machine.start', { id: 'hello', also: 'this' }, /machine.start/],
  ['no argument', 'library.edit', {}, /library.edit/],
  ['too much typing at once', 'machine.type', { id: 'hello', bytes: new Uint8Array(65 * 1024) }, /machine.type/],
  ['a machine nobody knows', 'machine.start', { id: 'nobody' }, /there is no such machine/],
] as const;

test.each(senseless)('%s is refused with a sentence and logged', async (_, method, argument, sentence) => {
  const window = await openRawWindow(front.address);
  await changesOnlyTheLog(async () => {
    const answer = await window.ask(method, argument);
    expect(answer).toMatchObject({ kind: 'refusal', sentence: expect.stringMatching(/\w+ \w+/) });
  }, sentence);
  window.close();
});

test('what is no request at all is ignored and logged, and the window may go on', async () => {
  const window = await openRawWindow(front.address);
  await changesOnlyTheLog(async () => {
    window.sendText('hello');
    window.sendBytes(new Uint8Array([0xc1, 0xff, 0x00]));
    window.sendBytes(encode([1, 2, 3]));
    window.sendBytes(encode({ kind: 'request', number: 'one', method: 'machine.start', argument: { id: 'hello' } }));
  }, /no request/);
  expect(await window.ask('app.about')).toMatchObject({ kind: 'answer', value: { front: 'browser' } });
  window.close();
});

test('a map that promises more than it brings costs nothing', async () => {
  const window = await openRawWindow(front.address);
  window.sendBytes(new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff]));
  window.sendBytes(new Uint8Array([0xc6, 0x7f, 0xff, 0xff, 0xff]));
  expect(await window.ask('app.about')).toMatchObject({ kind: 'answer' });
  window.close();
});

test('a frame that is too long cuts the window off, and that is logged', async () => {
  const window = await openRawWindow(front.address);
  await changesOnlyTheLog(async () => {
    window.sendBytes(encode({ kind: 'request', number: 1, method: 'machine.start', argument: 'x'.repeat(2 << 20) }));
    expect(await window.closed).toBe(1009);
  }, /A window was cut off: Max payload size exceeded/);
});
