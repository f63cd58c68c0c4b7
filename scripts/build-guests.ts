/**
 * Builds the sample guests into the images beside their sources.  With --check it writes nothing and says, a sentence
 * each, which image is not what its sources say.  Another compiler makes other bytes, so the check first asks whether
 * this is the one that made the images; where it is not, it says so and skips, unless ASTRIDE_REQUIRE asks for it.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { buildGuest, guestRecipes, imageDifference, imagePath, toolchain, toolchainFile } from './guest-images.ts';

/** Why the images cannot be compared here, as a sentence, or null. */
function whyIncomparable(): string | null {
  try {
    const [here, then] = [toolchain(), readFileSync(toolchainFile, 'utf8')];
    return here === then ? null : `The images were made by ${then.trim()}; here is ${here.trim()}.`;
  } catch (error) {
    return `${error instanceof Error ? error.message : error}.`;
  }
}

function check(): number {
  const why = whyIncomparable();
  if (why !== null) {
    const required = (process.env.ASTRIDE_REQUIRE ?? '').split(',').some((name) => name.trim() === 'compiler');
    console.error(`${required ? 'Cannot compare' : 'Skipping the comparison of'} the sample guests: ${why}`);
    return required ? 1 : 0;
  }
  const found = guestRecipes.map(imageDifference).filter((sentence) => sentence !== null);
  for (const sentence of found) console.error(sentence);
  return found.length === 0 ? 0 : 1;
}

function build(): number {
  for (const recipe of guestRecipes) {
    const image = buildGuest(recipe);
    writeFileSync(imagePath(recipe.name), image);
    console.log(`guest-images/${recipe.name}: ${image.length} bytes.`);
  }
  writeFileSync(toolchainFile, toolchain());
  return 0;
}

try {
  process.exitCode = process.argv.includes('--check') ? check() : build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
