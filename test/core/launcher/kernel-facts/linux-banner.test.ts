import { describe, expect, test } from 'vitest';
import {
  findBanner,
  findBannerInMemory,
  isAtLeast,
  parseRelease,
} from '../../../../core/launcher/kernel-facts/linux-banner.ts';
import { FakeMemory } from '../fake-guest.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('the Linux banner', () => {
  test('is found among other bytes, up to the end of its line', () => {
    expect(findBanner(bytes('LLinux\0Linux version 3.11.0 (a@b) #1 Sun\n\0rest'))).toBe('3.11.0 (a@b) #1 Sun');
  });

  test.each([
    ['nothing', ''],
    ['its beginning only', 'Linux vers'],
    ['no release', 'Linux version %s (%s)\0'],
    ['an end right behind it', 'Linux version '],
    ['control characters', 'Linux version 3.1\x07\0'],
  ])('is not found in %s', (_, text) => {
    expect(findBanner(bytes(text))).toBeNull();
  });

  test('is not missed behind something that only looks like it', () => {
    expect(findBanner(bytes('Linux version %s\0Linux version 4.10.0 x\0'))).toBe('4.10.0 x');
  });

  test('is not looked for without end among words that only look like it', () => {
    const many = 'Linux version %s\0'.repeat(101);
    expect(findBanner(bytes(`${many}Linux version 3.11.0 x`))).toBeNull();
  });

  test('is found in memory across the seam of two pieces', () => {
    const memory = new FakeMemory(3 * 1024 * 1024);
    memory.writeBytes(1024 * 1024 - 7, bytes('Linux version 2.6.24.6 #2'));
    expect(findBannerInMemory(memory)).toBe('2.6.24.6 #2');
    expect(findBannerInMemory(new FakeMemory(5000))).toBeNull();
  });
});

describe('a release', () => {
  test('is read from the front of a version', () => {
    expect(parseRelease('6.1.0-50-686 (debian)')).toEqual({ major: 6, minor: 1, patch: 0 });
    expect(parseRelease('4.14-rc1')).toEqual({ major: 4, minor: 14, patch: 0 });
    expect(parseRelease('next')).toBeNull();
  });

  test.each([
    ['4.14', true],
    ['4.13.16', false],
    ['4.9', false],
    ['5.0', true],
    ['3.99', false],
  ])('%s has reached 4.14: %s', (version, reached) => {
    expect(isAtLeast(parseRelease(version)!, 4, 14)).toBe(reached);
  });

  test('of 2.6 is told apart by its third number', () => {
    expect(isAtLeast(parseRelease('2.6.23.1')!, 2, 6, 24)).toBe(false);
    expect(isAtLeast(parseRelease('2.6.24')!, 2, 6, 24)).toBe(true);
  });
});
