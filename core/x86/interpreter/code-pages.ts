/**
 * Which pages hold decoded code, and what must go when their bytes change.  A code page is one physical page seen at one
 * linear page in one mode: the same bytes decode differently elsewhere.  A page in 64-byte chunks remembers which of them
 * were decoded, so that data living beside code may be written without throwing the code away.
 */

import type { AddressSpaces } from '../processor.ts';
import { memoryMap, pageFlag, type State } from '../state.ts';
import { pageRecord, pageRecordOf, SEVERAL } from './block-records.ts';

const PAGE = 4096;
const CHUNK_SHIFT = 6;
/** Words of an entry map that stand for the bytes of one chunk. */
const CHUNK_WORDS = 1 << CHUNK_SHIFT;
const CHUNKS = memoryMap.decodedChunks >>> 2;
const PAGE_FLAGS = memoryMap.pageFlags;
const CODE_PAGES = memoryMap.codePages >>> 2;
const CODE_FLAG = pageFlag.code;

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
}

export class CodePages {
  /** `changed` if bytes of it are others now; else there was only no more room. */
  onForgotten: (page: CodePage, changed: boolean) => void = () => undefined;
  private readonly state: State;
  private readonly spaces: AddressSpaces;
  private readonly byPhysicalPage = new Map<number, CodePage[]>();
  private readonly byMap: (CodePage | null)[] = [];
  /** Pages without code, ready to have some again: code that is written over and over keeps its page. */
  private readonly empty = new Set<CodePage>();

  constructor(state: State, spaces: AddressSpaces) {
    this.state = state;
    this.spaces = spaces;
  }

  find(physicalPage: number, linearPage: number, mode: number, segmentKey: string): CodePage | null {
    const pages = this.byPhysicalPage.get(physicalPage);
    if (pages === undefined) return null;
    for (const page of pages) {
      if (page.linearPage === linearPage && page.mode === mode && page.segmentKey === segmentKey) {
        if (page.physicalPage !== physicalPage) continue;
        if (this.empty.size > 0) this.empty.delete(page);
        return page;
      }
    }
    return null;
  }

  /** Null when there is no room for another; drop everything, then. */
  create(physicalPage: number, linearPage: number, mode: number, segmentKey: string): CodePage | null {
    const index = this.freeMap();
    if (index === null) return null;
    const entryMap = memoryMap.entryMaps + index * memoryMap.entryMapBytes;
    const page: CodePage = {
      entryMap,
      physicalPages: new Set(),
      physicalPage,
      linearPage,
      mode,
      segmentKey,
    };
    this.note(page, 'waiting', 0);
    this.note(page, 'mode', mode);
    this.note(page, 'watched', 0);
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
    this.noteOnly(physicalPage);
  }

  /** Bytes were decoded: from now on writes to them are noticed. `length` stays within the page. */
  markDecoded(physical: number, length: number): void {
    const { i32, u8 } = this.state;
    const page = physical >>> 12;
    const last = ((physical & (PAGE - 1)) + length - 1) >>> CHUNK_SHIFT;
    for (let chunk = (physical & (PAGE - 1)) >>> CHUNK_SHIFT; chunk <= last; chunk++) {
      i32[CHUNKS + 2 * page + (chunk >>> 5)] |= 1 << (chunk & 31);
    }
    if (u8[PAGE_FLAGS + page] & CODE_FLAG) return;
    u8[PAGE_FLAGS + page] |= CODE_FLAG;
    this.spaces.watchPage(page);
  }

  /** Everything decoded from bytes of a physical page; some of it may be empty. */
  on(physicalPage: number): readonly CodePage[] {
    return this.byPhysicalPage.get(physicalPage) ?? [];
  }

  /** Bytes changed. True if they had been decoded: then everything decoded from that page is gone. */
  written(physical: number, length: number): boolean {
    const end = physical + length;
    let dropped = false;
    let at = physical;
    while (at < end) {
      const within = Math.min(end - at, PAGE - (at & (PAGE - 1)));
      if (this.touchesCode(at, within)) {
        this.dropPage(at >>> 12, true);
        dropped = true;
      }
      at += within;
    }
    return dropped;
  }

