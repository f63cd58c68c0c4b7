/**
 * Reading and writing memory as instructions do: through a segment, or by linear address.  What the translation tables
 * already allow is one look-up; everything else (a miss, two pages at once, a watched page, absent memory, alignment
 * checking) is sorted out here, and ends as a value, a byte window, or a fault.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import type { MemoryOperand, SegmentNumber } from '../instruction.ts';
import type { MemoryAccess } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';
import { memoryMap, pageFlag, type State } from '../state.ts';
import type { TranslatedSpaces } from './address-spaces.ts';
import { exception, raise } from './faults.ts';
import { words } from './words.ts';

const {
  BASE,
  CPL,
  GENERAL,
  ONES,
  PAGE_FLAGS,
  RAM,
  READ_HIGH,
  READ_LOW,
  READ_TABLE,
  SCRATCH,
  SEGMENTS,
  SEGMENT_WORDS,
  SINK,
  SUPERVISOR_READ_TABLE,
  SUPERVISOR_WRITE_TABLE,
  WRITE_FIRST,
  WRITE_HIGH,
  WRITE_LINEAR,
  WRITE_LOW,
  WRITE_SECOND,
  WRITE_SIZE,
  WRITE_TABLE,
} = words;

const OFFSET = PAGE_BYTES - 1;
const STACK_SEGMENT = 2;
const { code: CODE_FLAG } = pageFlag;
const CHUNKS = memoryMap.decodedChunks >>> 2;
const CHUNK_SHIFT = 6;
const USER_RING = 3;
const ABSENT = 0xff;
/** The largest alignment #AC asks for: an 80-bit real wants 8 like a double. */
const LARGEST_ALIGNMENT = 8;

/** First byte of the following page: what cr2 says when an access runs over into a page it may not have. */
const nextPage = (linear: number) => ((linear | OFFSET) + 1) >>> 0;

export class TranslatedAccess implements MemoryAccess {
  private readonly state: State;
  private readonly spaces: TranslatedSpaces;
  private readonly view: DataView;

  constructor(state: State, spaces: TranslatedSpaces) {
    this.state = state;
    this.spaces = spaces;
    this.view = new DataView(state.memory.buffer);
  }

  effectiveOffset(operand: MemoryOperand): number {
    const { i32 } = this.state;
    let offset = operand.displacement;
    if (operand.base !== null) offset += i32[GENERAL + operand.base];
    if (operand.index !== null) offset += i32[GENERAL + operand.index] << operand.shift;
    return operand.addressSize === 4 ? offset >>> 0 : offset & 0xffff;
  }

  read(segment: SegmentNumber, offset: number, size: number): number {
    const { u32, i32 } = this.state;
    const words = SEGMENTS + segment * SEGMENT_WORDS;
    if (offset < u32[words + READ_LOW] || offset + size - 1 > u32[words + READ_HIGH]) return this.beyond(segment);
    const linear = (u32[words + BASE] + offset) >>> 0;
    const entry = i32[(u32[READ_TABLE] >>> 2) + (linear >>> 12)];
    if (entry !== 0 && (linear & OFFSET) + size <= PAGE_BYTES) return this.load((linear + entry + 1) >>> 0, size);
    return this.readAt(this.slowRead(linear, size), size);
  }

  write(segment: SegmentNumber, offset: number, size: number, value: number): Outcome {
    const { u32, i32 } = this.state;
    const words = SEGMENTS + segment * SEGMENT_WORDS;
    if (offset < u32[words + WRITE_LOW] || offset + size - 1 > u32[words + WRITE_HIGH]) return this.beyond(segment);
    const linear = (u32[words + BASE] + offset) >>> 0;
    const entry = i32[(u32[WRITE_TABLE] >>> 2) + (linear >>> 12)];
    if (entry !== 0 && (linear & OFFSET) + size <= PAGE_BYTES) {
      this.store((linear + entry + 1) >>> 0, size, value);
      return NEXT;
    }
    return this.writeAt(this.slowWrite(linear, size), size, value);
  }

  probeWrite(segment: SegmentNumber, offset: number, size: number): Outcome {
    const { u32 } = this.state;
    const words = SEGMENTS + segment * SEGMENT_WORDS;
    if (offset < u32[words + WRITE_LOW] || offset + size - 1 > u32[words + WRITE_HIGH]) return this.beyond(segment);
    const linear = (u32[words + BASE] + offset) >>> 0;
    const user = this.byUser();
    if (this.writablePage(linear, user) < 0) return FAULT;
    if ((linear & OFFSET) + size <= PAGE_BYTES) return NEXT;
    return this.writablePage(nextPage(linear), user) < 0 ? FAULT : NEXT;
  }

