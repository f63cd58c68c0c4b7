/**
 * Builds the bare workloads into the images beside their sources, or with --check compares.  The compiler is the sample
 * guests', so toolchain.txt speaks for these images too.
 */

import { writeFileSync } from 'node:fs';
import { bareImageDifference, bareImagePath, bareImages, buildBareImage } from './bare-images.ts';
import { runBuilder } from './build-images.ts';

runBuilder({
  what: 'the bare workloads',
  differences: () => bareImages.map(bareImageDifference).filter((sentence) => sentence !== null),
  build() {
    for (const name of bareImages) {
      const image = buildBareImage(name);
      writeFileSync(bareImagePath(name), image);
      console.log(`guest-images/bare/${name}.elf: ${image.length} bytes.`);
    }
  },
});
