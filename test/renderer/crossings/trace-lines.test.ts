/** Traces of the command line, as recordings: those it really writes, and those that were cut or meddled with. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MOST_CROSSINGS, UnreadableRecording } from '../../../renderer/crossings/recording-file.ts';
import { readTraceLines } from '../../../renderer/crossings/trace-lines.ts';
import { run } from '../../main/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'astride-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function traceOf(...words: string[]): Promise<string> {
  const path = join(folder, 'a.trace');
  await run('boot', ...words, '--trace', path);
  return readFileSync(path, 'utf8');
}

describe('a trace the command line wrote', () => {
  test('is read line for line', async () => {
    const text = await traceOf('faults', '--append', 'pattern=touch pages=50', '--fast-path', 'off');
    const [{ machine, crossings }, ...others] = readTraceLines(text, true);
    expect(others).toEqual([]);
    expect(machine).toBe('faults');
    const lines = text.trimEnd().split('\n');
    expect(crossings).toHaveLength(lines.length);
    const last = crossings.at(-1)!;
    expect(lines.at(-1)).toBe(
      `${last.enteredAt} ${last.leftAt} faults ${last.instructionsInGuest} ${last.ring}:${last.eip.toString(16).padStart(8, '0')} ${last.cause}: ${last.outcome}`,
    );
    const faults = crossings.filter(({ cause }) => cause === 'user page fault reflected');
    expect(faults).toHaveLength(50);
    expect(faults.every(({ ring, outcome }) => ring === 3 && outcome.startsWith('cr2 0x'))).toBe(true);
  });

  test('of two guests is two recordings, the longer first', async () => {
    const text = await traceOf('hello', '--beside', 'faults', '--append', 'pattern=touch pages=20');
    const recordings = readTraceLines(text, true);
    expect(recordings.map(({ machine }) => machine)).toEqual(['faults', 'hello']);
    const total = recordings.reduce((sum, { crossings }) => sum + crossings.length, 0);
    expect(total).toBe(text.trimEnd().split('\n').length);
  });
});

describe('a trace', () => {
  const line = (i: number, guest = 'g') => `${i * 65} ${(i + 1) * 65} ${guest} 3 1:c0100000 hypercall: HALT`;

  test('may name a guest with blanks, and a cause without an outcome', () => {
    const [{ machine, crossings }] = readTraceLines('0 65 my own 2.6 kernel 12 3:0804800a system call reflected', true);
    expect(machine).toBe('my own 2.6 kernel');
    expect(crossings[0]).toMatchObject({ instructionsInGuest: 12, ring: 3, eip: 0x0804800a, outcome: '' });
  });

  test('that was cut at both ends is read in between', () => {
    const text = `5 hypercall: HALT\n${line(3)}\n${line(4)}\n${line(5).slice(0, 20)}`;
    expect(readTraceLines(text, false)[0].crossings.map(({ enteredAt }) => enteredAt)).toEqual([3 * 65, 4 * 65]);
  });

  test('keeps its last crossings if there are too many', () => {
    const text = Array.from({ length: MOST_CROSSINGS + 10 }, (_, i) => line(i)).join('\n');
    const [{ crossings }] = readTraceLines(text, true);
    expect(crossings).toHaveLength(MOST_CROSSINGS);
    expect(crossings[0].enteredAt).toBe(10 * 65);
  });

  test.each([
    ['nothing', ''],
    ['a line of something else in between', `${line(1)}\nhello\n${line(2)}`],
    ['lines out of order', `${line(2)}\n${line(1)}`],
    ['an address that is none', line(1).replace('c0100000', 'cx100000')],
    ['a clock of twenty digits', line(1).replace(/^\d+/, '12345678901234567890')],
    ['seventy guests', Array.from({ length: 70 }, (_, i) => line(i, `guest${i}`)).join('\n')],
    ['a hundred causes', Array.from({ length: 100 }, (_, i) => line(i).replace('hypercall', `cause${i}`)).join('\n')],
  ])('is refused: %s', (_, text) => {
    expect(() => readTraceLines(text, true)).toThrow(UnreadableRecording);
  });

  test('made to keep a pattern busy is refused all the same', () => {
    const text = `1 2 ${'1 '.repeat(150)}x\n`.repeat(2000);
    expect(() => readTraceLines(text, true)).toThrow(UnreadableRecording);
  });
});