  admit(segment: SegmentNumber, offset: number, size: number, alignment: number, write: boolean): Outcome {
    const { u32 } = this.state;
    const words = SEGMENTS + segment * SEGMENT_WORDS;
    const low = u32[words + (write ? WRITE_LOW : READ_LOW)];
    if (offset < low || offset + size - 1 > u32[words + (write ? WRITE_HIGH : READ_HIGH)]) return this.beyond(segment);
    if (!this.spaces.alignmentChecked) return NEXT;
    return this.misaligned((u32[words + BASE] + offset) >>> 0, alignment) ? FAULT : NEXT;
  }

  placeOf(segment: SegmentNumber, offset: number, size: number, write: boolean): number {
    const { u32, i32 } = this.state;
    const words = SEGMENTS + segment * SEGMENT_WORDS;
    if (offset < u32[words + (write ? WRITE_LOW : READ_LOW)]) return -1;
    if (offset + size - 1 > u32[words + (write ? WRITE_HIGH : READ_HIGH)]) return -1;
    const linear = (u32[words + BASE] + offset) >>> 0;
    const entry = i32[(u32[write ? WRITE_TABLE : READ_TABLE] >>> 2) + (linear >>> 12)];
    return entry !== 0 && (linear & OFFSET) + size <= PAGE_BYTES ? (linear + entry + 1) >>> 0 : -1;
  }

  readLinear(linear: number, size: number, supervisor: boolean): number {
    const table = this.state.u32[supervisor ? SUPERVISOR_READ_TABLE : READ_TABLE] >>> 2;
    const entry = this.state.i32[table + (linear >>> 12)];
    if (entry !== 0 && (linear & OFFSET) + size <= PAGE_BYTES) return this.load((linear + entry + 1) >>> 0, size);
    return this.readAt(this.readWindow(linear, size, !supervisor && this.byUser()), size);
  }

  writeLinear(linear: number, size: number, value: number, supervisor: boolean): Outcome {
    const table = this.state.u32[supervisor ? SUPERVISOR_WRITE_TABLE : WRITE_TABLE] >>> 2;
    const entry = this.state.i32[table + (linear >>> 12)];
    if (entry !== 0 && (linear & OFFSET) + size <= PAGE_BYTES) {
      this.store((linear + entry + 1) >>> 0, size, value);
      return NEXT;
    }
    return this.writeAt(this.writeWindow(linear, size, !supervisor && this.byUser()), size, value);
  }

  translateFetch(linear: number): number {
    const entry = this.state.i32[(this.state.u32[READ_TABLE] >>> 2) + (linear >>> 12)];
    const page =
      entry !== 0 ? ((linear & ~OFFSET) + entry + 1) >>> 0 : this.spaces.fill(linear >>> 0, false, this.byUser());
    if (page < 0) return FAULT;
    return (page < RAM ? this.state.ramBytes : page - RAM) + (linear & OFFSET);
  }

  slowRead(linear: number, size: number): number {
    return this.readWindow(linear >>> 0, size, this.byUser());
  }

  slowWrite(linear: number, size: number): number {
    return this.writeWindow(linear >>> 0, size, this.byUser());
  }

  finishWrite(): number {
    const { u32, u8 } = this.state;
    const size = u32[WRITE_SIZE];
    const first = u32[WRITE_FIRST];
    const here = Math.min(size, PAGE_BYTES - (u32[WRITE_LINEAR] & OFFSET));
    u8.copyWithin(first, SCRATCH, SCRATCH + here);
    let dropped = this.notice(first, here);
    if (here < size) {
      const second = u32[WRITE_SECOND];
      u8.copyWithin(second, SCRATCH + here, SCRATCH + size);
      dropped = this.notice(second, size - here) || dropped;
    }
    return dropped ? 1 : 0;
  }

  /** Where `size` bytes can be read: in place, or gathered in the scratch window. */
  private readWindow(linear: number, size: number, user: boolean): number {
    if (user && this.spaces.alignmentChecked && this.misaligned(linear, size)) return FAULT;
    const first = this.readablePage(linear, user);
    if (first < 0) return FAULT;
    const offset = linear & OFFSET;
    if (offset + size <= PAGE_BYTES) return first + offset;
    const second = this.readablePage(nextPage(linear), user);
    if (second < 0) return FAULT;
    this.gather(first + offset, second, PAGE_BYTES - offset, size);
    return SCRATCH;
  }