  /** Afterwards it is as if there had never been code; entry maps are handed out from the first again, for that one has
   *  been touched already. */
  dropAll(): void {
    for (const page of [...this.byPhysicalPage.keys()]) {
      this.dropPage(page, false);
      this.state.i32[CODE_PAGES + page] = 0;
    }
    this.byPhysicalPage.clear();
    this.byMap.length = 0;
    this.empty.clear();
  }

  private touchesCode(physical: number, length: number): boolean {
    const bits = CHUNKS + 2 * (physical >>> 12);
    const last = ((physical & (PAGE - 1)) + length - 1) >>> CHUNK_SHIFT;
    for (let chunk = (physical & (PAGE - 1)) >>> CHUNK_SHIFT; chunk <= last; chunk++) {
      if (this.state.i32[bits + (chunk >>> 5)] & (1 << (chunk & 31))) return true;
    }
    return false;
  }

  /** Forgets everything decoded from a physical page. */
  dropPage(physicalPage: number, changed: boolean): void {
    for (const page of [...(this.byPhysicalPage.get(physicalPage) ?? [])]) {
      if (!this.empty.has(page)) this.forget(page, changed);
    }
    const { i32, u8 } = this.state;
    i32[CHUNKS + 2 * physicalPage] = 0;
    i32[CHUNKS + 2 * physicalPage + 1] = 0;
    u8[PAGE_FLAGS + physicalPage] &= ~CODE_FLAG;
  }

  /** The page whose entry map lies there. */
  withEntryMap(entryMap: number): CodePage | null {
    return this.byMap[indexOf(entryMap)] ?? null;
  }

  /** Whoever jumps to the page finds nothing there any more; but where it is found stays as it is. */
  private forget(page: CodePage, changed: boolean): void {
    this.tell(page, changed);
    // Whoever drops a translation looks for code tables only where a page has code, and from now on this one has none.
    this.spaces.removeCode(page.entryMap);
    this.clearMap(page);
    this.note(page, 'waiting', 0);
    for (const physicalPage of page.physicalPages) {
      if (physicalPage !== page.physicalPage) this.detach(page, physicalPage);
    }
    this.empty.add(page);
  }

  /** Only chunks that were decoded have entries. */
  private clearMap({ entryMap, physicalPage }: CodePage): void {
    const { i32 } = this.state;
    const low = i32[CHUNKS + 2 * physicalPage];
    const high = i32[CHUNKS + 2 * physicalPage + 1];
    const first = low !== 0 ? Math.clz32(low & -low) ^ 31 : (Math.clz32(high & -high) ^ 31) + 32;
    const end = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
    if (end > 0) i32.fill(0, (entryMap >>> 2) + first * CHUNK_WORDS, (entryMap >>> 2) + end * CHUNK_WORDS);
  }

  /** Whoever watches the page lets go of it. */
  tell(page: CodePage, changed: boolean): void {
    this.note(page, 'watched', 0);
    this.onForgotten(page, changed);
  }

  /** Something that generated code has to know of the page. */
  note({ entryMap }: CodePage, field: keyof typeof pageRecord.at, value: number): void {
    this.state.i32[(pageRecordOf(entryMap) + pageRecord.at[field]) >>> 2] = value;
  }

  /** Which page generated code finds where bytes of that physical page are written. */
  private noteOnly(physicalPage: number): void {
    const pages = this.on(physicalPage);
    const [only] = pages;
    const alone = pages.length === 1 && only.physicalPage === physicalPage;
    this.state.i32[CODE_PAGES + physicalPage] = alone ? only.entryMap : pages.length === 0 ? 0 : SEVERAL;
  }

  private detach(page: CodePage, physicalPage: number): void {
    page.physicalPages.delete(physicalPage);
    const left = (this.byPhysicalPage.get(physicalPage) ?? []).filter((other) => other !== page);
    if (left.length > 0) this.byPhysicalPage.set(physicalPage, left);
    else this.byPhysicalPage.delete(physicalPage);
    this.noteOnly(physicalPage);
  }

  /** Index of an entry map that nobody uses: a new one while there are some, then that of a page without code. */
  private freeMap(): number | null {
    if (this.byMap.length < memoryMap.entryMapCount) return this.byMap.length;
    for (const page of this.empty) {
      this.empty.delete(page);
      this.spaces.removeCode(page.entryMap);
      this.detach(page, page.physicalPage);
      return indexOf(page.entryMap);
    }
    return null;
  }
}

const indexOf = (entryMap: number) => (entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes;
