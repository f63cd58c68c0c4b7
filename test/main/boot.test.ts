/** Guests booted from the command line, in this process: what appears, how it ends, what is written to files. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterList } from '../../core/counters/list.ts';
import { runCommand } from '../../main/run-command.ts';
import { FakeIo, run } from './fake-io.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const json = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
const touch = (pages: number) => ['faults', '--append', `pattern=touch pages=${pages}`];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('boot', () => {
  test('hello prints its greeting and powers off', async () => {
    const { code, out, err } = await run('boot', 'hello');
    expect(out).toBe('Hello from ring 1.  It is quiet here.\n');
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  test('a kernel file does as well as a sample’s name', async () => {
    const path = file('copy.elf');
    writeFileSync(path, readFileSync(new URL('../../guest-images/hello/hello.elf', import.meta.url)));
    expect(await run('boot', path)).toMatchObject({ code: 0, out: expect.stringContaining('Hello') });
  });

  test.each([
    ['--append', ['--append', 'pattern=touch pages=20']],
    ['--append, twice', ['--append', 'pattern=touch', '--append=pages=20']],
    ['words behind --', ['--', 'pattern=touch', 'pages=20']],
    ['--append behind --', ['--', '--append', 'pattern=touch pages=20']],
  ])('hands the kernel its words given by %s', async (_, words) => {
    const { code, out } = await run('boot', 'faults', ...words);
    expect(out).toMatch(/pattern=touch pages=20 /);
    expect(code).toBe(0);
  });

  test('a killed guest is an exit code of 1 and a reason that names what it did', async () => {
    const { code, err } = await run('boot', 'trouble', '--append', 'mode=unknown-hypercall');
    expect(code).toBe(1);
    expect(err).toBe('astride: trouble was killed: the guest made hypercall 0x63, which does not exist\n');
  });

  test('--beside a killed guest the other goes on, with the same output as alone', async () => {
    const { code, out, err } = await run(
      'boot',
      ...['trouble', '--append', 'mode=unknown-hypercall'],
      ...['--beside', ...touch(200)],
      ...['--beside', 'hello', '--memory', '8'],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^astride: trouble was killed: /);
    const alone = await run('boot', ...touch(200));
    const lines = out.split('\n');
    const from = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}| `)).map((line) => line.slice(name.length + 2));
    expect(from('faults').join('\n')).toBe(alone.out.trimEnd());
    expect(from('hello')).toEqual(['Hello from ring 1.  It is quiet here.']);
    expect(from('trouble').length).toBeGreaterThan(0);
  });

  test('twins have names of their own', async () => {
    const { out } = await run('boot', 'hello', '--beside', 'hello');
    expect(out).toMatch(/^hello\| Hello[^\n]*\nhello-2\| Hello/);
  });
});

describe('boot stops', () => {
  test('when the budget is spent, always at the same place', async () => {
    const once = await run('boot', ...touch(5000), '--budget', '1_500_000', '--counters', file('a.json'));
    const twice = await run('boot', ...touch(5000), '--budget', '1500000', '--counters', file('b.json'));
    expect([once.code, once.err]).toEqual([3, twice.err]);
    expect(once.err).toMatch(/stopped after 1500\d\d\d instructions, as --budget asked/);
    expect(withoutWall(json('a.json'))).toEqual(withoutWall(json('b.json')));
    expect(json('a.json')).toMatchObject({ end: 'running' });
  });

  test('when time is up', async () => {
    const { code, err } = await run('boot', ...touch(60000), '--timeout', '0.005');
    expect(code).toBe(3);
    expect(err).toBe('astride: stopped after 0.005 seconds, as --timeout asked\n');
  });
});

describe('what boot writes', () => {
  test('--counters has every counter by name, and the derived ones', async () => {
    const { code } = await run('boot', ...touch(100), '--counters', file('counters.json'), '--fast-path', 'off');
    expect(code).toBe(0);
    const counters = json('counters.json');
    for (const { name } of counterList) expect(counters[name], name).toBeTypeOf('number');
    expect(counters).toMatchObject({ guest: 'faults', fastPath: false, end: 'power off', reflectedBySwitcher: 0 });
    expect(counters.userPageFaults).toBeGreaterThanOrEqual(100);
    expect(counters.wallSeconds).toBeGreaterThan(0);
    expect(counters.roundTripsPerUserFault).toBeGreaterThan(1.5);
    const byCause: number[] = Object.values(counters.roundTripsByCause);
    expect(byCause.reduce((sum, count) => sum + count, 0)).toBe(counters.roundTrips);
  });

  test('--counters keeps neighbours apart', async () => {
    await run('boot', 'hello', '--beside', ...touch(10), '--fast-path', 'off', '--counters', file('two.json'));
    expect(json('two.json')).toMatchObject({
      guest: 'hello',
      fastPath: true,
      userPageFaults: 0,
      beside: [{ guest: 'faults', fastPath: false }],
    });
  });

  test('--trace has a line for every crossing, the same every time', async () => {
    for (const name of ['one.trace', 'two.trace']) {
      await run('boot', ...touch(50), '--trace', file(name), '--counters', file('traced.json'));
    }
    const trace = readFileSync(file('one.trace'), 'utf8');
    expect(readFileSync(file('two.trace'), 'utf8')).toBe(trace);
    const lines = trace.trimEnd().split('\n');
    expect(lines).toHaveLength(json('traced.json').roundTrips);
    for (const line of lines) expect(line).toMatch(/^\d+ \d+ faults \d+ [0-3]:[0-9a-f]{8} [a-zA-Z]/);
  });
});

describe('the console', () => {
  test('of a terminal is raw while the guest runs, and given back', async () => {
    const io = new FakeIo().asTerminal();
    expect(await runCommand(['boot', 'hello'], io)).toBe(0);
    expect(io.rawModes).toEqual([true, false]);
    expect(io.stdin.listenerCount('data')).toBe(0);
  });

  test('is given back when something breaks', async () => {
    const io = new FakeIo().asTerminal();
    io.breathe = () => Promise.reject(new Error('the screen fell off'));
    expect(await runCommand(['boot', 'hello'], io)).toBe(4);
    expect(io.rawModes).toEqual([true, false]);
    expect(io.stderr.text).toBe('astride: a mistake of our own: the screen fell off\n');
  });

  test('is left by Ctrl-A X', async () => {
    const io = new FakeIo().asTerminal();
    io.stdin.write('\x01x');
    expect(await runCommand(['boot', ...touch(60000), '--timeout', '600'], io)).toBe(0);
    expect(io.rawModes).toEqual([true, false]);
  });

  test('has no Ctrl-A when it is a pipe', async () => {
    const io = new FakeIo();
    io.stdin.end('\x01x');
    expect(await runCommand(['boot', ...touch(100)], io)).toBe(0);
    expect(io.stdout.text).toMatch(/ok\n$/);
  });

  test('does not care about a closed keyboard', async () => {
    const io = new FakeIo();
    io.stdin.destroy();
    expect(await runCommand(['boot', 'hello'], io)).toBe(0);
  });
});

/** The wall clock is the one thing that is not a function of the inputs. */
function withoutWall(counters: Record<string, unknown>): Record<string, unknown> {
  return { ...counters, wallSeconds: 0 };
}
