/** Numbers, registers and causes as they are written. */

import { describe, expect, test } from 'vitest';
import { registerLines, walkVerdict } from '../../../renderer/crossings/changed-registers.ts';
import { axisLabel, brief, countOf, hex8, ringName } from '../../../renderer/crossings/number-text.ts';
import { causeColourOf, causeColours, paintOf } from '../../../renderer/look/cause-colours.ts';
import { someCrossings, someDetail } from './some-crossings.ts';

describe('numbers', () => {
  test('of registers have eight digits, whatever their sign', () => {
    expect([hex8(0), hex8(-1), hex8(0xc0100000)]).toEqual(['00000000', 'ffffffff', 'c0100000']);
  });

  test('are cut short to be compared', () => {
    expect([0, 999, 1000, 1250, 49_970_000, 3e9].map(brief)).toEqual(['0', '999', '1 k', '1.25 k', '50 M', '3 G']);
  });

  test('on an axis are as long as they must be', () => {
    expect(axisLabel(119_500_000, 500_000)).toBe('119,500 k');
    expect(axisLabel(166_100_000_000, 1e8)).toBe('166,100 M');
    expect(axisLabel(1234, 1)).toBe('1,234');
  });

  test('have their plural', () => {
    expect([countOf(1, 'crossing'), countOf(2000, 'crossing')]).toEqual(['1 crossing', '2,000 crossings']);
  });

  test('of rings have names', () => {
    expect([ringName(1), ringName(3), ringName(2)]).toEqual(['guest kernel', 'program', 'ring 2']);
  });
});

describe('a register window', () => {
  const [one, other] = someCrossings(2).map(someDetail);

  test('marks what changed since the crossing before', () => {
    expect(registerLines(other, one)).toEqual([
      { name: 'eax', value: 1, before: 0, changed: true },
      { name: 'ebx', value: 7, before: 7, changed: false },
    ]);
  });

  test('marks nothing if nothing is known of it', () => {
    expect(registerLines(other, null).map(({ changed }) => changed)).toEqual([false, false]);
  });

  test('takes a number for the same with and without its sign', () => {
    const negative = { ...one, registers: [{ name: 'eax', value: -1 }] };
    const positive = { ...one, registers: [{ name: 'eax', value: 0xffffffff }] };
    expect(registerLines(negative, positive)[0]).toMatchObject({ changed: false, value: 0xffffffff });
  });
});

describe('causes', () => {
  const known = ['hypercall', 'page fault filled', 'user page fault reflected', 'kernel page fault reflected'];
  const others = ['system call reflected', 'trap reflected', 'privileged instruction', 'device access', 'NMI'];

  test.each([...known, ...others, 'fault in the switch', 'host interrupt', 'shut down'])(
    '%s has its colour',
    (cause) => {
      expect(causeColourOf(cause).cause).toBe(cause);
    },
  );

  test('have colours of their own, in light and in dark', () => {
    for (const theme of ['light', 'dark'] as const) {
      const paints = causeColours.map((one) => one[theme]);
      expect(new Set(paints).size).toBe(paints.length);
      expect(paints.every((paint) => /^#[0-9a-f]{6}$/.test(paint))).toBe(true);
    }
  });

  test('nobody knows are grey', () => {
    expect(paintOf('constructor', 'light')).toBe(paintOf('whatever', 'light'));
    expect(causeColours.map(({ light }) => light)).not.toContain(paintOf('whatever', 'light'));
  });

  test('of page faults have a verdict on the walk, others none', () => {
    expect(walkVerdict('page fault filled')).toContain('the host filled');
    expect(walkVerdict('hypercall')).toBe('');
  });
});
