/** A session around machines: what restarts, what sleeps by whose clock, what hears of the screen, what is given back. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Machine } from '../../core/launcher/machine.ts';
import { MachineBoard } from '../../core/launcher/machine-board.ts';
import { runCommand } from '../../main/run-command.ts';
import { FakeIo } from './fake-io.ts';
import { computingGuest, dateGuest, sleepingGuest } from './small-guests.ts';

const NANOSECONDS_PER_MS = 1_000_000;
const INSTRUCTIONS_PER_MS = 100_000;
let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  writeFileSync(file('restarts'), dateGuest('restart'));
  writeFileSync(file('sleeps'), sleepingGuest(20, 50 * NANOSECONDS_PER_MS));
  writeFileSync(file('computes'), computingGuest(5_000_000));
  writeFileSync(file('disk'), new Uint8Array(4096));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Boots on the lguest bus, where our small guests have their consoles. */
const boot = (io: FakeIo, name: string, ...words: string[]) =>
  runCommand(['boot', file(name), '--devices', 'bus', '--memory', '4', ...words], io);

describe('a guest that restarts', () => {
  test('boots again, until the budget is spent', async () => {
    const io = new FakeIo().withoutInput();
    expect(await boot(io, 'restarts', '--budget', '20000')).toBe(3);
    expect(io.stdout.text.split('\n').length).toBeGreaterThan(3);
    expect(io.stderr.text).toMatch(/^astride: restarts: restarts: /);
  });

  test('boots again, until time is up', async () => {
    const io = new FakeIo().withoutInput();
    expect(await boot(io, 'restarts', '--timeout', '0.05')).toBe(3);
    expect(io.stderr.text).toMatch(/--timeout asked\n$/);
  });

  test('has ended with --no-reboot', async () => {
    const io = new FakeIo().withoutInput();
    expect(await boot(io, 'restarts', '--no-reboot')).toBe(0);
    expect(io.stdout.text).toMatch(/^[0-9a-f]{8}\n$/);
    expect(io.stderr.text).toBe('');
  });

  test('is compared as far as its restart with --no-reboot', async () => {
    const io = new FakeIo().withoutInput();
    const words = ['compare', file('restarts'), '--devices', 'bus', '--no-reboot', '--json'];
    expect(await runCommand(words, io)).toBe(0);
    expect(JSON.parse(io.stdout.text)).toMatchObject({ identicalOutput: true, on: { end: 'restart' } });
  });
});

describe('a guest that sleeps a second', () => {
  test('takes none of ours when nobody can speak any more', async () => {
    const io = new FakeIo().withoutInput();
    expect(await boot(io, 'sleeps')).toBe(0);
    expect(io.sleptMs).toBe(0);
    expect(Number.parseInt(io.stdout.text, 16)).toBeGreaterThan(1000 * INSTRUCTIONS_PER_MS);
  });

  test('takes about one of ours at a terminal', async () => {
    const io = new FakeIo().asTerminal();
    expect(await boot(io, 'sleeps')).toBe(0);
    // The fake clock goes on by itself as well, and that counts as time, too.
    expect(io.elapsedMs).toBeGreaterThan(950);
    expect(io.elapsedMs).toBeLessThan(1200);
  });

  test('takes one of ours while a forward listens', async () => {
    const io = new FakeIo().withoutInput();
    const port = await freePort();
    expect(await boot(io, 'sleeps', '--net', `user,forward=${port}:80`)).toBe(0);
    expect(io.elapsedMs).toBeGreaterThan(950);
  });

  test('ends at the same count every time with a budget, even at a terminal', async () => {
    const counts = new Set<string>();
    for (const slow of [1, 7]) {
      const io = new FakeIo().asTerminal();
      io.tickMs = slow;
      expect(await boot(io, 'sleeps', '--budget', '100000000')).toBe(0);
      counts.add(io.stdout.text);
    }
    expect(counts.size).toBe(1);
  });

  test('wakes in time beside one that computes, on a slow computer', async () => {
    const io = new FakeIo().asTerminal();
    io.tickMs = 20;
    expect(await boot(io, 'sleeps', '--beside', file('computes'), '--devices', 'bus')).toBe(0);
    const clock = Number.parseInt(io.stdout.text.replace('sleeps| ', ''), 16);
    // It saw the time that passed outside, most of which no guest could use.
    expect(clock / INSTRUCTIONS_PER_MS).toBeGreaterThan(io.elapsedMs * 0.5);
  });

  test('does not wake early beside one that computes, on a fast computer', async () => {
    const io = new FakeIo().asTerminal();
    io.tickMs = 0.01;
    expect(await boot(io, 'sleeps', '--beside', file('computes'), '--devices', 'bus')).toBe(0);
    expect(io.elapsedMs).toBeGreaterThan(950);
  });
});

