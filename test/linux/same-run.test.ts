/** The same kernel with the same budget is the same run, to the last counter: the wall clock has no say in it. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { available } from '../extras.ts';
import { shelf } from './kernel-shelf.ts';
import { LinuxSession, prepareSessions } from './linux-session.ts';

const TEST_LIMIT_MS = 900_000;
/** Past the decompressor and into drivers and programs, for a small kernel; past the decompressor for any. */
const BUDGET_INSTRUCTIONS = 150_000_000;

let folder: string;

describe.skipIf(!available('kernels'))('two boots with the same budget', { timeout: TEST_LIMIT_MS }, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'astride-same-run-'));
    await prepareSessions();
  }, TEST_LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  const kernels = shelf(process.env.ASTRIDE_KERNELS).filter(({ initrd, twin }) => initrd !== null && !twin);
  test.for(kernels)('of $name end in the same counters', async (kernel) => {
    const runOnce = async (name: string) => {
      const counters = join(folder, `${name}.json`);
      const options = ['--budget', String(BUDGET_INSTRUCTIONS), '--counters', counters];
      const session = new LinuxSession(kernel, { options });
      session.closeInput();
      const { output } = await session.end();
      const { wallSeconds, ...others } = JSON.parse(readFileSync(counters, 'utf8'));
      expect(wallSeconds).toBeGreaterThan(0);
      return { output, others };
    };
    const one = await runOnce('one');
    const two = await runOnce('two');
    expect(one.others.guestInstructions).toBeGreaterThan(BUDGET_INSTRUCTIONS / 2);
    expect(one).toEqual(two);
  });
});
