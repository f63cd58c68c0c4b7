/**
 * A zip file as PKWARE's APPNOTE.TXT describes it, without its 64-bit half.  Everything is little-endian.
 *
 *      for each file   local header │ name │ extra │ contents          (APPNOTE 4.3.7)
 *      for each file   directory entry │ name │ extra │ comment        (4.3.12)
 *      once            end of directory │ comment                      (4.3.16)
 */

import { layout, u16, u32 } from '../../core/agreement/layout.ts';

export const localHeader = layout('ZIP_LOCAL', {
  signature: u32,
  versionNeeded: u16,
  flags: u16,
  method: u16,
  time: u16,
  date: u16,
  checksum: u32,
  packedBytes: u32,
  bytes: u32,
  nameBytes: u16,
  extraBytes: u16,
});

export const directoryEntry = layout('ZIP_ENTRY', {
  signature: u32,
  versionMadeBy: u16,
  versionNeeded: u16,
  flags: u16,
  method: u16,
  time: u16,
  date: u16,
  checksum: u32,
  packedBytes: u32,
  bytes: u32,
  nameBytes: u16,
  extraBytes: u16,
  commentBytes: u16,
  disk: u16,
  internalAttributes: u16,
  externalAttributes: u32,
  headerAt: u32,
});

export const endOfDirectory = layout('ZIP_END', {
  signature: u32,
  disk: u16,
  directoryDisk: u16,
  entriesHere: u16,
  entries: u16,
  directoryBytes: u32,
  directoryAt: u32,
  commentBytes: u16,
});

export const signature = { local: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 } as const;
/** APPNOTE 4.4.5. */
export const method = { stored: 0, deflated: 8 } as const;
/** APPNOTE 4.4.4. */
export const flag = { encrypted: 1 << 0, utf8: 1 << 11 } as const;
/** 2.0: deflate. */
export const VERSION = 20;
/** 1 January 1980: what a machine was exported from says nothing about it. */
export const NO_DATE = (1 << 5) | 1;
/** No field of it holds more. */
export const LARGEST_ZIP_BYTES = 0xffff_fffe;
