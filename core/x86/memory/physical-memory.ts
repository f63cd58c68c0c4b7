/**
 * RAM by physical address, for those who are not the processor: the host kernel, a loader, a device.  Their writes are
 * as visible as the processor's own: decoded code and remembered translations hear of each.
 */

import { PAGE_BYTES, PAGE_SHIFT } from '../../agreement/addresses.ts';
import type { PhysicalMemory } from '../../agreement/ground.ts';
import { pageFlag, type State } from '../state.ts';
import { entryBit } from './page-walk.ts';
import { words } from './words.ts';

const { PAGE_FLAGS, RAM } = words;

const ABSENT = 0xff;
/** Again in this file, as `words` explains. */
const SHIFT = PAGE_SHIFT;
const { table: TABLE } = pageFlag;
const { present: PRESENT } = entryBit;

/** Told of writes to flagged pages; the bytes lie within one page. */
export interface WriteListener {
  written(physical: number, length: number): boolean;
}

export class BoardMemory implements PhysicalMemory {
  readonly size: number;
  readonly words: Uint32Array;
  private readonly u8: Uint8Array;
  private readonly view: DataView;
  private readonly listener: WriteListener;

  constructor(state: State, listener: WriteListener) {
    this.size = state.ramBytes;
    this.u8 = state.u8;
    this.words = new Uint32Array(state.memory.buffer, RAM, state.ramBytes >>> 2);
    this.view = new DataView(state.memory.buffer);
    this.listener = listener;
  }

  read8(at: number): number {
    return at < this.size ? this.u8[RAM + at] : ABSENT;
  }

  read16(at: number): number {
    return at + 2 <= this.size ? this.view.getUint16(RAM + at, true) : this.read8(at) | (this.read8(at + 1) << 8);
  }

  read32(at: number): number {
    if (at + 4 <= this.size) return this.view.getUint32(RAM + at, true);
    return (this.read16(at) | (this.read16(at + 2) << 16)) >>> 0;
  }

  write8(at: number, value: number): void {
    if (at >= this.size) return;
    this.u8[RAM + at] = value;
    this.notice(at, 1);
  }

  write16(at: number, value: number): void {
    if (at + 2 > this.size) {
      this.write8(at, value);
      return;
    }
    this.view.setUint16(RAM + at, value, true);
    this.notice(at, 2);
  }

  write32(at: number, value: number): void {
    if (at + 4 > this.size) {
      this.write16(at, value);
      this.write16(at + 2, value >>> 16);
      return;
    }
    if (this.u8[PAGE_FLAGS + (at >>> SHIFT)] === TABLE && (at & 3) === 0) this.writeEntry(at, value);
    else {
      this.view.setUint32(RAM + at, value, true);
      this.notice(at, 4);
    }
  }

  /** Nobody can remember a translation from an entry that was not present. */
  private writeEntry(at: number, value: number): void {
    const index = at >>> 2;
    const before = this.words[index];
    this.words[index] = value;
    if ((before & PRESENT) !== 0) this.listener.written(at, 4);
  }

  readBytes(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(ABSENT);
    const present = this.present(at, length);
    bytes.set(this.u8.subarray(RAM + at, RAM + at + present));
    return bytes;
  }

  writeBytes(at: number, bytes: Uint8Array): void {
    const present = this.present(at, bytes.length);
    this.u8.set(bytes.subarray(0, present), RAM + at);
    this.notice(at, present);
  }

  fill(at: number, length: number, value: number): void {
    const present = this.present(at, length);
    this.u8.fill(value, RAM + at, RAM + at + present);
    this.notice(at, present);
  }

  /** How many of the bytes lie in RAM. */
  private present(at: number, length: number): number {
    return at >= this.size ? 0 : Math.min(length, this.size - at);
  }

  private notice(at: number, length: number): void {
    const page = at >>> SHIFT;
    if (length === 0) return;
    if ((at + length - 1) >>> SHIFT !== page) this.noticeEachPage(at, length);
    else if (this.u8[PAGE_FLAGS + page] !== 0) this.listener.written(at, length);
  }

  private noticeEachPage(at: number, length: number): void {
    const end = at + length;
    for (let from = at; from < end; ) {
      const pageEnd = (Math.floor(from / PAGE_BYTES) + 1) * PAGE_BYTES;
      const to = Math.min(end, pageEnd);
      if (this.u8[PAGE_FLAGS + (from >>> PAGE_SHIFT)] !== 0) this.listener.written(from, to - from);
      from = to;
    }
  }
}
