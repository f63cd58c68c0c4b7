/** The date and chance are inputs: real for whoever lives in a guest, fixed for whoever counts, and anyone's to choose. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { circumstancesOf, FIXED_DATE } from '../../main/circumstances.ts';
import { readDateOption } from '../../main/date-option.ts';
import { readRunRequest } from '../../main/guest-requests.ts';
import { runCommand } from '../../main/run-command.ts';
import { bootOptions } from '../../main/run-options.ts';
import { FakeIo } from './fake-io.ts';
import { dateGuest } from './small-guests.ts';

let folder: string;
let clock: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  clock = join(folder, 'clock');
  writeFileSync(clock, dateGuest());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('--date', () => {
  test.each([
    ['now', 'now'],
    ['0', 0],
    ['1510480800', 1510480800],
    ['2017-11-12T10:00:00Z', 1510480800],
    ['2017-11-12T10:00', 1510480800],
    ['2017-11-12 10:00:00', 1510480800],
    ['2017-11-12T12:00+02:00', 1510480800],
    ['2017-11-12T10:00:00.75Z', 1510480800],
    ['2017-11-12', 1510444800],
    ['2038-01-19T03:14:07Z', 0x7fffffff],
  ])('%s is %s', (text, seconds) => expect(readDateOption(text)).toBe(seconds));

  test.each([
    ['yesterday', /--date wants "now"/],
    ['', /--date wants/],
    ['-5', /--date wants/],
    ['2017-13-01', /--date wants/],
    ['2017-11-12T25:00', /--date wants/],
    ['12.11.2017', /--date wants/],
    ['1969-12-31', /from 1970 to 2038/],
    ['2038-01-19T03:14:08Z', /from 1970 to 2038/],
    ['99999999999999999999', /from 1970 to 2038/],
  ])('%s is refused', (text, sentence) => expect(() => readDateOption(text)).toThrow(sentence));
});

describe('what a guest finds', () => {
  const today = Date.UTC(2026, 10, 22, 16, 30, 15, 900);
  const fixed = Date.parse(FIXED_DATE) / 1000;
  const circumstances = (words: string[], repeatable: boolean) =>
    circumstancesOf(readRunRequest(['hello', ...words], bootOptions), repeatable, today);

  test.each([
    ['today', [], false, Math.floor(today / 1000)],
    ['a fixed day when it is to be repeated', [], true, fixed],
    ['today when it is to be repeated, if asked for', ['--date', 'now'], true, Math.floor(today / 1000)],
    ['the day asked for', ['--date', '1234'], false, 1234],
    ['the day asked for when it is to be repeated', ['--date', '1234'], true, 1234],
  ])('is %s', (_, words, repeatable, seconds) =>
    expect(circumstances(words, repeatable).wallClockSeconds).toBe(seconds),
  );

  const drawn = (words: string[], repeatable: boolean, guest = 0) =>
    Buffer.from(circumstances(words, repeatable).entropy(guest)(32)).toString('hex');

  test('is chance, unless the run is to be repeated or has a seed', () => {
    expect(drawn([], false)).not.toBe(drawn([], false));
    expect(drawn([], true)).toBe(drawn([], true));
    expect(drawn(['--seed', 'a'], false)).toBe(drawn(['--seed', 'a'], true));
    expect(drawn(['--seed', 'a'], false)).not.toBe(drawn(['--seed', 'b'], false));
    expect(drawn([], true)).not.toBe(drawn(['--seed', 'a'], true));
  });

  test('is another stream for every guest, and one that goes on', () => {
    expect(drawn([], true, 0)).not.toBe(drawn([], true, 1));
    const source = circumstances([], true).entropy(0);
    expect(source(16)).not.toEqual(source(16));
  });
});

describe('a booted guest sees', () => {
  async function seen(...argv: string[]): Promise<number> {
    const io = new FakeIo().withoutInput();
    io.todayMs = Date.UTC(2026, 10, 22);
    expect(await runCommand(['boot', clock, '--devices', 'bus', ...argv], io)).toBe(0);
    return Number.parseInt(io.stdout.text, 16);
  }

  test('today', async () => expect(await seen()).toBe(Date.UTC(2026, 10, 22) / 1000));
  test('a fixed day with a budget', async () =>
    expect(await seen('--budget', '1000000')).toBe(Date.parse(FIXED_DATE) / 1000));
  test('the day asked for', async () =>
    expect(await seen('--date', '2017-11-12', '--budget', '1000000')).toBe(1510444800));
});

test('a comparison’s guests both see the fixed day', async () => {
  const io = new FakeIo().withoutInput();
  const counters = join(folder, 'counters');
  const words = ['compare', clock, '--devices', 'bus', '--json', '--counters', counters];
  expect(await runCommand(words, io)).toBe(0);
  expect(JSON.parse(io.stdout.text)).toMatchObject({ identicalOutput: true, off: { end: 'power off' } });
  expect(readFileSync(counters, 'utf8')).toBe(io.stdout.text);
});
