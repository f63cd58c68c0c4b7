/**
 * Which kind of kernel is this?  The answer is in the first kilobyte, and everything that is neither an ELF executable
 * nor a bzImage is refused with a sentence that says what it looked like.
 */

import { hasSetupHeader, looksLikeBootSector, readBzImage } from './bzimage.ts';
import { looksLikeElf, type Piece, readElf } from './elf.ts';
import { ImageError } from './image-error.ts';

export interface KernelImage {
  readonly format: 'ELF' | 'bzImage';
  /** Guest-physical address of the first instruction. */
  readonly entry: number;
  readonly pieces: readonly Piece[];
  /** Memory the kernel is known to use beyond its pieces; null when it does not say. */
  readonly unpacksTo: { readonly at: number; readonly memoryBytes: number } | null;
}

/** Reads a kernel from bytes of any origin; throws ImageError and nothing else. */
export function readKernelImage(file: Uint8Array): KernelImage {
  if (looksLikeElf(file)) return { format: 'ELF', ...readElf(file), unpacksTo: null };
  if (hasSetupHeader(file)) return { format: 'bzImage', ...readBzImage(file) };
  if (file.length === 0) throw new ImageError('not a kernel', 'the file is empty');
  if (looksLikeBootSector(file)) {
    throw new ImageError('not a kernel', 'the file has a boot sector but no "HdrS" header, so it is not a bzImage');
  }
  throw new ImageError('not a kernel', 'the file is neither an ELF executable nor a bzImage');
}
