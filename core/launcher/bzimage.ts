/**
 * Reads a bzImage: the real-mode setup code is skipped, the rest goes to 1 MiB and unpacks itself there (with
 * KEEP_SEGMENTS it does so without touching a segment register, which is what lets it run in ring 1).  A zImage, which
 * wants to live below 1 MiB, is refused.
 */

import { boot, bootParams } from './boot-params.ts';
import type { Piece } from './elf.ts';
import { hex, ImageError } from './image-error.ts';
import { holds, recordAt } from './record.ts';

export interface BzImage {
  readonly entry: number;
  readonly pieces: readonly Piece[];
  /** Where the kernel unpacks itself to and how far that reaches, when the header says; null before protocol 2.10. */
  readonly unpacksTo: { readonly at: number; readonly memoryBytes: number } | null;
}

const LOAD_ADDRESS = 0x100000;
const SECTOR_BYTES = 512;
const PARAGRAPH_BYTES = 16;
/** A setup_sects of 0 means this many, for kernels older than the field (boot.txt). */
const DEFAULT_SETUP_SECTORS = 4;
/** Up to code32_start: all that is read of any version. */
const HEADER_END = bootParams.at.code32Start + bootParams.sizeOf.code32Start;
const LONG_HEADER_END = bootParams.at.initialSize + bootParams.sizeOf.initialSize;

/** True if the file has a boot sector's signature, whatever may follow. */
export function looksLikeBootSector(file: Uint8Array): boolean {
  const { bootFlag } = bootParams.at;
  return holds(file, bootFlag, 2) && recordAt(file, 0, bootParams)('bootFlag') === boot.bootFlag;
}

export function hasSetupHeader(file: Uint8Array): boolean {
  const { headerMagic } = bootParams.at;
  return holds(file, headerMagic, 4) && recordAt(file, 0, bootParams)('headerMagic') === boot.headerMagic;
}

/** Reads a bzImage; throws ImageError. Precondition: `hasSetupHeader`. */
export function readBzImage(file: Uint8Array): BzImage {
  if (!holds(file, 0, HEADER_END)) throw new ImageError('truncated', 'the bzImage ends within its setup header');
  const header = recordAt(file, 0, bootParams);
  if ((header('loadFlags') & boot.loadedHigh) === 0) {
    throw new ImageError('not supported', 'this is a zImage, which loads below 1 MiB; only a bzImage can be booted');
  }
  const code = kernelCode(file);
  if (code.length === 0) throw new ImageError('truncated', 'the bzImage ends before its kernel begins');
  const missing = missingBytes(file, code);
  if (missing > 0) throw new ImageError('truncated', `the bzImage ends ${missing} bytes before its kernel does`);
  const entry = header('code32Start');
  if (entry < LOAD_ADDRESS || entry >= LOAD_ADDRESS + code.length) {
    throw new ImageError('malformed', `the bzImage starts at ${hex(entry)}, outside of what it loads`);
  }
  const piece = { at: LOAD_ADDRESS, virtual: LOAD_ADDRESS, bytes: code, memoryBytes: code.length, executable: true };
  return { entry, pieces: [piece], unpacksTo: unpackedRange(file) };
}

/** What is loaded: all behind the real-mode setup code. Precondition: `hasSetupHeader`. */
export function kernelCode(file: Uint8Array): Uint8Array {
  const sectors = recordAt(file, 0, bootParams)('setupSectors') || DEFAULT_SETUP_SECTORS;
  return file.subarray((sectors + 1) * SECTOR_BYTES);
}

/** How much less is there than the header says; it counts in paragraphs, and the last may not be filled. */
function missingBytes(file: Uint8Array, code: Uint8Array): number {
  const header = recordAt(file, 0, bootParams);
  if (header('version') < boot.versionWithWideSize) return 0;
  const missing = header('systemSize') * PARAGRAPH_BYTES - code.length;
  return missing < 2 * PARAGRAPH_BYTES ? 0 : missing;
}

function unpackedRange(file: Uint8Array): BzImage['unpacksTo'] {
  const header = recordAt(file, 0, bootParams);
  if (header('version') < boot.versionWithInitialSize || !holds(file, 0, LONG_HEADER_END)) return null;
  return { at: header('preferredAddress'), memoryBytes: header('initialSize') };
}
