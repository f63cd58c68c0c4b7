/**
 * What the builders of images have in common.  With --check they write nothing and say, a sentence each, which image is
 * not what its sources say.  Another compiler makes other bytes, so the check first asks whether this is the one that
 * made the images; where it is not, it says so and skips, unless ASTRIDE_REQUIRE asks for it.
 */

import { readFileSync } from 'node:fs';
import { toolchain, toolchainFile } from './guest-images.ts';

export interface ImageBuilder {
  /** As in "the sample guests". */
  readonly what: string;
  /** A sentence for every image that differs. */
  differences(): readonly string[];
  build(): void;
}

/** Why the images cannot be compared here, as a sentence, or null. */
function whyIncomparable(): string | null {
  try {
    const [here, then] = [toolchain(), readFileSync(toolchainFile, 'utf8')];
    return here === then ? null : `The images were made by ${then.trim()}; here is ${here.trim()}.`;
  } catch (error) {
    return `${error instanceof Error ? error.message : error}.`;
  }
}

function check(builder: ImageBuilder): number {
  const why = whyIncomparable();
  if (why !== null) {
    const required = (process.env.ASTRIDE_REQUIRE ?? '').split(',').some((name) => name.trim() === 'compiler');
    console.error(`${required ? 'Cannot compare' : 'Skipping the comparison of'} ${builder.what}: ${why}`);
    return required ? 1 : 0;
  }
  const found = builder.differences();
  for (const sentence of found) console.error(sentence);
  return found.length === 0 ? 0 : 1;
}

/** Builds, or checks if the command line says --check; sets the exit code. */
export function runBuilder(builder: ImageBuilder): void {
  process.exitCode = 0;
  try {
    if (process.argv.includes('--check')) process.exitCode = check(builder);
    else builder.build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
