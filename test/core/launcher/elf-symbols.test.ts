import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestSymbol, readSymbols } from '../../../core/launcher/elf-symbols.ts';
import { buildElf, withSymbols } from './build-elf.ts';

const plain = buildElf([{ at: 0x1000, bytes: Uint8Array.from([0xf4]) }], 0x1000);
const named = withSymbols(plain, [
  { name: 'later', value: 0x2000, size: 16 },
  { name: 'start', value: 0x1000 },
  { name: 'CONSTANT', value: 42, section: 0xfff1 },
  { name: 'elsewhere', value: 0, section: 0 },
  { name: 'file.c', value: 0, kind: 4 },
]);

describe('the symbol table', () => {
  test('lists places by address, and leaves out constants, files and promises', () => {
    expect(readSymbols(named)).toEqual([
      { name: 'start', address: 0x1000, size: 0 },
      { name: 'later', address: 0x2000, size: 16 },
    ]);
  });

  test('of a stripped file is empty', () => expect(readSymbols(plain)).toEqual([]));

  test('of a file that is no ELF file is empty', () => expect(readSymbols(Uint8Array.from([1, 2, 3]))).toEqual([]));

  test('of a damaged file never throws', () => {
    const changes = fc.array(fc.tuple(fc.nat(named.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    const property = fc.property(changes, fc.nat(named.length), (list, cut) => {
      const hurt = named.slice();
      for (const [at, byte] of list) hurt[at] = byte;
      expect(readSymbols(hurt).length).toBeLessThanOrEqual(named.length / 16);
      readSymbols(hurt.subarray(0, cut));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('the nearest symbol', () => {
  const symbols = readSymbols(named);
  test.each([
    [0xfff, undefined],
    [0x1000, 'start'],
    [0x1fff, 'start'],
    [0x2000, 'later'],
    [0xffffffff, 'later'],
  ])('to %i is %s', (address, name) => expect(nearestSymbol(symbols, address)?.name).toBe(name));
});
