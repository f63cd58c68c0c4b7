/** The committed images of the bare workloads are what their sources say, where the compiler that made them is at hand. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bareImageDifference, bareImages } from '../../scripts/bare-images.ts';
import { toolchain, toolchainFile } from '../../scripts/guest-images.ts';
import { available } from '../extras.ts';

const sameCompiler = available('compiler') && toolchain() === readFileSync(toolchainFile, 'utf8');

describe.skipIf(!sameCompiler)('rebuilding', () => {
  test.each(bareImages)('%s gives the same bytes', (name) => {
    expect(bareImageDifference(name)).toBeNull();
  });
});
