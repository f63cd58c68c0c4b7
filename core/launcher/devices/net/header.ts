/**
 * The header in front of every frame on a virtio net queue (virtio 1.0 §5.1.6; virtio 0.9.5 for the shorter one):
 *
 *      0  flags              1 = a checksum is still to be filled in
 *      1  segmentation type  and what is left of a large segment, which we do not offer
 *      2  header length   4  segment size   6  checksum start   8  checksum offset
 *     10  buffers            only in virtio 1.0, or when the driver took MRG_RXBUF: over how many buffers a frame spreads
 */

import { layout, u8, u16 } from '../../../agreement/layout.ts';

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
export const netFeature = { mac: 5, mergeableBuffers: 15, status: 16 } as const;
