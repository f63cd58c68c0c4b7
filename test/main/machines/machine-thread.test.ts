/** Machines in real threads: what they print and count, what is asked of them while they run, and how they end. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MachineSettings } from '../../../core/protocol/machines.ts';
import type { StartMachine } from '../../../main/workstation/parts.ts';
import { echoGuest } from '../echo-guest.ts';
import { floodGuest, floodText } from './guests.ts';
import { builtStarter, StartedMachine, type StartOptions } from './started-machine.ts';

const GREETING = 'Hello from ring 1.  It is quiet here.\n';
const MIB = 1024 * 1024;
const FLOOD_LINES = 5200;
let startMachine: StartMachine;
let folder: string;
const running: StartedMachine[] = [];

beforeAll(() => {
  startMachine = builtStarter();
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  writeFileSync(join(folder, 'echo'), echoGuest());
  writeFileSync(join(folder, 'flood'), floodGuest(FLOOD_LINES));
});
afterEach(async () => {
  for (const { machine } of running) machine.powerOff();
  await Promise.all(running.splice(0).map(({ machine }) => machine.ended));
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(changes: Partial<MachineSettings> = {}, options: StartOptions = {}): StartedMachine {
  const started = new StartedMachine(startMachine, changes, { folder, ...options });
  running.push(started);
  return started;
}

const sample = (name: string, commandLine = ''): Partial<MachineSettings> => ({
  image: { kind: 'sample', name },
  commandLine,
});
const file = (path: string): Partial<MachineSettings> => ({
  image: { kind: 'file', path },
  devices: 'bus',
  memoryMiB: 4,
});

describe('a machine', () => {
  test('prints its greeting, says how it is, and ends once', async () => {
    const hello = start();
    expect(hello.states).toEqual([]); // nothing is told before whoever started it has it in hands
    const run = await hello.end();
    expect(hello.text).toBe(GREETING);
    const ended = { end: 'powered off', reason: 'Power down' };
    expect(hello.states).toEqual([{ is: 'starting' }, { is: 'running' }, { is: 'ended', ...ended }]);
    expect(hello.ends).toEqual([run]);
    expect(run).toMatchObject(ended);
    expect(Date.parse(run.startedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(run.seconds).toBeGreaterThan(0);
  });

  test('numbers its bytes from 0 and its runs from where it is told to', async () => {
    const hello = start({}, { firstRun: 7 });
    await hello.end();
    expect(hello.chunks.map(({ run }) => run)).toEqual(hello.chunks.map(() => 7));
    let at = 0;
    for (const chunk of hello.chunks) {
      expect(chunk.at).toBe(at);
      at += chunk.bytes.length;
    }
  });

  test('that does wrong ends with a reason, while another runs on', async () => {
    const faults = start(sample('faults', 'pages=3000'), { id: 'other' });
    const trouble = start(sample('trouble', 'mode=unknown-hypercall'));
    expect(await trouble.end()).toMatchObject({
      end: 'killed',
      reason: 'the guest made hypercall 0x63, which does not exist',
    });
    expect(await faults.end()).toMatchObject({ end: 'powered off' });
    expect(faults.text).toMatch(/faults=3000 checksum=[0-9a-f]{8} ok\n$/);
  });
});

describe('counters', () => {
  test('move while somebody watches, and only then', async () => {
    const faults = start(sample('faults', 'pages=40000'));
    await faults.until(() => faults.state === 'running');
    expect(faults.samples).toEqual([]);
    faults.machine.watchCounters(10);
    await faults.until(() => faults.samples.length >= 4);
    const [first, ...more] = faults.samples.map(({ counters }) => counters.userPageFaults);
    expect(more[more.length - 1]).toBeGreaterThan(first);
    for (const { counters, tallies } of faults.samples) {
      const sum = Object.values(tallies.roundTrips).reduce((total, count) => total + count, 0);
      expect(sum).toBe(counters.roundTrips);
    }
    const times = faults.samples.map(({ wallMs }) => wallMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    faults.machine.watchCounters(null);
  });

  test('tell the totals of a run, however short, to who watched from the beginning', async () => {
    const hello = start();
    hello.machine.watchCounters(10);
    await hello.end();
    expect(hello.sample.counters).toMatchObject({ roundTrips: 8, hypercalls: 5 });
  });

  test('know that a guest idles', async () => {
    const echo = start(file('echo'));
    echo.machine.watchCounters(10);
    await echo.until(() => echo.samples.length >= 5);
    const [before, after] = [echo.samples[2], echo.sample];
    const idle = echo.samples.slice(3).reduce((sum, { idleMs }) => sum + idleMs, 0);
    expect(idle).toBeGreaterThan(0.5 * (after.wallMs - before.wallMs));
  });
});

describe('the fast path', () => {
  test('changes the fate of faults from the moment it is flipped, and not what the guest prints', async () => {
    const append = 'pages=30000';
    const faults = start({ ...sample('faults', append), fastPath: false });
    faults.machine.watchCounters(10);
    await faults.until(() => faults.sample?.counters.reflectedByHost > 500);
    expect(faults.sample).toMatchObject({ fastPath: false, counters: { reflectedBySwitcher: 0 } });
    faults.machine.setFastPath(true);
    await faults.until(() => faults.sample.counters.reflectedBySwitcher > 500);
    const byHost = faults.sample.counters.reflectedByHost;
    expect(faults.sample.fastPath).toBe(true);
    await faults.end();
    // A fault now and then is the host's even so: the walker stumbles where the shadow lacks the guest's tables.
    expect(faults.sample.counters.reflectedByHost - byHost).toBeLessThan(300);
    expect(faults.sample.counters.userPageFaults).toBeGreaterThanOrEqual(30_000);
    const whole = start(sample('faults', append));
    await whole.end();
    expect(faults.text).toBe(whole.text);
  });
});

describe('a machine that is paused', () => {
  test('stands still, time and all, and goes on where it was', async () => {
    const faults = start(sample('faults', 'pages=20000 clock=100'));
    faults.machine.watchCounters(10);
    await faults.until(() => faults.sample?.counters.userPageFaults > 100);
    faults.machine.pause();
    await faults.until(() => faults.state === 'paused');
    const { counters, boardMs } = faults.sample;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const samples = faults.samples.length;
    faults.machine.watchCounters(10);
    await faults.until(() => faults.samples.length > samples);
    expect(faults.sample).toMatchObject({ counters, boardMs });
    faults.machine.resume();
    await faults.end();
    expect(faults.states.map(({ is }) => is)).toEqual(['starting', 'running', 'paused', 'running', 'ended']);
    expect(faults.text).toMatch(/faults=20000 checksum=[0-9a-f]{8} ok\n$/);
  });

  test('can be switched off', async () => {
    const echo = start(file('echo'));
    echo.machine.pause();
    await echo.until(() => echo.state === 'paused');
    echo.machine.powerOff();
    expect(await echo.end()).toMatchObject({ end: 'stopped', reason: 'it was powered off by hand' });
  });
});

describe('a console', () => {
  const bytes = (text: string) => Buffer.from(text);

  test('hears what is typed', async () => {
    const echo = start(file('echo'));
    echo.machine.type(bytes('abc'));
    await echo.until(() => echo.text === 'abc');
    echo.machine.type(bytes('Q'));
    expect(await echo.end()).toMatchObject({ end: 'powered off' });
  });

  test('begins again at 0 with a reset, which the guest does not survive', async () => {
    const echo = start(file('echo'));
    echo.machine.type(bytes('one'));
    await echo.until(() => echo.text === 'one');
    echo.machine.reset();
    echo.machine.type(bytes('two'));
    await echo.until(() => echo.text === 'onetwo');
    const last = echo.chunks[echo.chunks.length - 1];
    expect(last.run).toBe(1);
    expect(echo.chunks.find(({ run }) => run === 1)?.at).toBe(0);
    expect(echo.reports).toEqual(['restarts: somebody pressed reset']);
  });

  test('does not keep more than a mebibyte for a guest that does not read, and says so once', async () => {
    const faults = start(sample('faults', 'pages=200000'));
    for (let piece = 0; piece < 40; piece++) faults.machine.type(new Uint8Array(64 * 1024));
    await faults.until(() => faults.reports.length > 0);
    faults.machine.pause();
    await faults.until(() => faults.state === 'paused');
    expect(faults.reports).toEqual(['it does not read what is typed; no more is kept for it until it does']);
  });
});

describe('a flood of twenty megabytes', () => {
  const expected = floodText(FLOOD_LINES);
  const digest = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

  test('arrives whole and in order, in few messages', async () => {
    const flood = start(file('flood'));
    await flood.end();
    expect(expected.length).toBeGreaterThan(20 * MIB);
    expect(digest(flood.text)).toBe(digest(expected));
    expect(flood.chunks.length).toBeLessThan(expected.length / (16 * 1024));
    expect(Math.max(...flood.chunks.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(64 * 1024);
  });

  test('waits for a reader who is slow, and loses nothing to him', async () => {
    let taken = 0;
    let farthest = 0;
    const flood = start(file('flood'), {
      reader: (machine, { at, bytes }) => {
        const end = at + bytes.length;
        farthest = Math.max(farthest, end - taken);
        setTimeout(() => {
          taken = end;
          machine.consoleTaken(end);
        }, 20);
      },
    });
    await flood.end();
    expect(digest(flood.text)).toBe(digest(expected));
    expect(farthest).toBeLessThan(6 * MIB);
  });

  test('stops for a reader who never comes, who may still switch it off', async () => {
    const flood = start(file('flood'), { reader: () => {} });
    await flood.until(() => flood.text.length > 4 * MIB);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const printed = flood.text.length;
    expect(printed).toBeLessThan(6 * MIB);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(flood.text.length).toBe(printed);
    flood.machine.powerOff();
    expect(await flood.end()).toMatchObject({ end: 'stopped' });
    expect(expected.startsWith(flood.text)).toBe(true);
  });
});
