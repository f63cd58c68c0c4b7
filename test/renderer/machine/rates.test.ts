import { describe, expect, test } from 'vitest';
import {
  idleShareAt,
  pointsOf,
  rateOver,
  ratesAt,
  roundTripsPerUserFault,
  type Span,
} from '../../../renderer/machine/rates.ts';
import { SampleHistory } from '../../../renderer/machine/sample-history.ts';
import { sampleAt } from './samples.ts';

const everySample: Span = { label: '', seconds: 60, bucketSeconds: 0 };

/** Ten samples a second, each with this many round trips more than the one before. */
function steady(samples: number, perSample: number, history = new SampleHistory(), from = 0): SampleHistory {
  for (let n = 0; n < samples; n++) {
    const counters = { roundTrips: n * perSample, userPageFaults: n * 10, userFaultCrossings: n * 20 };
    history.append(sampleAt(n * 100, { counters, idleMs: 25 }), from + n / 10);
  }
  return history;
}

describe('points of a chart', () => {
  test('the first sample says no rate, every other one the growth since the one before', () => {
    const history = steady(4, 5);
    const points = pointsOf(history, everySample, history.lastSeconds);
    expect(points.seconds).toHaveLength(3);
    for (const rate of ratesAt(history, 'roundTrips', points)) expect(rate).toBeCloseTo(50, 6);
  });

  test('one sample makes no point, and none makes none', () => {
    expect(pointsOf(new SampleHistory(), everySample, 5).seconds).toHaveLength(0);
    expect(pointsOf(steady(1, 5), everySample, 5).seconds).toHaveLength(0);
  });

  test('a new run makes no negative rate and no line to the old one', () => {
    const history = steady(3, 1000);
    steady(3, 10, history, 0.3);
    const points = pointsOf(history, everySample, history.lastSeconds);
    const rates = [...ratesAt(history, 'roundTrips', points)].map(Math.round);
    expect(rates).toEqual([10_000, 10_000, 100, 100]);
    expect(points.gaps).toEqual([[points.seconds[1], points.seconds[2]]]);
  });

  test('wider spans put a whole bucket into each point and lose nothing', () => {
    const history = steady(200, 5);
    const points = pointsOf(history, { label: '', seconds: 15, bucketSeconds: 1 }, history.lastSeconds);
    expect(points.seconds.length).toBeGreaterThanOrEqual(15);
    expect(points.seconds.length).toBeLessThanOrEqual(17);
    const rates = ratesAt(history, 'roundTrips', points);
    expect(rates.every((rate) => Math.abs(rate - 50) < 1e-6)).toBe(true);
  });

  test('a chart that is paused stays at its newest point', () => {
    const history = steady(50, 5);
    const before = pointsOf(history, everySample, 2).seconds;
    expect(before.at(-1)).toBeCloseTo(2, 6);
  });

  test('what was never counted is zero', () => {
    const history = steady(3, 1);
    expect([...ratesAt(history, 'hypercalls: NEVER', pointsOf(history, everySample, 1))]).toEqual([0, 0]);
  });

  test('idle time is a share of the wall’s time, never more than all of it', () => {
    const history = steady(3, 1);
    const shares = idleShareAt(history, pointsOf(history, everySample, history.lastSeconds));
    for (const share of shares) expect(share).toBeCloseTo(0.25, 6);
    history.append(
      sampleAt(300, { counters: { userPageFaults: 30, userFaultCrossings: 60, roundTrips: 3 }, idleMs: 5000 }),
      0.3,
    );
    expect(idleShareAt(history, pointsOf(history, everySample, history.lastSeconds)).at(-1)).toBe(1);
  });
});

describe('rates over the last seconds', () => {
  test('nobody can say from one sample', () => {
    expect(rateOver(steady(1, 5), 'roundTrips', 2)).toBeNull();
    expect(rateOver(new SampleHistory(), 'roundTrips', 2)).toBeNull();
  });

  test('only the last seconds count, and never across the beginning of a run', () => {
    const history = steady(100, 5);
    expect(rateOver(history, 'roundTrips', 2)).toBeCloseTo(50, 6);
    steady(5, 7, history, 10);
    expect(rateOver(history, 'roundTrips', 2)).toBeCloseTo(70, 6);
  });

  test('round trips per user fault, or nothing if there was no fault', () => {
    expect(roundTripsPerUserFault(steady(100, 5), 5)).toBeCloseTo(2, 9);
    const quiet = new SampleHistory();
    quiet.append(sampleAt(0), 0);
    quiet.append(sampleAt(100), 0.1);
    expect(roundTripsPerUserFault(quiet, 5)).toBeNull();
  });
});
