/** Builds the sample guests into the images beside their sources, or with --check compares. */

import { writeFileSync } from 'node:fs';
import { runBuilder } from './build-images.ts';
import { buildGuest, guestRecipes, imageDifference, imagePath, toolchain, toolchainFile } from './guest-images.ts';

runBuilder({
  what: 'the sample guests',
  differences: () => guestRecipes.map(imageDifference).filter((sentence) => sentence !== null),
  build() {
    for (const recipe of guestRecipes) {
      const image = buildGuest(recipe);
      writeFileSync(imagePath(recipe.name), image);
      console.log(`guest-images/${recipe.name}: ${image.length} bytes.`);
    }
    writeFileSync(toolchainFile, toolchain());
  },
});
