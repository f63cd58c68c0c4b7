/** The small parts between a keyboard, a screen and a clock. */

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Arrivals } from '../../main/arrivals.ts';
import { ConsoleInput } from '../../main/console-input.ts';
import { ConsoleKeys } from '../../main/console-keys.ts';
import { ConsoleLines } from '../../main/console-lines.ts';
import { Pacer } from '../../main/pacer.ts';

describe('Ctrl-A', () => {
  const type = (...chunks: string[]) => {
    const keys = new ConsoleKeys();
    const taken = chunks.map((chunk) => keys.take(Buffer.from(chunk, 'latin1')));
    return {
      typed: taken.map(({ typed }) => Buffer.from(typed).toString('latin1')).join(''),
      leave: taken.some(({ leave }) => leave),
    };
  };

  test.each([
    ['nothing special', ['ls -l\r\x03'], { typed: 'ls -l\r\x03', leave: false }],
    ['X leaves', ['ab\x01x'], { typed: 'ab', leave: true }],
    ['capital X leaves as well', ['\x01X'], { typed: '', leave: true }],
    ['X later leaves', ['ab\x01', 'xcd'], { typed: 'ab', leave: true }],
    ['twice is one for the guest', ['\x01\x01x'], { typed: '\x01x', leave: false }],
    ['anything else is swallowed', ['a\x01qb'], { typed: 'ab', leave: false }],
  ])('%s', (_, chunks, expected) => expect(type(...chunks)).toEqual(expected));
});

describe('a console’s input', () => {
  test('stops reading when the guest does, and loses nothing', async () => {
    const stdin = new PassThrough({ highWaterMark: 1 << 20 });
    const sink = {
      bytes: 0,
      waitingInputBytes: 0,
      typeInput(bytes: Uint8Array) {
        this.bytes += bytes.length;
        this.waitingInputBytes += bytes.length;
      },
    };
    const input = new ConsoleInput(stdin, sink, new Arrivals());
    input.open();
    for (let count = 0; count < 10; count++) stdin.write(Buffer.alloc(30_000));
    stdin.end();
    await turn();
    expect(sink.bytes).toBe(90_000);
    for (let round = 0; round < 20 && !input.ended; round++) {
      sink.waitingInputBytes = 0;
      input.resume();
      await turn();
    }
    expect(sink.bytes).toBe(300_000);
    expect(input.ended).toBe(true);
    input.close();
  });

  test('wakes a sleeper at every arrival', async () => {
    const stdin = new PassThrough();
    const arrivals = new Arrivals();
    const input = new ConsoleInput(stdin, { typeInput: () => {}, waitingInputBytes: 0 }, arrivals);
    input.open();
    for (const key of 'ab') {
      const wake = arrivals.next();
      expect(wake.aborted).toBe(false);
      stdin.write(key);
      await turn();
      expect(wake.aborted).toBe(true);
      expect([arrivals.takeFresh(), arrivals.takeFresh()]).toEqual([true, false]);
    }
    input.close();
  });
});

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

test('lines of several guests carry their names, whole or not', () => {
  let screen = '';
  const lines = new ConsoleLines('one', (bytes) => {
    screen += Buffer.from(bytes).toString();
  });
  for (const text of ['he', 'llo\nwor', 'ld\n\nrest']) lines.append(Buffer.from(text));
  expect(screen).toBe('one| hello\none| world\none| \n');
  lines.finish();
  expect(screen).toMatch(/one\| rest\n$/);
});

describe('the pacer', () => {
  const MS = 100_000; // instructions

  test('sleeps as long as the board’s clock has to go', () => {
    expect(new Pacer(0, 0).sleepMs(0, 0, 5 * MS)).toBe(5);
  });

  test('sleeps less when the guest is behind the wall', () => {
    expect(new Pacer(0, 0).sleepMs(10, 4 * MS, 9 * MS)).toBe(0);
    expect(new Pacer(0, 0).sleepMs(10, 4 * MS, 14 * MS)).toBe(4);
  });

  test('does not make a guest that ran ahead pay for it', () => {
    expect(new Pacer(0, 0).sleepMs(1, 50 * MS, 55 * MS)).toBe(5);
  });

  test('forgives a debt nobody can pay', () => {
    const pacer = new Pacer(0, 0);
    expect(pacer.sleepMs(60_000, 0, 2000 * MS)).toBe(1900);
    expect(pacer.sleepMs(61_900, 2000 * MS, 2005 * MS)).toBe(5);
  });
});
