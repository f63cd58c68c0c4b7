/**
 * Which sources make which sample guest, and whether the committed images are what these sources say.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, imagesFolder, inScratchFolder, link, sourcesIn, tool } from './guest-compiler.ts';
import { buildPuppy } from './puppy-image.ts';

export { imagesFolder, tool } from './guest-compiler.ts';

/** Names the compiler that made the committed images. */
export const toolchainFile = join(imagesFolder, 'toolchain.txt');

/** Most guests are the sources of a few folders, linked in this order; one is more than a kernel, and has a builder. */
export type GuestRecipe =
  | { readonly name: string; readonly folders: readonly string[]; readonly linkerScript: string }
  | { readonly name: string; build(): Uint8Array };

export const guestRecipes: readonly GuestRecipe[] = [
  { name: 'hello', folders: ['hello'], linkerScript: 'hello/hello.ld' },
  { name: 'faults', folders: ['common', 'faults'], linkerScript: 'common/guest.ld' },
  { name: 'trouble', folders: ['common', 'trouble'], linkerScript: 'common/guest.ld' },
  { name: 'puppy', build: buildPuppy },
];

/** The compiler and linker at hand, in the form of toolchain.txt; throws a sentence where there is none. */
export function toolchain(): string {
  const binutils = /(\d+(?:\.\d+)+)\s*$/m.exec(tool('ld', ['--version']).split('\n')[0]);
  return `gcc ${tool('gcc', ['-dumpfullversion']).trim()}, binutils ${binutils?.[1] ?? 'unknown'}\n`;
}

const imageOf = (name: string) => `${name}/${name}.elf`;
export const imagePath = (name: string) => join(imagesFolder, imageOf(name));

/** Compiles and links one guest. Throws a sentence when a tool is missing or refuses. */
export function buildGuest(recipe: GuestRecipe): Uint8Array {
  if ('build' in recipe) return recipe.build();
  return inScratchFolder((scratch) => {
    const objects = compile(scratch, recipe.folders.flatMap(sourcesIn), ['common']);
    link(scratch, 'image', recipe.linkerScript, objects);
    return readFileSync(join(scratch, 'image'));
  });
}

/** The byte at which two images part, or null if they are the same. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number | null {
  const shorter = Math.min(one.length, other.length);
  const at = one.subarray(0, shorter).findIndex((byte, index) => byte !== other[index]);
  if (at >= 0) return at;
  return one.length === other.length ? null : shorter;
}

/** A sentence if the committed image of a guest is not what its sources say now. */
export function imageDifference(recipe: GuestRecipe): string | null {
  const fresh = buildGuest(recipe);
  let committed: Uint8Array;
  try {
    committed = readFileSync(imagePath(recipe.name));
  } catch {
    return `guest-images/${imageOf(recipe.name)} is missing.`;
  }
  const at = firstDifference(fresh, committed);
  if (at === null) return null;
  return `guest-images/${imageOf(recipe.name)} is not what its sources say, first at byte 0x${at.toString(16)}.`;
}
