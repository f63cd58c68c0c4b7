/**
 * "Linux version 3.11.10 (someone@somewhere) (gcc …) #1 …" lies in every Linux kernel once it is unpacked, as plain text.
 * It is the one thing about a kernel that looks the same in every file format and with every compression, provided
 * somebody unpacked it; a kernel that ran for a while has done that for us.
 */

import type { GuestPhysical } from '../../agreement/addresses.ts';
import type { GuestMemory } from '../../host/guest-events.ts';
import { decodeName, encodeText } from '../text.ts';

const OPENING = encodeText('Linux version ');
const LONGEST_BANNER = 512;
const SCANNED_AT_ONCE = 1024 * 1024;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
/** Kernels mention the words a few times at most; who fills memory with them only wants us to read all of it. */
const MOST_MENTIONS = 100;
/** Kernel releases begin with a number; format strings that merely mention the banner do not. */
const RELEASE = /^\d+\.\d+/;

/** The first line of text at `offset`, if it is printable and reasonable; else null. */
export function printableText(bytes: Uint8Array, offset: number, limit: number): string | null {
  const text = decodeName(bytes, offset, limit).split('\n')[0].trim();
  const printable = [...text].every((character) => isPrintable(character.charCodeAt(0)));
  return text !== '' && printable ? text : null;
}

const isPrintable = (code: number) => code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE;

/** What follows "Linux version " the first time a release follows it, or null. */
export function findBanner(bytes: Uint8Array): string | null {
  let mentions = 0;
  for (let at = bytes.indexOf(OPENING[0]); at >= 0; at = bytes.indexOf(OPENING[0], at + 1)) {
    if (!OPENING.every((byte, index) => bytes[at + index] === byte)) continue;
    if (++mentions > MOST_MENTIONS) return null;
    const text = printableText(bytes, at + OPENING.length, LONGEST_BANNER);
    if (text !== null && RELEASE.test(text)) return text;
  }
  return null;
}

/** The same in a guest's memory, piece by piece. */
export function findBannerInMemory(memory: GuestMemory): string | null {
  const overlap = OPENING.length + LONGEST_BANNER;
  for (let at = 0; at < memory.size; at += SCANNED_AT_ONCE) {
    const length = Math.min(SCANNED_AT_ONCE + overlap, memory.size - at);
    const banner = findBanner(memory.readBytes(at as GuestPhysical, length)); // within memory: just measured
    if (banner !== null) return banner;
  }
  return null;
}

export interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The numbers a version string begins with, or null. */
export function parseRelease(version: string): Release | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** True if `release` is `major.minor.patch` or newer. */
export function isAtLeast(release: Release, major: number, minor: number, patch = 0): boolean {
  if (release.major !== major) return release.major > major;
  if (release.minor !== minor) return release.minor > minor;
  return release.patch >= patch;
}