  /** Where `size` bytes can be changed: in place, or in the scratch window until finishWrite. */
  private writeWindow(linear: number, size: number, user: boolean): number {
    const { u32, u8 } = this.state;
    if (user && this.spaces.alignmentChecked && this.misaligned(linear, size)) return FAULT;
    const page = this.writablePage(linear, user);
    if (page < 0) return FAULT;
    const offset = linear & OFFSET;
    let second = 0;
    if (offset + size > PAGE_BYTES) {
      second = this.writablePage(nextPage(linear), user);
      if (second < 0) return FAULT;
    } else if (page === SINK) {
      u8.fill(ABSENT, SINK + offset, SINK + offset + size);
      return SINK + offset;
    } else if (page >= RAM && !this.matters(page - RAM + offset, size)) {
      return page + offset;
    }
    u32[WRITE_LINEAR] = linear;
    u32[WRITE_SIZE] = size;
    u32[WRITE_FIRST] = page + offset;
    u32[WRITE_SECOND] = second;
    this.gather(page === SINK ? ONES : page + offset, second === SINK ? ONES : second, PAGE_BYTES - offset, size);
    return SCRATCH;
  }

  /** Whether somebody wants to know that these bytes of one page are written. Data beside code is nobody's business. */
  private matters(physical: number, size: number): boolean {
    const { i32, u8 } = this.state;
    const flags = u8[PAGE_FLAGS + (physical >>> 12)];
    if (flags !== CODE_FLAG) return flags !== 0;
    const bits = CHUNKS + 2 * (physical >>> 12);
    const last = ((physical & OFFSET) + size - 1) >>> CHUNK_SHIFT;
    for (let chunk = (physical & OFFSET) >>> CHUNK_SHIFT; chunk <= last; chunk++) {
      if (i32[bits + (chunk >>> 5)] & (1 << (chunk & 31))) return true;
    }
    return false;
  }

  private gather(first: number, second: number, here: number, size: number): void {
    const { u8 } = this.state;
    if (here >= size) {
      u8.copyWithin(SCRATCH, first, first + size);
      return;
    }
    u8.copyWithin(SCRATCH, first, first + here);
    u8.copyWithin(SCRATCH + here, second, second + size - here);
  }

  private readablePage(linear: number, user: boolean): number {
    const table = this.state.u32[user ? READ_TABLE : SUPERVISOR_READ_TABLE] >>> 2;
    const entry = this.state.i32[table + (linear >>> 12)];
    return entry !== 0 ? ((linear & ~OFFSET) + entry + 1) >>> 0 : this.spaces.fill(linear, false, user);
  }

  private writablePage(linear: number, user: boolean): number {
    const table = this.state.u32[user ? WRITE_TABLE : SUPERVISOR_WRITE_TABLE] >>> 2;
    const entry = this.state.i32[table + (linear >>> 12)];
    return entry !== 0 ? ((linear & ~OFFSET) + entry + 1) >>> 0 : this.spaces.fill(linear, true, user);
  }

  private notice(host: number, length: number): boolean {
    if (host < RAM) return this.spaces.deviceWritten(host);
    if (this.state.u8[PAGE_FLAGS + ((host - RAM) >>> 12)] === 0) return false;
    return this.spaces.written(host - RAM, length);
  }

  private misaligned(linear: number, size: number): boolean {
    const alignment = size > LARGEST_ALIGNMENT ? LARGEST_ALIGNMENT : size;
    if ((linear & (alignment - 1)) === 0) return false;
    raise(this.state, exception.alignmentCheck, 0);
    return true;
  }

  private byUser(): boolean {
    return this.state.i32[CPL] === USER_RING;
  }

  private beyond(segment: SegmentNumber): typeof FAULT {
    return raise(this.state, segment === STACK_SEGMENT ? exception.stackFault : exception.generalProtection, 0);
  }

  private readAt(host: number, size: number): number {
    return host < 0 ? FAULT : this.load(host, size);
  }

  private writeAt(host: number, size: number, value: number): Outcome {
    if (host < 0) return FAULT;
    this.store(host, size, value);
    if (host === SCRATCH) this.finishWrite();
    return NEXT;
  }

  private load(host: number, size: number): number {
    if (size === 4) return this.view.getUint32(host, true);
    return size === 1 ? this.state.u8[host] : this.view.getUint16(host, true);
  }

  private store(host: number, size: number, value: number): void {
    if (size === 4) this.view.setUint32(host, value, true);
    else if (size === 1) this.state.u8[host] = value;
    else this.view.setUint16(host, value, true);
  }
}
