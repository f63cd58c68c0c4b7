import { describe, expect, test } from 'vitest';
import { closedShare, shareFrom, stepShare } from '../../../renderer/machine/split-share.ts';

describe('where the bar stands', () => {
  test.each([
    [-0.3, 0],
    [0.03, 0],
    [0.1, 0.12],
    [0.5, 0.5],
    [0.91, 0.88],
    [0.99, 1],
  ])('dragged to %s it stands at %s', (dragged, stands) => {
    expect(closedShare(dragged)).toBeCloseTo(stands, 9);
  });

  test.each([
    [null, 0.6],
    ['', 0.6],
    ['nonsense', 0.6],
    ['7', 0.6],
    ['0', 0],
    ['0.4', 0.4],
  ])('remembered as %j it stands at %s', (kept, stands) => {
    expect(shareFrom(kept, 0.6)).toBe(stands);
  });

  test('arrows move it, Home and End close a part, Enter brings the usual place back, other keys do nothing', () => {
    expect(stepShare('ArrowRight', 0.5, 0.6, 'beside')).toBeCloseTo(0.52, 9);
    expect(stepShare('ArrowUp', 0.5, 0.6, 'below')).toBeCloseTo(0.48, 9);
    expect(stepShare('ArrowUp', 0.5, 0.6, 'beside')).toBeNull();
    expect([stepShare('Home', 0.5, 0.6, 'beside'), stepShare('End', 0.5, 0.6, 'beside')]).toEqual([0, 1]);
    expect(stepShare('Enter', 0, 0.6, 'beside')).toBe(0.6);
    expect(stepShare('a', 0.5, 0.6, 'beside')).toBeNull();
  });

  test.each(['beside', 'below'] as const)(
    'walking with the arrows (%s) reaches both ends and comes back',
    (arrangement) => {
      const [less, more] = arrangement === 'beside' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
      let share = 0.5;
      for (let n = 0; n < 60; n++) share = stepShare(less, share, 0.5, arrangement)!;
      expect(share).toBe(0);
      for (let n = 0; n < 60; n++) share = stepShare(more, share, 0.5, arrangement)!;
      expect(share).toBe(1);
      expect(stepShare(less, share, 0.5, arrangement)).toBeLessThan(1);
    },
  );
});
