import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImageError } from '../../../../core/launcher/image-error.ts';
import { readStaticFacts } from '../../../../core/launcher/kernel-facts/static-facts.ts';
import { buildElf, thrownBy, withSymbols } from '../build-elf.ts';
import { buildBzImage } from './small-kernels.ts';

const BANNER = Buffer.from('\0Linux version 4.10.0 (us@here) #1\n\0');
const goodElf = () => buildElf([{ at: 0x100000, bytes: BANNER }], 0x100000);
const symbols = (...names: string[]) =>
  withSymbols(
    goodElf(),
    names.map((name) => ({ name, value: 0xc0100000 })),
  );

describe('the facts in a file', () => {
  test('of an ELF kernel are its banner and its width', () => {
    expect(readStaticFacts(goodElf())).toMatchObject({
      format: 'ELF',
      bits: { value: 32, origin: 'header' },
      version: { value: '4.10.0 (us@here) #1', origin: 'file' },
      payload: null,
      lguestSymbol: null,
    });
  });

  test('of a bzImage are its header', () => {
    const file = buildBzImage();
    expect(readStaticFacts(file)).toMatchObject({ format: 'bzImage', fileBytes: file.length, protocol: '2.12' });
  });

  test('tell by symbols whether Linux was built for lguest', () => {
    expect(readStaticFacts(symbols('start_kernel', 'lguest_init')).lguestSymbol).toBe(true);
    expect(readStaticFacts(symbols('start_kernel', 'lguest_entry')).lguestSymbol).toBe(false);
    expect(readStaticFacts(symbols('main')).lguestSymbol).toBeNull();
  });

  test('of a 64-bit vmlinux are known though nothing of it can be loaded', () => {
    const file = buildElf([{ at: 0x100000, bytes: BANNER }], 0x100000, { class: 2, machine: 62 });
    expect(readStaticFacts(file)).toMatchObject({
      bits: { value: 64, origin: 'header' },
      version: { value: '4.10.0 (us@here) #1' },
      image: null,
    });
  });

  test.each([
    ['a 64-bit program of another processor', { class: 2, machine: 183 }],
    ['a 64-bit shared object', { class: 2, machine: 62, type: 3 }],
    ['a big-endian one', { class: 2, machine: 62, encoding: 2 }],
  ])('of %s are refused', (_, header) => {
    expect(thrownBy(() => readStaticFacts(buildElf([], 0, header)))).toBeInstanceOf(ImageError);
  });

  test('cut off anywhere, or hurt anywhere, are read or refused, and nothing else happens', () => {
    const changes = fc.array(fc.tuple(fc.nat(0x270), fc.nat(255)), { maxLength: 12 });
    const whole = fc.constantFrom(goodElf(), symbols('start_kernel'), buildBzImage());
    const property = fc.property(whole, changes, fc.nat(0x3000), (file, list, cut) => {
      const hurt = file.slice();
      for (const [at, byte] of list) hurt[at % file.length] = byte;
      for (const bytes of [hurt, hurt.subarray(0, cut)]) {
        const error = thrownBy(() => readStaticFacts(bytes));
        if (error !== null) expect(error).toBeInstanceOf(ImageError);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
