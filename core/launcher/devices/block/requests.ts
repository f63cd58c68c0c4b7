/**
 * A block request as the driver lays it out (virtio 1.0 §5.2.6; legacy is the same), cut into buffers however it likes:
 *
 *      device reads     type u32 │ (priority) u32 │ sector u64 │ data to write …
 *      device writes    … data that was read │ status u8
 */

import { layout, u32, u64 } from '../../../agreement/layout.ts';
import { recordAt } from '../../record.ts';

export const SECTOR_BYTES = 512;

export const requestHeader = layout('BLOCK_REQUEST', { type: u32, priority: u32, sector: u64 });
export const requestType = { read: 0, write: 1, flush: 4, identify: 8 } as const;
export const requestStatus = { fine: 0, failed: 1, unsupported: 2 } as const;
export const IDENTITY_BYTES = 20;

export type RequestStatus = (typeof requestStatus)[keyof typeof requestStatus];

export interface BlockRequest {
  readonly type: number;
  /** As near as a number comes to 64 bits; beyond 2^53 it is rounded, and still beyond every disk. */
  readonly sector: number;
}

/** Precondition: `bytes` hold a header. */
export function readRequest(bytes: Uint8Array): BlockRequest {
  const header = recordAt(bytes, 0, requestHeader);
  return { type: header('type'), sector: header('sector') };
}

/** Where `length` bytes at a sector lie on a disk of `size` bytes; null unless they are whole sectors and all on it. */
export function placeOnDisk(sector: number, length: number, size: number): number | null {
  if (length % SECTOR_BYTES !== 0) return null;
  // The guest's number is only compared, never multiplied before it is known to be small.
  if (length > size || sector > (size - length) / SECTOR_BYTES) return null;
  return sector * SECTOR_BYTES;
}
