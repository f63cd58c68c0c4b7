/** The rule for optional extras must itself be trustworthy: a skip that should have been a failure is a lost test. */

import { afterEach, expect, test, vi } from 'vitest';
import { available, requiredExtras, whyMissing } from '../extras.ts';

afterEach(() => vi.unstubAllEnvs());

test('an extra that is here is available, and nothing keeps it away', () => {
  for (const name of ['compiler', 'native32', 'kernels'] as const) {
    if (whyMissing(name) === '') expect(available(name)).toBe(true);
    else if (!requiredExtras(process.env.ASTRIDE_REQUIRE).includes(name)) expect(available(name)).toBe(false);
  }
});

test('the list of required extras is split at commas, and an unknown name is refused', () => {
  expect(requiredExtras(undefined)).toEqual([]);
  expect(requiredExtras('compiler, native32')).toEqual(['compiler', 'native32']);
  expect(() => requiredExtras('complier')).toThrow('names "complier", which is not an extra');
});

test('an extra that is required and missing is a failure, not a skip', async () => {
  vi.stubEnv('ASTRIDE_KERNELS', '');
  vi.stubEnv('ASTRIDE_REQUIRE', 'kernels');
  vi.resetModules();
  const fresh = await import('../extras.ts');
  expect(() => fresh.available('kernels')).toThrow('asks for "kernels", and it is missing');
});
