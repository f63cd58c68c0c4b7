import { describe, expect, test } from 'vitest';
import { beganAnew, SampleHistory, tallyColumn } from '../../../renderer/machine/sample-history.ts';
import { sampleAt } from './samples.ts';

const seconds = (history: SampleHistory) => Array.from({ length: history.length }, (_, at) => history.secondsAt(at));

describe('a history of samples', () => {
  test('sets distances by the machine’s clock, however unevenly its messages arrive', () => {
    const history = new SampleHistory();
    history.append(sampleAt(100), 50);
    history.append(sampleAt(200), 50.4);
    history.append(sampleAt(300), 50.41);
    expect(seconds(history).map((at) => at.toFixed(3))).toEqual(['50.000', '50.100', '50.200']);
    expect(history.breaks).toHaveLength(1);
  });

  test('begins a new stretch with a new run, and answers that it did', () => {
    const history = new SampleHistory();
    expect(history.append(sampleAt(100, { counters: { roundTrips: 5 } }), 1)).toBe(true);
    expect(history.append(sampleAt(200, { counters: { roundTrips: 9 } }), 1.1)).toBe(false);
    expect(history.append(sampleAt(50, { counters: { roundTrips: 2 } }), 1.2)).toBe(true);
    expect(history.lastStretch).toBe(2);
  });

  test('tells a new run by its counters when its clock has already passed the old one', () => {
    const before = sampleAt(100, { counters: { hypercalls: 7 } });
    expect(beganAnew(before, sampleAt(150, { counters: { hypercalls: 3 } }))).toBe(true);
    expect(beganAnew(before, sampleAt(150, { counters: { hypercalls: 7 } }))).toBe(false);
  });

  test('breaks where nobody was watching, and where the machine was paused', () => {
    const watched = new SampleHistory();
    watched.append(sampleAt(100), 10);
    watched.append(sampleAt(60_100), 70);
    expect(watched.breaks).toHaveLength(2);
    const paused = new SampleHistory();
    paused.append(sampleAt(100), 10);
    paused.append(sampleAt(200), 99);
    expect(paused.breaks).toHaveLength(2);
    expect(paused.lastSeconds).toBe(99);
  });

  test('marks where the fast path was flipped, and takes a new run’s setting as none', () => {
    const history = new SampleHistory();
    history.append(sampleAt(100, { fastPath: false }), 1);
    history.append(sampleAt(200, { fastPath: true }), 1.1);
    history.append(sampleAt(300, { fastPath: true }), 1.2);
    history.append(sampleAt(10, { fastPath: false }), 1.3);
    expect(history.flips).toEqual([{ seconds: history.secondsAt(1), on: true }]);
  });

  test('adds up idle time, anew for each run', () => {
    const history = new SampleHistory();
    history.append(sampleAt(100, { idleMs: 30 }), 1);
    history.append(sampleAt(200, { idleMs: 40 }), 1.1);
    expect(history.total('idleMs')).toBe(70);
    history.append(sampleAt(10, { idleMs: 5 }), 1.2);
    expect(history.total('idleMs')).toBe(5);
  });

  test('reads a tally that appears late as zero before', () => {
    const history = new SampleHistory();
    history.append(sampleAt(100), 1);
    history.append(sampleAt(200, { hypercalls: { HALT: 4 } }), 1.1);
    const column = tallyColumn('hypercalls', 'HALT');
    expect([history.total(column, 0), history.total(column, 1)]).toEqual([0, 4]);
  });

  test('keeps a bounded number, drops the oldest first, and nothing gets out of step', () => {
    const history = new SampleHistory(1000);
    for (let n = 1; n <= 5000; n++) {
      const tally: Record<string, number> = n === 4990 ? {} : { HALT: n };
      history.append(sampleAt(n * 100, { counters: { roundTrips: n }, hypercalls: tally, fastPath: n > 10 }), n / 10);
    }
    expect(history.length).toBeGreaterThanOrEqual(1000);
    expect(history.length).toBeLessThanOrEqual(2000);
    expect(history.column('roundTrips')!.length).toBe(2000);
    for (let at = 0; at < history.length; at++) {
      const n = 5000 - (history.length - 1 - at);
      expect(history.total('roundTrips', at)).toBe(n);
      expect(history.total(tallyColumn('hypercalls', 'HALT'), at)).toBe(n === 4990 ? 0 : n);
      expect(history.secondsAt(at)).toBeCloseTo(n / 10, 6);
    }
    expect(history.flips).toEqual([]);
  });
});
