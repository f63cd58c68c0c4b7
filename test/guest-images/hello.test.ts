/** The shortest guest says its piece and leaves. */

import { describe, expect, test } from 'vitest';
import { readSamples } from '../../main/samples.ts';
import { boot, poweredOff } from './boot-sample.ts';

describe('hello', () => {
  test.each([false, true])('greets and powers off, fast path %s', (fastPath) => {
    const { output, state } = boot('hello', '', { fastPath });
    expect(output).toBe('Hello from ring 1.  It is quiet here.\n');
    expect(state).toEqual(poweredOff);
  });

  test('needs no more than four mebibytes', () => {
    expect(boot('hello', '', { fastPath: false, memoryMiB: 4 }).state).toEqual(poweredOff);
  });
});

test('every sample has a description in one line', () => {
  for (const { name, description, options } of readSamples()) {
    expect(`${name} ${description} ${options}`).toMatch(/^[\x20-\x7e]{20,}$/);
  }
});
