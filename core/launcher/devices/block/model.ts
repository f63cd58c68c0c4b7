/**
 * A disk (virtio 1.0 §5.2).  Each request is answered before the next is looked at, from storage this file knows
 * nothing about.  Whatever the guest asks for, the worst it gets is an I/O error: a request outside of the disk, of half
 * a sector or without a place for its answer never reaches the storage.
 */

import { layout, u32, u64 } from '../../../agreement/layout.ts';
import { putField } from '../../record.ts';
import { INDIRECT_FEATURE } from '../../ring-layout.ts';
import { bytesIn, type Chain, type Virtqueue } from '../../virtqueue.ts';
import { type DeviceLink, type DeviceModel, deviceType } from '../model.ts';
import {
  IDENTITY_BYTES,
  placeOnDisk,
  type RequestStatus,
  readRequest,
  requestHeader,
  requestStatus,
  requestType,
  SECTOR_BYTES,
} from './requests.ts';
import { type Storage, StorageError } from './storage.ts';

/** Up to and without the geometry, which no driver needs. */
export const blockConfiguration = layout('BLOCK_CONFIGURATION', { capacity: u64, largestSegment: u32, segments: u32 });
/** Feature bits (§5.2.3; indirect descriptors: §6). */
export const blockFeature = {
  largestSegment: 1,
  segments: 2,
  readOnly: 5,
  flush: 9,
  indirect: INDIRECT_FEATURE,
} as const;

const FEATURE_BYTES = 4;
const QUEUE_ENTRIES = 256;
/** All of a ring but header and status. */
const LARGEST_SEGMENTS = QUEUE_ENTRIES - 2;
/** With the number of segments this bounds a request, and so what 256 of them at a kick can keep us busy with: 1 GiB. */
const LARGEST_SEGMENT_BYTES = 16 * 1024;
const STATUS_BYTES = 1;

export class BlockModel implements DeviceModel {
  readonly name = 'disk';
  readonly type = deviceType.block;
  readonly queueSizes = [QUEUE_ENTRIES];
  readonly largestChain = requestHeader.bytes + LARGEST_SEGMENTS * LARGEST_SEGMENT_BYTES + STATUS_BYTES;
  readonly features: Uint8Array;
  readonly configuration: Uint8Array;
  private readonly storage: Storage;
  private readonly report: (sentence: string) => void;
  private readonly identity: Uint8Array;
  /** Kept between requests, as large as the largest answer so far. */
  private scratch = new Uint8Array(SECTOR_BYTES);
  /** Kinds of request that failed for the storage's sake: each is reported once. */
  private readonly reported = new Set<string>();
  private queue: Virtqueue | null = null;
  private link: DeviceLink | null = null;

  /** `identity` is the serial number a driver may ask for; 20 bytes of it count. */
  constructor(storage: Storage, report: (sentence: string) => void, identity = '') {
    this.storage = storage;
    this.report = report;
    this.identity = Uint8Array.from(identity.slice(0, IDENTITY_BYTES), (letter) => letter.charCodeAt(0) & 0x7f);
    this.features = offeredFeatures(storage);
    this.configuration = configurationOf(storage);
  }

  connect(queues: readonly Virtqueue[], link: DeviceLink): void {
    this.queue = queues[0] ?? null;
    this.link = link;
  }

  // @journey drivers/disk
  // A disk is the plainest of devices: a question with a number in it, an answer with a byte of verdict behind it.  The
  // guest may cut either into as many pieces as it likes, so we never ask which piece holds what: we read all there is
  // to read, fill all there is to fill, and the verdict is the very last byte.  A ring's worth per kick, one interrupt.
  /** Serves all that waits, at most one ring's worth. */
  onKick(): void {
    const { queue } = this;
    queue?.serve((chain) => this.serve(queue, chain));
  }

  /** Returns how many bytes were written to the guest. A request without room for a status is not carried out. */
  private serve(queue: Virtqueue, chain: Chain): number {
    const room = bytesIn(chain.writable);
    if (room === 0) return 0;
    const answer = this.emptyAnswer(room);
    const [asked, wanted] = [queue.read(chain), answer.subarray(0, room - STATUS_BYTES)];
    answer[room - STATUS_BYTES] = this.carryOut(asked, wanted);
    return queue.write(chain, answer);
  }
  // @end

  /** `wanted` is filled with what was asked for, as far as it is all right to ask. */
  private carryOut(asked: Uint8Array, wanted: Uint8Array): RequestStatus {
    if (asked.length < requestHeader.bytes) return requestStatus.failed;
    const { type, sector } = readRequest(asked);
    switch (type) {
      case requestType.read:
        return this.read(sector, wanted);
      case requestType.write:
        return this.write(sector, asked.subarray(requestHeader.bytes));
      case requestType.flush:
        return this.attempt('flushing', () => this.storage.flush());
      case requestType.identify:
        wanted.set(this.identity.subarray(0, wanted.length));
        return requestStatus.fine;
      default:
        return requestStatus.unsupported;
    }
  }

  private read(sector: number, into: Uint8Array): RequestStatus {
    const at = placeOnDisk(sector, into.length, this.storage.size);
    if (at === null) return requestStatus.failed;
    return this.attempt('reading', () => this.storage.read(at, into));
  }

  private write(sector: number, from: Uint8Array): RequestStatus {
    const at = placeOnDisk(sector, from.length, this.storage.size);
    if (at === null || this.storage.readOnly) return requestStatus.failed;
    return this.attempt('writing', () => {
      this.storage.write(at, from);
      // A driver that cannot ask for a flush takes a finished write for a safe one (§5.2.6.2).
      if (!this.link!.accepted(blockFeature.flush)) this.storage.flush();
    });
  }

  private attempt(doing: string, work: () => void): RequestStatus {
    try {
      work();
      return requestStatus.fine;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (!this.reported.has(doing)) this.report(`${doing} failed, and the guest was told so: ${error.message}`);
      this.reported.add(doing);
      return requestStatus.failed;
    }
  }

  /** Zeroed, because a failed read must not show the guest what an earlier one left here. */
  private emptyAnswer(bytes: number): Uint8Array {
    if (bytes > this.scratch.length) this.scratch = new Uint8Array(bytes);
    else this.scratch.fill(0, 0, bytes);
    return this.scratch.subarray(0, bytes);
  }
}

function offeredFeatures({ readOnly }: Storage): Uint8Array {
  const { largestSegment, segments, flush, indirect } = blockFeature;
  const bytes = new Uint8Array(FEATURE_BYTES);
  for (const bit of [largestSegment, segments, flush, indirect, ...(readOnly ? [blockFeature.readOnly] : [])]) {
    bytes[bit >> 3] |= 1 << (bit & 7);
  }
  return bytes;
}

function configurationOf({ size }: Storage): Uint8Array {
  const bytes = new Uint8Array(blockConfiguration.bytes);
  putField(bytes, 0, blockConfiguration, 'capacity', size / SECTOR_BYTES);
  putField(bytes, 0, blockConfiguration, 'largestSegment', LARGEST_SEGMENT_BYTES);
  putField(bytes, 0, blockConfiguration, 'segments', LARGEST_SEGMENTS);
  return bytes;
}
