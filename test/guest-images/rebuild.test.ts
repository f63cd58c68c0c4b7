/** The committed images are what their sources say, where the compiler that made them is at hand. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSymbols } from '../../core/launcher/elf-symbols.ts';
import { guestRecipes, imageDifference, imagePath, toolchain, toolchainFile } from '../../scripts/guest-images.ts';
import { available } from '../extras.ts';

const sameCompiler = available('compiler') && toolchain() === readFileSync(toolchainFile, 'utf8');

describe.skipIf(!sameCompiler)('rebuilding', () => {
  test.each(guestRecipes)(
    '$name gives the same bytes',
    (recipe) => {
      expect(imageDifference(recipe)).toBeNull();
    },
    180_000,
  ); // puppy is a hundred runs of the compiler
});

describe.each(guestRecipes)('the image of $name', ({ name }) => {
  const image = readFileSync(imagePath(name));

  test('keeps its symbols, for whoever disassembles it', () => {
    expect(readSymbols(image).map((symbol) => symbol.name)).toContain('lguest_data');
  });

  test('is small', () => {
    expect(image.length).toBeLessThan((name === 'puppy' ? 1024 : 64) * 1024);
  });
});
