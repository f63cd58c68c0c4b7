/**
 * Builds the bare workloads into the images beside their sources, or with --check compares, as build-guests does.  Both
 * are made by the same compiler, so toolchain.txt speaks for these images too.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { bareImageDifference, bareImagePath, bareImages, buildBareImage } from './bare-images.ts';
import { toolchain, toolchainFile } from './guest-images.ts';

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
    console.error(`${required ? 'Cannot compare' : 'Skipping the comparison of'} the bare workloads: ${why}`);
    return required ? 1 : 0;
  }
  const found = bareImages.map(bareImageDifference).filter((sentence) => sentence !== null);
  for (const sentence of found) console.error(sentence);
  return found.length === 0 ? 0 : 1;
}

function build(): number {
  for (const name of bareImages) {
    const image = buildBareImage(name);
    writeFileSync(bareImagePath(name), image);
    console.log(`guest-images/bare/${name}.elf: ${image.length} bytes.`);
  }
  return 0;
}

try {
  process.exitCode = process.argv.includes('--check') ? check() : build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
