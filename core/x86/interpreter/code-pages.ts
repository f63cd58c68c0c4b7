/**
 * Which pages hold decoded code, and what must go when their bytes change.  A code page is one physical page seen at one
 * linear page in one mode: the same bytes decode differently elsewhere.  A page in 64-byte chunks remembers which of them
 * were decoded, so that data living beside code may be written without throwing the code away.
 */

import type { AddressSpaces } from '../processor.ts';
import { memoryMap, pageFlag, type State } from '../state.ts';

const PAGE = 4096;
const CHUNK_SHIFT = 6;

export interface CodePage {
  /** Address of 4096 words: the operation that starts at each byte of the page, or 0. */
  readonly entryMap: number;
  /** The page of bytes, and a second one if an instruction runs over into it. */
  readonly physicalPages: Set<number>;
  /** Where the page lies in physical memory and in linear memory, by number. */
  readonly physicalPage: number;
  readonly linearPage: number;
  readonly mode: number;
  /** Base and limit of a code segment that is not flat; 0 otherwise. */
  readonly segmentKey: string;
  /** Operations with a direct jump to an offset in this page that is not decoded yet. */
  readonly waiting: Map<number, number[]>;
}

export class CodePages {
  private readonly state: State;
  private readonly spaces: AddressSpaces;
  private byPhysicalPage = new Map<number, CodePage[]>();
  /** Two words of chunk bits per physical page. */
  private chunks = new Map<number, Uint32Array>();
  private readonly byMap: (CodePage | null)[] = [];
  onForgotten: (page: CodePage) => void = () => undefined;
  private freeMaps: number[] = [];
  private usedMaps = 0;

  constructor(state: State, spaces: AddressSpaces) {
    this.state = state;
    this.spaces = spaces;
  }

  find(physicalPage: number, linearPage: number, mode: number, segmentKey: string): CodePage | null {
    for (const page of this.byPhysicalPage.get(physicalPage) ?? []) {
      if (page.linearPage === linearPage && page.mode === mode && page.segmentKey === segmentKey) {
        if (page.physicalPages.values().next().value === physicalPage) return page;
      }
    }
    return null;
  }

  /** Null when there is no room for another; drop everything, then. */
  create(physicalPage: number, linearPage: number, mode: number, segmentKey: string): CodePage | null {
    const index = this.freeMaps.pop() ?? (this.usedMaps < memoryMap.entryMapCount ? this.usedMaps++ : null);
    if (index === null) return null;
    const entryMap = memoryMap.entryMaps + index * memoryMap.entryMapBytes;
    const page: CodePage = {
      entryMap,
      physicalPages: new Set(),
      physicalPage,
      linearPage,
      mode,
      segmentKey,
      waiting: new Map(),
    };
    this.byMap[index] = page;
    this.attach(page, physicalPage);
    return page;
  }

  /** `page` holds code decoded from bytes of `physicalPage`. */
  attach(page: CodePage, physicalPage: number): void {
    if (page.physicalPages.has(physicalPage)) return;
    page.physicalPages.add(physicalPage);
    const pages = this.byPhysicalPage.get(physicalPage);
    if (pages) pages.push(page);
    else this.byPhysicalPage.set(physicalPage, [page]);
  }

  /** Bytes were decoded: from now on writes to them are noticed. `length` stays within the page. */
  markDecoded(physical: number, length: number): void {
    const page = physical >>> 12;
    let bits = this.chunks.get(page);
    if (!bits) {
      bits = new Uint32Array(2);
      this.chunks.set(page, bits);
    }
    const last = ((physical & (PAGE - 1)) + length - 1) >>> CHUNK_SHIFT;
    for (let chunk = (physical & (PAGE - 1)) >>> CHUNK_SHIFT; chunk <= last; chunk++) {
      bits[chunk >>> 5] |= 1 << (chunk & 31);
    }
    const flags = memoryMap.pageFlags + page;
    if (this.state.u8[flags] & pageFlag.code) return;
    this.state.u8[flags] |= pageFlag.code;
    this.spaces.watchPage(page);
  }

  /** Bytes changed. True if they had been decoded: then everything decoded from that page is gone. */
  written(physical: number, length: number): boolean {
    const end = physical + length;
    let dropped = false;
    let at = physical;
    while (at < end) {
      const within = Math.min(end - at, PAGE - (at & (PAGE - 1)));
      if (this.touchesCode(at, within)) {
        this.dropPage(at >>> 12);
        dropped = true;
      }
      at += within;
    }
    return dropped;
  }

  dropAll(): void {
    for (const page of [...this.chunks.keys()]) this.dropPage(page);
  }

  private touchesCode(physical: number, length: number): boolean {
    const bits = this.chunks.get(physical >>> 12);
    if (!bits) return false;
    const last = ((physical & (PAGE - 1)) + length - 1) >>> CHUNK_SHIFT;
    for (let chunk = (physical & (PAGE - 1)) >>> CHUNK_SHIFT; chunk <= last; chunk++) {
      if (bits[chunk >>> 5] & (1 << (chunk & 31))) return true;
    }
    return false;
  }

  /** Forgets everything decoded from a physical page. */
  dropPage(physicalPage: number): void {
    for (const page of [...(this.byPhysicalPage.get(physicalPage) ?? [])]) this.remove(page);
    this.chunks.delete(physicalPage);
    this.state.u8[memoryMap.pageFlags + physicalPage] &= ~pageFlag.code;
  }

  /** The page whose entry map lies there. */
  withEntryMap(entryMap: number): CodePage | null {
    return this.byMap[(entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes] ?? null;
  }

  private remove(page: CodePage): void {
    this.onForgotten(page);
    this.byMap[(page.entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes] = null;
    this.spaces.removeCode(page.entryMap);
    this.state.u8.fill(0, page.entryMap, page.entryMap + memoryMap.entryMapBytes);
    this.freeMaps.push((page.entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes);
    for (const physicalPage of page.physicalPages) {
      const left = (this.byPhysicalPage.get(physicalPage) ?? []).filter((other) => other !== page);
      if (left.length > 0) this.byPhysicalPage.set(physicalPage, left);
      else this.byPhysicalPage.delete(physicalPage);
    }
  }
}
