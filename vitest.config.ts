import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'threads',
    maxWorkers: 2,
    // The second one has the last word: a plain line with the count.
    reporters: ['default', './scripts/closing-line.ts'],
  },
});
