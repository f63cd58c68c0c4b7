/** The comparison from the command line, on the real board with the real Switcher. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../main/run-command.ts';
import { FakeIo, run } from './fake-io.ts';

const PAGES = 1000;
const touch = ['faults', '--append', `pattern=touch pages=${PAGES}`];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('compare faults', () => {
  test('--json shows two round trips a fault become one, and everything else the same', async () => {
    const { code, out, err } = await run('compare', ...touch, '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const comparison = JSON.parse(out);
    expect(Object.keys(comparison)).toEqual(['engine', 'off', 'on', 'identicalOutput', 'addedLines', 'gains']);
    const { off, on, identicalOutput, addedLines, gains } = comparison;
    expect(identicalOutput).toBe(true);
    expect(addedLines).toBeGreaterThan(10);
    expect(off.userPageFaults).toBe(on.userPageFaults);
    expect(off.reflectedBySwitcher).toBe(0);
    expect(off.roundTripsPerUserFault).toBeCloseTo(2, 1);
    expect(on.roundTripsPerUserFault).toBeCloseTo(1, 1);
    expect(on.reflectedBySwitcher).toBeGreaterThan(PAGES * 0.99);
    expect(gains.roundTripsPerUserFault.percent).toBeCloseTo(50, 0);
    expect(gains.modelledCycles.percent).toBeGreaterThan(0);
    for (const side of [off, on]) {
      for (const name of ['filledByHost', 'handedOn', 'roundTrips', 'hypercalls', 'interrupts', 'guestInstructions']) {
        expect(side[name], name).toBeTypeOf('number');
      }
      expect(side.switcherInstructions).toBeGreaterThan(0);
      expect(side.wallSeconds).toBeGreaterThan(0);
    }
  });

  test('twice gives identical counters and traces', async () => {
    const trace = join(folder, 'trace');
    const seen: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { out } = await run('compare', 'faults', '--append', 'pattern=cow pages=40', '--json', '--trace', trace);
      const { off, on } = JSON.parse(out);
      const lines = ['off', 'on'].map((side) => readFileSync(`${trace}.${side}`, 'utf8'));
      seen.push(JSON.stringify([{ ...off, wallSeconds: 0 }, { ...on, wallSeconds: 0 }, ...lines]));
    }
    expect(seen[0]).toBe(seen[1]);
  });

  test('prints one table that fits a terminal, and a verdict', async () => {
    const { code, out } = await run('compare', ...touch);
    expect(code).toBe(0);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^fast path +off +on +change$/m);
    expect(out).toMatch(/^user page faults +1,0\d\d +1,0\d\d +=$/m);
    expect(out).toMatch(/^round trips per user page fault +2\.0\d\d +1\.0\d\d +-(49|50)\.\d %$/m);
    expect(out).toMatch(/^console output +identical$/m);
    expect(out).toMatch(/The fast path adds \d+ lines of code and \d+ of verse\./);
  });

  test('draws a bar for a person, and erases it', async () => {
    const io = new FakeIo();
    io.stderr.isTTY = true;
    const now = io.now;
    io.now = () => now() + now();
    expect(await runCommand(['compare', ...touch], io)).toBe(0);
    expect(io.stderr.text).toMatch(/fast path off: \d+ million instructions/);
    expect(io.stderr.text.endsWith('\r\x1b[K')).toBe(true);
    expect(io.stdout.text).not.toContain('\x1b');
  });
});

describe('compare ends', () => {
  test('with 1 and both reasons when the guest is killed', async () => {
    const { code, err } = await run('compare', 'trouble', '--append', 'mode=unknown-hypercall');
    expect(code).toBe(1);
    expect(err).toMatch(/^astride: with the fast path off the guest was killed: .*0x63/);
    expect(err).toMatch(/\nastride: with the fast path on the guest was killed: .*0x63/);
  });

  test('with 3 when the budget is spent', async () => {
    const { code, err } = await run('compare', ...touch, '--budget', '100000');
    expect(code).toBe(3);
    expect(err).toMatch(/did not come to its end/);
  });

  test('with 3 when time is up', async () => {
    const { code, out, err } = await run('compare', ...touch, '--timeout', '0.001');
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/--timeout/);
  });
});
