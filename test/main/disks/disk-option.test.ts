import { describe, expect, test } from 'vitest';
import { readDiskOption } from '../../../main/disks/disk-option.ts';
import { UsageError } from '../../../main/usage-error.ts';

describe('--disk as it is typed', () => {
  test.each([
    ['disk.img', 'disk.img', 'writable'],
    ['disk.img,readonly', 'disk.img', 'readonly'],
    ['/a b/disk.img,overlay', '/a b/disk.img', 'overlay'],
    ['one,two', 'one,two', 'writable'],
    ['one,two,overlay', 'one,two', 'overlay'],
    ['disk,Readonly', 'disk,Readonly', 'writable'],
    ['readonly', 'readonly', 'writable'],
  ])('%s', (text, path, mode) => {
    expect(readDiskOption(text)).toEqual({ path, mode });
  });

  test.each(['', ',readonly', ',overlay'])('"%s" names no file', (text) => {
    expect(() => readDiskOption(text)).toThrow(UsageError);
  });

  test('a disk has one mode', () => {
    expect(() => readDiskOption('disk,readonly,overlay')).toThrow(/either readonly or an overlay/);
  });
});
