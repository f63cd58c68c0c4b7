import { describe, expect, test } from 'vitest';
import { counterList } from '../../../core/protocol/counting.ts';
import { clock, grouped, percent, short, UNKNOWN } from '../../../renderer/machine/amounts.ts';
import { chartKinds } from '../../../renderer/machine/charts.ts';
import { samplesAsCsv, samplesAsJson } from '../../../renderer/machine/export-samples.ts';
import { SampleHistory } from '../../../renderer/machine/sample-history.ts';
import { totalRows, wordsOf } from '../../../renderer/machine/totals.ts';
import { sampleAt } from './samples.ts';

function twoSamples(): SampleHistory {
  const history = new SampleHistory();
  const roundTrips = { hypercall: 60, 'user page fault reflected': 40 };
  history.append(sampleAt(1000, { counters: { roundTrips: 100 }, roundTrips }), 1);
  const later = { hypercall: 61, 'user page fault reflected': 89 };
  history.append(sampleAt(2000, { counters: { roundTrips: 150 }, roundTrips: later, fastPath: true, idleMs: 12.5 }), 2);
  return history;
}

describe('the table', () => {
  test('has a row for every counter of the one list, with its sentence', () => {
    const rows = totalRows(twoSamples(), null);
    expect(rows.map(({ label, meaning }) => [label, meaning])).toEqual(
      counterList.map(({ name, meaning }) => [name, meaning]),
    );
  });

  test('says totals, rates, and what they are made of, the largest part first', () => {
    const row = totalRows(twoSamples(), null).find(({ label }) => label === 'roundTrips')!;
    expect(row).toMatchObject({ total: 150, perSecond: 50 });
    expect(row.parts.map(({ label, total, perSecond }) => [label, total, perSecond])).toEqual([
      ['user page fault reflected', 89, 49],
      ['hypercall', 61, 1],
    ]);
  });

  test('counts from a person’s own zero, parts included, and leaves rates alone', () => {
    const history = twoSamples();
    const zero = sampleAt(1000, { counters: { roundTrips: 100 }, roundTrips: { hypercall: 60 } });
    const row = totalRows(history, zero).find(({ label }) => label === 'roundTrips')!;
    expect(row).toMatchObject({ total: 50, perSecond: 50 });
    expect(row.parts.find(({ label }) => label === 'hypercall')!.total).toBe(1);
  });

  test('is all zero, and without rates, before the first sample', () => {
    for (const row of totalRows(new SampleHistory(), null)) expect(row).toMatchObject({ total: 0, perSecond: null });
  });

  test('spells names out', () => {
    expect(wordsOf('userPageFaults')).toBe('User page faults');
  });
});

describe('charts', () => {
  test('draw only what is counted, and nothing twice in one chart', () => {
    const counted = new Set<string>([...counterList.map(({ name }) => name), 'idleMs']);
    const history = twoSamples();
    for (const kind of chartKinds) {
      const columns = kind.lines(history).flatMap((line) => line.columns);
      expect(new Set(columns).size).toBe(columns.length);
      for (const column of columns) expect(counted.has(column) || column.includes(': ')).toBe(true);
    }
  });

  test('give the six busiest hypercalls a line and colour each, and the rest one line', () => {
    const history = new SampleHistory();
    const hypercalls = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`CALL${n}`, (n * 7) % 20]));
    history.append(sampleAt(100, { hypercalls }), 1);
    const lines = chartKinds.find(({ name }) => name === 'hypercalls')!.lines(history);
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toMatchObject({ label: 'other' });
    expect(lines.at(-1)!.columns).toHaveLength(14);
    expect(new Set(lines.map(({ paint }) => JSON.stringify(paint))).size).toBe(7);
    expect(Math.max(...lines[0].columns.map((column) => history.total(column)))).toBe(19);
  });

  test('keep a cause nobody listed in sight', () => {
    const history = new SampleHistory();
    history.append(sampleAt(100, { roundTrips: { hypercall: 1, 'a cause of tomorrow': 2 } }), 1);
    const lines = chartKinds[0].lines(history);
    expect(lines.map(({ label }) => label)).toEqual(['hypercall', 'other']);
    expect(lines[1].columns).toEqual(['roundTrips: a cause of tomorrow']);
  });
});

describe('what is taken away', () => {
  const around = {
    machine: 'One',
    clockOriginMs: Date.UTC(2026, 0, 1),
    exportedAtMs: Date.UTC(2026, 0, 2),
    zero: null,
  };

  test('as CSV: a line for every sample, as wide as its head', () => {
    const lines = samplesAsCsv(twoSamples(), around).trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    const head = lines[0].split(',');
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([head.length]));
    const last = lines[2].split(',');
    const value = (name: string) => last[head.indexOf(name)];
    expect(last[0]).toBe('2026-01-01T00:00:02.000Z');
    expect([value('roundTrips'), value('idleMs'), value('fastPath'), value('roundTrips: hypercall')]).toEqual([
      '150',
      '12.500',
      '1',
      '61',
    ]);
  });

  test('quotes names that would break a line', () => {
    const history = new SampleHistory();
    history.append(sampleAt(1, { hypercalls: { 'odd, "name"': 1 } }), 1);
    expect(samplesAsCsv(history, around).split('\r\n')[0]).toContain('"hypercalls: odd, ""name"""');
  });

  test('as JSON: with units, sentences and flips', () => {
    const read = JSON.parse(samplesAsJson(twoSamples(), around));
    expect(read).toMatchObject({ format: 'astride counters', version: 1, machine: 'One' });
    expect(read.counters).toEqual(JSON.parse(JSON.stringify(counterList)));
    expect(read.fastPathFlips).toEqual([{ at: '2026-01-01T00:00:02.000Z', on: true }]);
    expect(read.samples[1][read.columns.indexOf('roundTrips')]).toBe(150);
  });
});

test.each([
  [0, '0'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [999, '999'],
  [999.96, '1.00 k'],
  [1234, '1.23 k'],
  [12_345_678, '12.3 M'],
  [2.5e9, '2.50 G'],
  [null, UNKNOWN],
])('%s is written %s', (value, written) => {
  expect(short(value)).toBe(written);
});

test('other amounts', () => {
  expect([grouped(12_345_678), percent(0.256), percent(null), clock(83.4), clock(3725)]).toEqual([
    '12,345,678',
    '26 %',
    UNKNOWN,
    '1:23',
    '1:02:05',
  ]);
});
