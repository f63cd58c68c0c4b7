/** Instructions around a place: in step with it, at a symbol if there is one, and no further than the bytes go. */

import { describe, expect, test } from 'vitest';
import { codeAround } from '../../../main/machines/code-around.ts';

const nowhere = () => null;
const none = () => false;
const around = (bytes: number[], at: number, from = 0x1000, isSymbol = none as (address: number) => boolean) =>
  codeAround({ at, from, bytes: Uint8Array.from(bytes) }, nowhere, isSymbol).map(
    ({ address, text }) => `${address.toString(16)} ${text}`,
  );

// mov eax, 0x44332211; inc eax; push ebp; mov ebp, esp; nop
const straight = [0xb8, 0x11, 0x22, 0x33, 0x44, 0x40, 0x55, 0x89, 0xe5, 0x90];

describe('before the place', () => {
  test('reading begins where it arrives at it', () => {
    expect(around(straight, 0x1006)).toEqual([
      '1000 mov eax, 0x44332211',
      '1005 inc eax',
      '1006 push ebp',
      '1007 mov ebp, esp',
      '1009 nop',
    ]);
  });

  test('a beginning that would step over it is not one', () => {
    // The first byte alone would be a mov of five bytes, over the place.
    expect(around([0xb8, 0x90, 0x40, 0x55], 0x1002)).toEqual(['1001 nop', '1002 inc eax', '1003 push ebp']);
  });

  test('a symbol is a better beginning than an earlier byte', () => {
    const bytes = [0xb8, 0x11, 0x90, 0x90, 0x90, 0x40];
    expect(around(bytes, 0x1005)[0]).toBe('1000 mov eax, 0x90909011');
    expect(around(bytes, 0x1005, 0x1000, (address) => address === 0x1003)[0]).toBe('1003 nop');
  });
});

describe('behind the place', () => {
  test('an instruction that is not whole is not shown', () => {
    expect(around([0x90, 0xb8, 0x11], 0x1000)).toEqual(['1000 nop']);
  });

  test('bytes that are no instruction are shown as such', () => {
    expect(around([0x0f, 0x04, 0x90], 0x1000)).toEqual(['1000 .byte 0x0f', '1001 add al, 0x90']);
  });

  test('there is nothing where nothing could be read', () => {
    expect(around([], 0x1000)).toEqual([]);
  });
});
