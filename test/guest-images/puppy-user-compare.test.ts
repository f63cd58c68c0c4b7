/** What `compare` says of puppy's measuring programs: the same output, and round trips per operation. */

import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../core/launcher/compare.ts';
import { run } from '../main/fake-io.ts';

async function compared(program: string) {
  const { code, out, err } = await run('compare', 'puppy', '--append', `run=${program}`, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  // Our own command wrote it a line above.
  const { perOperation, ...rest } = JSON.parse(out) as Comparison;
  if (perOperation === undefined) throw new Error(`${program} said nothing of operations`);
  return { perOperation, ...rest };
}

describe.each([
  ['lat_syscall', 200],
  ['lat_fork', 20],
  ['lat_exec', 10],
  ['lat_pipe', 50],
  ['lat_ctx', 80],
  ['lat_fault', 100],
  ['bw_mem', 2],
  ['cpu', 5],
])('compare puppy with run=%s,%i', (program, operations) => {
  test('prints the same twice, and counts per operation', async () => {
    const { identicalOutput, perOperation, off, on } = await compared(`${program},${operations}`);
    expect(identicalOutput).toBe(true);
    expect(perOperation).toMatchObject({ name: program, operations });
    expect(perOperation.roundTrips.off).toBe(off.roundTrips / operations);
    expect(perOperation.roundTrips.on).toBe(on.roundTrips / operations);
    expect(perOperation.roundTrips.on).toBeLessThan(perOperation.roundTrips.off);
    expect(perOperation.guestNs.on).toBeGreaterThan(0);
  }, 60_000);
});

describe('a fault more', () => {
  /** What 200 operations more take, each: booting is in both and cancels out. */
  async function roundTripsEach(program: string) {
    const [few, many] = [await compared(`${program},100`), await compared(`${program},300`)];
    const each = (side: 'off' | 'on') => (many[side].roundTrips - few[side].roundTrips) / 200;
    return { off: each('off'), on: each('on') };
  }

  test.each(['lat_fault,touch', 'lat_fault,cow', 'lat_fault,protect'])(
    '%s saves one round trip with the fast path',
    async (program) => {
      const { off, on } = await roundTripsEach(program);
      expect(off - on).toBeGreaterThan(0.9);
      expect(on).toBeGreaterThan(0);
    },
    60_000,
  );

  test('lat_syscall takes none at all', async () => {
    expect(await roundTripsEach('lat_syscall')).toEqual({ off: 0, on: 0 });
  }, 60_000);
});
