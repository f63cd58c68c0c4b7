/** The faulting guest: the same line with the fast path off and on, one round trip less per fault, and frames as announced. */

import { describe, expect, test } from 'vitest';
import { type Booted, boot, bootBothWays, poweredOff } from './boot-sample.ts';

/** Faults the guest's kernel gets to see, per page. */
const patterns = { touch: 1, random: 1, stride: 1, cow: 2, fork: 3, protect: 2, shadow: 0, chase: 1 };

function resultOf({ output }: Booted) {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const found = /^faults: pattern=(\w+) pages=(\d+) faults=(\d+) checksum=([0-9a-f]{8}) (\w+)$/.exec(line);
  if (found === null) throw new Error(`no result in ${JSON.stringify(output)}`);
  return {
    pattern: found[1],
    pages: Number(found[2]),
    faults: Number(found[3]),
    checksum: found[4],
    verdict: found[5],
  };
}

describe.each(Object.entries(patterns))('pattern=%s', (pattern, faultsPerPage) => {
  test('prints the same off and on, and its kernel handled every fault', () => {
    const { off, on } = bootBothWays('faults', `pattern=${pattern} pages=300 frames=100`);
    expect(resultOf(off)).toMatchObject({ pattern, pages: 300, faults: 300 * faultsPerPage, verdict: 'ok' });
    expect(on.output).toBe(off.output);
    expect([off.state, on.state]).toEqual([poweredOff, poweredOff]);
    expect(off.counters.userPageFaults).toBeGreaterThanOrEqual(300 * faultsPerPage);
    expect(on.counters.userPageFaults).toBe(off.counters.userPageFaults);
  });

  test.each(['gate=int', 'gate=trap', 'clock=20', 'clock=35 gate=trap'])(
    'finds every frame as announced, %s',
    (how) => {
      const { off, on } = bootBothWays('faults', `pattern=${pattern} pages=120 rounds=2 verify=1 ${how}`);
      expect(resultOf(off)).toMatchObject({ faults: 240 * faultsPerPage, verdict: 'ok' });
      expect(on.output).toBe(off.output);
    },
  );
});

describe('a first touch', () => {
  test('takes two round trips off and one on', () => {
    const { off, on } = bootBothWays('faults', 'pattern=touch pages=2000');
    expect(off.counters.reflectedByHost).toBe(off.counters.userPageFaults);
    expect(on.counters.reflectedBySwitcher).toBe(on.counters.userPageFaults);
    expect(off.counters.userFaultCrossings / off.counters.userPageFaults).toBeCloseTo(2, 1);
    expect(on.counters.userFaultCrossings / on.counters.userPageFaults).toBeCloseTo(1, 1);
  });
});

describe('the checksum', () => {
  const sum = (append: string) => resultOf(boot('faults', append, { fastPath: true })).checksum;

  test('depends on the seed, the order and the rounds', () => {
    const all = ['seed=1', 'seed=2', 'pattern=random', 'pattern=stride', 'rounds=2'].map((o) => sum(`pages=50 ${o}`));
    expect(new Set(all).size).toBe(all.length);
  });

  test('does not depend on how many frames go round', () => {
    expect(sum('pages=200 frames=70')).toBe(sum('pages=200'));
  });
});

test('fifty thousand pages go through a guest of sixteen mebibytes', () => {
  const run = boot('faults', 'pattern=random pages=50000', { fastPath: true, memoryMiB: 16 });
  expect(resultOf(run)).toMatchObject({ pages: 50_000, faults: 50_000, verdict: 'ok' });
}, 120_000);

describe('what does not fit is said', () => {
  test.each([
    ['pattern=fork pages=600000', /pages=600000 needs 1176 page tables, but only \d+ pages of memory are free/, 4],
    ['pages=0', /pages= wants 1 to 655360/, 16],
    ['pages=many', /pages= wants a number/, 16],
    ['pattern=zigzag', /no such pattern; there are touch random/, 16],
  ])('%s', (append, sentence, memoryMiB) => {
    const { output, state } = boot('faults', append, { fastPath: false, memoryMiB });
    expect(output).toMatch(sentence);
    expect(state).toMatchObject({ is: 'ended', end: 'killed' });
  });

  test('one page is enough for every pattern', () => {
    for (const pattern of Object.keys(patterns)) {
      expect(resultOf(boot('faults', `pattern=${pattern} pages=1`, { fastPath: true })).verdict).toBe('ok');
    }
  });
});
