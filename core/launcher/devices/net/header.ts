/**
 * The header in front of every frame on a virtio net queue (virtio 1.0 §5.1.6; virtio 0.9.5 for the shorter one):
 *
 *      0  flags              1 = a checksum is still to be filled in, 2 = all checksums were found right
 *      1  segmentation type  the driver left cutting a large segment to us, who need not cut it
 *      2  header length   4  segment size   6  checksum start   8  checksum offset
 *     10  buffers            only in virtio 1.0: over how many buffers a frame spreads
 */

import { layout, u8, u16 } from '../../../agreement/layout.ts';
import { addWords, checksumOf } from '../../network/checksum.ts';

export const netHeader = layout('VIRTIO_NET_HEADER', {
  flags: u8,
  segmentation: u8,
  headerLength: u16,
  segmentSize: u16,
  checksumStart: u16,
  checksumOffset: u16,
  buffers: u16,
});

/** Without `buffers`. */
export const SHORT_HEADER_BYTES = netHeader.at.buffers;
export const LONG_HEADER_BYTES = netHeader.bytes;

/** Feature bits of a network card. */
export const netFeature = { checksum: 0, guestChecksum: 1, mac: 5, largeSegments: 11 } as const;

const NEEDS_CHECKSUM = 1;
const CHECKSUMS_RIGHT = 2;
const CHECKSUM_BYTES = 2;
const ALL_ONES = 0xffff;

/** What goes in front of a frame for the guest. */
export function receiveHeader(bytes: number, checksumsRight: boolean): Uint8Array {
  const header = new Uint8Array(bytes);
  if (checksumsRight) header[netHeader.at.flags] = CHECKSUMS_RIGHT;
  if (bytes === LONG_HEADER_BYTES) header[netHeader.at.buffers] = 1;
  return header;
}

/**
 * Fills in the checksum of a frame whose header asks for it: the sum from a start to the frame's end, put at an offset
 * from that start, where the driver left the pseudo header's. False if that place lies outside of the frame.
 */
export function fillChecksum(header: Uint8Array, frame: Uint8Array): boolean {
  if ((header[netHeader.at.flags] & NEEDS_CHECKSUM) === 0) return true;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const start = view.getUint16(netHeader.at.checksumStart, true);
  const place = start + view.getUint16(netHeader.at.checksumOffset, true);
  if (place + CHECKSUM_BYTES > frame.length) return false;
  // Zero would mean "left out" to UDP, and all ones is the same number.
  const checksum = checksumOf(addWords(0, frame, start, frame.length)) || ALL_ONES;
  new DataView(frame.buffer, frame.byteOffset, frame.length).setUint16(place, checksum);
  return true;
}
