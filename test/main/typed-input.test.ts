/** What is typed arrives at a real guest, whole and in order, from terminals and pipes, at leisure and in floods. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../main/run-command.ts';
import { echoGuest } from './echo-guest.ts';
import { FakeIo, run } from './fake-io.ts';

let folder: string;
let echo: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  echo = join(folder, 'echo');
  writeFileSync(echo, echoGuest());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('typed input', () => {
  test('from a pipe arrives', async () => {
    const io = new FakeIo();
    io.stdin.end('hi Q');
    expect(await runCommand(['boot', echo, '--devices', 'bus'], io)).toBe(3);
    expect(io.stdout.text).toBe('hi Q');
    expect(io.stderr.text).toMatch(/neither a clock nor any input is left/);
  });

  test('key by key from a terminal arrives, a conversation long', async () => {
    const io = new FakeIo().asTerminal();
    const keys = ['a', 'b', '\x01\x01', '\r', 'Q'];
    // Each key is pressed when the last one has been seen.
    io.stdout.onText = () => {
      const key = keys.shift();
      if (key !== undefined) io.stdin.write(key);
    };
    io.stdin.write('!');
    expect(await runCommand(['boot', echo, '--devices', 'bus', '--timeout', '3600'], io)).toBe(0);
    expect(io.stdout.text).toBe('!ab\x01\rQ');
  });

  test('in a flood arrives whole', async () => {
    const io = new FakeIo();
    const flood = Buffer.from(Array.from({ length: 20_000 }, (_, index) => 0x61 + (index % 16)));
    io.stdin.write(flood);
    io.stdin.end('QQQQQQQQ');
    expect(await runCommand(['boot', echo, '--devices', 'bus'], io)).toBe(0);
    expect(io.stdout.text).toBe(`${flood.toString('latin1')}QQQQQQQQ`);
  });

  test('that never comes is waited for, asleep', async () => {
    const io = new FakeIo().asTerminal();
    expect(await runCommand(['boot', echo, '--devices', 'bus', '--timeout', '60'], io)).toBe(3);
    expect(io.sleptMs).toBeGreaterThan(55_000);
  });

  test('that cannot come any more is not', async () => {
    const { code, err, io } = await run('boot', echo, '--devices', 'bus');
    expect(code).toBe(3);
    expect(err).toMatch(/neither a clock nor any input/);
    expect(io.sleptMs).toBe(0);
  });

  test('goes to the first guest, beside another', async () => {
    const io = new FakeIo();
    io.stdin.end('Q\n');
    expect(await runCommand(['boot', echo, '--devices', 'bus', '--beside', 'hello'], io)).toBe(0);
    expect(io.stdout.text.split('\n').filter((line) => line.startsWith('echo|'))).toEqual(['echo| Q']);
  });
});
