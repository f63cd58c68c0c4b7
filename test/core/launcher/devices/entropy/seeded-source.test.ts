import { describe, expect, test } from 'vitest';
import { seededSource } from '../../../../../core/launcher/devices/entropy/seeded-source.ts';

/** xoshiro128** as published, in arithmetic that cannot be wrong in the same way: BigInt. */
function* published(state: readonly number[]): Generator<number> {
  const s = state.map(BigInt);
  const cut = (value: bigint) => value & 0xffff_ffffn;
  const rotate = (value: bigint, bits: bigint) => cut((value << bits) | (value >> (32n - bits)));
  for (;;) {
    yield Number(cut(rotate(cut(s[1] * 5n), 7n) * 9n));
    const t = cut(s[1] << 9n);
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

/** splitmix32 likewise. */
function startOf(seed: number): number[] {
  let counter = BigInt(seed);
  const cut = (value: bigint) => value & 0xffff_ffffn;
  return Array.from({ length: 4 }, () => {
    counter = cut(counter + 0x9e37_79b9n);
    let z = counter;
    z = cut((z ^ (z >> 16n)) * 0x21f0_aaadn);
    z = cut((z ^ (z >> 15n)) * 0x735a_2d97n);
    return Number(z ^ (z >> 15n));
  });
}

describe('a seeded source', () => {
  test.each([0, 1, 42, 0xffff_ffff])('of seed %i gives the published sequence', (seed) => {
    const words = published(startOf(seed));
    const expected = Array.from({ length: 1000 }, () => words.next().value as number);
    const bytes = seededSource(seed)(4000);
    const view = new DataView(bytes.buffer);
    expect(Array.from({ length: 1000 }, (_, index) => view.getUint32(index * 4, true))).toEqual(expected);
  });

  test('does not care how it is cut', () => {
    const whole = seededSource('same')(100);
    const cut = seededSource('same');
    expect(Buffer.concat([1, 3, 0, 7, 89].map(cut))).toEqual(Buffer.from(whole));
  });

  test('differs with the seed, number or text', () => {
    const all = [0, 1, -1, 'a', 'b', '', 'a long name of a machine'].map((seed) =>
      Buffer.from(seededSource(seed)(16)).toString('hex'),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  test('uses every value about as often', () => {
    const counts = new Array(256).fill(0);
    for (const byte of seededSource('counted')(256_000)) counts[byte]++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