describe('the screen', () => {
  test('has a size, and a new one', async () => {
    const added = vi.spyOn(MachineBoard.prototype, 'add');
    const io = new FakeIo().asTerminal();
    io.stdout.isTTY = true;
    const session = boot(io, 'sleeps');
    while (io.rawModes.length === 0) await io.breathe();
    const [{ consoleSize }] = added.mock.calls[0];
    const machine: Machine = added.mock.results[0].value;
    added.mockRestore();
    expect(consoleSize).toEqual({ columns: 80, rows: 25 });
    const resized = vi.spyOn(machine, 'resizeConsole');
    io.stdout.columns = 132;
    io.stdout.emit('resize');
    expect(resized).toHaveBeenCalledExactlyOnceWith({ columns: 132, rows: 25 });
    expect(await session).toBe(0);
    expect(['resize', 'drain'].map((event) => io.stdout.listenerCount(event))).toEqual([0, 0]);
  });

  test('that is slow loses nothing', async () => {
    const screens: string[] = [];
    for (const pace of ['quick', 'slow'] as const) {
      const io = new FakeIo().withoutInput();
      io.stdout.pace = pace;
      expect(await boot(io, 'restarts', '--budget', '20000')).toBe(3);
      screens.push(io.stdout.text);
    }
    expect(screens[0].split('\n').length).toBeGreaterThan(10);
    expect(screens[1]).toBe(screens[0]);
  });

  test('that is stuck does not keep us from leaving', async () => {
    const io = new FakeIo().asTerminal();
    io.stdout.pace = 'stuck';
    io.stdin.write('\x01x');
    expect(await boot(io, 'restarts')).toBe(0);
  });

  test('that is stuck does not keep us from stopping', async () => {
    const io = new FakeIo().asTerminal();
    io.stdout.pace = 'stuck';
    expect(await boot(io, 'restarts', '--timeout', '30')).toBe(3);
  });
});

describe('what was lent', () => {
  const isLent = () => existsSync(file('disk.lock'));

  test('is given back at the end, and when something breaks', async () => {
    for (const breaks of [false, true]) {
      let wasLent = false;
      const io = new FakeIo().withoutInput();
      io.breathe = async () => {
        wasLent ||= isLent();
        if (breaks) throw new Error('the screen fell off');
      };
      expect(await boot(io, 'sleeps', '--disk', file('disk'))).toBe(breaks ? 4 : 0);
      expect(io.lastTasks.size).toBe(0);
      expect([wasLent, isLent()]).toEqual([true, false]);
    }
  });

  test('is given back when the program ends in the middle', async () => {
    const io = new FakeIo().asTerminal();
    const session = boot(io, 'sleeps', '--disk', file('disk'));
    while (io.lastTasks.size === 0) await io.breathe();
    expect(isLent()).toBe(true);
    for (const task of io.lastTasks) task();
    expect(isLent()).toBe(false);
    expect(await session).toBe(0);
  });
});

/** A port of this computer that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
