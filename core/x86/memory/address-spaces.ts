/**
 * Address spaces: which set of translation tables belongs to which page directory, and what may stay in it.
 *
 * Real processors forget their TLB when cr3 is loaded, and software pays for it twice a world switch.  We forget nothing
 * on a load: pages that serve as page tables are watched, so a write to one drops exactly the translations it fed.
 * A translation kept here is therefore always true, which is more than the architecture asks (SDM 3A 4.10.4).
 */

import { PAGE_BYTES, PAGE_SHIFT } from '../../agreement/addresses.ts';
import type { LocalApic } from '../local-apic.ts';
import type { AddressSpaces, CodeWatcher, MutableEvents } from '../processor.ts';
import { eflag, memoryMap, pageFlag, type State } from '../state.ts';
import { CodeTables } from './code-tables.ts';
import { raisePageFault } from './faults.ts';
import { KnownSpaces } from './known-spaces.ts';
import { cr0Bit, NO_TABLE, PageWalk } from './page-walk.ts';
import { DIRECTORY, TableWatch } from './table-watch.ts';
import { TranslationTables } from './translation-tables.ts';
import { words } from './words.ts';

const HELD_WRITE = memoryMap.heldWrite >>> 2;
const {
  CODE_TABLE,
  CODE_TABLE_ROW,
  CPL,
  CR0,
  CR3,
  FLAGS_REST,
  LOCAL_APIC,
  MODE,
  ONES,
  PAGE_FLAGS,
  RAM,
  READ_TABLE,
  SINK,
  SUPERVISOR_READ_TABLE,
  SUPERVISOR_WRITE_TABLE,
  WRITE_TABLE,
} = words;

/** Keys of sets: the page number of cr3, or one of these. */
const UNUSED = -2;
const UNPAGED = -1;
/** Bits of cr3 that exist: the directory's page, PWT and PCD. */
const CR3_BITS = 0xfffff018;
const USER_RING = 3;
/** Again in this file, as `words` explains. */
const { paging: PAGING, alignment: ALIGNMENT_MASK } = cr0Bit;
const ALIGNMENT_FLAG = eflag.alignment;
const SHIFT = PAGE_SHIFT;
const REGION_SHIFT = 22;
const PAGES_PER_REGION_SHIFT = 10;
const ENTRY_SHIFT = 2;

export class TranslatedSpaces implements AddressSpaces {
  /** #AC can happen: CR0.AM, EFLAGS.AC and CPL 3 (SDM 3A 6.15). Ring 3 then has no entries and each access asks. */
  alignmentChecked = false;

  private readonly state: State;
  private readonly events: MutableEvents;
  private readonly watcher: CodeWatcher;
  private readonly localApic: LocalApic | null;
  private readonly walk: PageWalk;
  private readonly tables: TranslationTables;
  private readonly watch: TableWatch;
  private readonly code: CodeTables;
  private readonly keys = new Int32Array(memoryMap.tlbSets).fill(UNUSED);
  private readonly known: KnownSpaces;
  /** Sets loaded since the hand last passed, as far as this file knows. */
  private readonly used = new Uint8Array(memoryMap.tlbSets);
  private hand = 0;

  constructor(state: State, events: MutableEvents, watcher: CodeWatcher, localApic: LocalApic | null) {
    this.state = state;
    this.events = events;
    this.watcher = watcher;
    this.localApic = localApic;
    this.walk = new PageWalk(state, watcher);
    this.tables = new TranslationTables(state);
    this.watch = new TableWatch(state);
    this.code = new CodeTables(state);
    this.known = new KnownSpaces(state);
    state.u32[SUPERVISOR_READ_TABLE] = this.tables.address(0, false, false);
    this.select();
  }

  /** The set in force. Generated code changes it too. */
  private get set(): number {
    return this.tables.setAt(this.state.u32[SUPERVISOR_READ_TABLE]);
  }

  select(): void {
    const { i32, u32 } = this.state;
    const key = i32[CR0] & PAGING ? u32[CR3] >>> SHIFT : UNPAGED;
    const now = this.set;
    const set = this.keys[now] === key ? now : this.chooseSet(key);
    const { tables } = this;
    const user = i32[CPL] === USER_RING;
    this.alignmentChecked = user && (i32[CR0] & ALIGNMENT_MASK) !== 0 && (i32[FLAGS_REST] & ALIGNMENT_FLAG) !== 0;
    if (this.alignmentChecked) tables.clearUser(set);
    u32[SUPERVISOR_READ_TABLE] = tables.address(set, false, false);
    u32[SUPERVISOR_WRITE_TABLE] = tables.address(set, true, false);
    u32[READ_TABLE] = tables.address(set, false, user);
    u32[WRITE_TABLE] = tables.address(set, true, user);
    u32[CODE_TABLE] = this.code.choose(set, i32[MODE]);
    u32[CODE_TABLE_ROW] = this.code.row(set);
  }

  flushAll(): void {
    for (let set = 0; set < memoryMap.tlbSets; set++) this.forget(set);
    this.select();
  }

  /** Among the pages that may be written unasked, rings 0 to 2 have some that no ring may write from now on. */
  protectWrites(): void {
    this.tables.clearWrites();
    this.state.i32[HELD_WRITE] = 0;
  }

  loadCr3(value: number): void {
    this.events.cr3Loads++;
    this.state.u32[CR3] = value & CR3_BITS;
    this.select();
  }

  invalidatePage(linear: number): void {
    this.dropPage(this.set, linear >>> PAGE_SHIFT);
  }

  installCode(linear: number, entryMap: number): void {
    this.code.install(this.code.tableAt(this.state.u32[CODE_TABLE]), linear >>> PAGE_SHIFT, entryMap);
  }

  removeCode(entryMap: number): void {
    this.code.remove(entryMap);
  }

  watchPage(physicalPage: number): void {
    if (physicalPage < this.state.ramBytes >>> PAGE_SHIFT) this.tables.revokeWrites(physicalPage);
  }

  /**
   * Translates after a miss and remembers what it found. Answers the address in the memory object of the page's first
   * byte, or -1 with a page fault in the state.
   */
  // @journey ground/remembering-translations
  // A table entry is worth remembering only if we shall hear of its change.  So before a translation is written down,
  // both table pages it came from are put under watch; and a page under watch never gets a write entry of its own, or
  // the next change would slip past.  The order matters: a page table that maps itself must find itself watched.
  fill(linear: number, write: boolean, user: boolean): number {
    const { set, walk, state, events } = this;
    const page = linear >>> PAGE_SHIFT;
    const paged = (state.i32[CR0] & cr0Bit.paging) !== 0;
    // An access that only our own watch holds up, or our looking at alignment, is no miss: silicon has its translation, and
    // how often code is fetched and decoded differs between engines.
    const known = this.tables.mayRead(set, page);
    if (paged) {
      if (!walk.walk(linear, write, user)) {
        events.pageWalks++;
        return raisePageFault(state, linear, walk.error);
      }
      this.watchTables(linear);
    }
    if (!known || (paged && write && !walk.wasDirty)) {
      if (paged) events.pageWalks++;
      events.tlbFills++;
    }
    const physical = paged ? walk.physical : (page * PAGE_BYTES) >>> 0;
    const forUser = (!paged || walk.user) && !this.alignmentChecked;
    const absent = physical >= state.ramBytes;
    const host = absent ? this.outsideRam(physical) : RAM + physical;
    this.tables.installRead(set, page, host, forUser);
    state.i32[HELD_WRITE] = 0;
    if (absent) return write && host === ONES ? SINK : host;
    const watched = state.u8[PAGE_FLAGS + (physical >>> PAGE_SHIFT)] !== 0;
    if (watched || (paged && !walk.dirty)) return host;
    const writable = !paged || walk.writable;
    if (writable || (state.i32[CR0] & cr0Bit.writeProtect) === 0) {
      this.tables.installWrite(set, page, host, forUser && writable);
    }
    return host;
  }
  // @end

  /** Bytes of RAM that lie within one page were written past the tables. True if decoded code was dropped or may lie
   *  elsewhere now: then whoever is executing finds its way anew, at once and not only where it would have had to. */
  written(physical: number, length: number): boolean {
    const flags = this.state.u8[PAGE_FLAGS + (physical >>> PAGE_SHIFT)];
    const moved = (flags & pageFlag.table) !== 0 && this.tableWritten(physical, length);
    if (moved) this.watcher.codeMoved();
    const dropped = (flags & pageFlag.code) !== 0 && this.watcher.codeWritten(physical, length);
    return moved || dropped;
  }

  /** Where nobody lives every read is ones. */
  private outsideRam(physical: number): number {
    return this.localApic?.physicalPage === physical >>> PAGE_SHIFT ? LOCAL_APIC : ONES;
  }

  /** Bytes outside RAM were written, at this address in the memory object. True if the run loop should look up. */
  deviceWritten(host: number): boolean {
    if (this.localApic === null || host < LOCAL_APIC) return false;
    this.localApic.written(host - LOCAL_APIC);
    return true;
  }

  private watchTables(linear: number): void {
    const { set, walk, watch } = this;
    const directory = this.state.u32[CR3] >>> PAGE_SHIFT;
    if (watch.depend(set, DIRECTORY, directory)) this.tables.revokeWrites(directory);
    const region = linear >>> REGION_SHIFT;
    if (walk.table === NO_TABLE) watch.release(set, region);
    else if (watch.depend(set, region, walk.table)) this.tables.revokeWrites(walk.table);
  }

  /** A write to page tables drops what came from the entries it touched, in every address space that used them.  True if
   *  some of that was code. */
  private tableWritten(physical: number, length: number): boolean {
    const { watch } = this;
    const physicalPage = physical >>> PAGE_SHIFT;
    const offset = physical & (PAGE_BYTES - 1);
    const first = offset >>> ENTRY_SHIFT;
    const last = (offset + length - 1) >>> ENTRY_SHIFT;
    let isDirectory = false;
    let moved = false;
    for (let node = watch.first(physicalPage); node !== 0; node = watch.after(node)) {
      const region = watch.regionOf(node);
      if (region === DIRECTORY) {
        isDirectory = true;
        continue;
      }
      const set = watch.setOf(node);
      for (let entry = first; entry <= last; entry++) {
        moved = this.dropPage(set, (region << PAGES_PER_REGION_SHIFT) | entry) || moved;
      }
    }
    if (!isDirectory) return moved;
    // Directories after tables: dropping a region may take nodes out of the chain just walked.
    for (let set = 0; set < memoryMap.tlbSets; set++) {
      if (!watch.isDirectoryOf(set, physicalPage)) continue;
      for (let entry = first; entry <= last; entry++) this.dropRegion(set, entry);
    }
    return true;
  }

  /** True if code was to be found there. */
  private dropPage(set: number, page: number): boolean {
    this.tables.clearPage(set, page);
    return this.code.clearPage(set, page);
  }

  private dropRegion(set: number, region: number): void {
    this.tables.clearRegion(set, region);
    this.code.clearRegion(set, region);
    this.watch.release(set, region);
  }

  /** The set of a space, one taken from another if it has none. */
  private chooseSet(key: number): number {
    let set = this.keys.indexOf(key);
    if (set < 0) {
      set = this.notUsedLately();
      this.forget(set);
      this.keys[set] = key;
    }
    this.used[set] = 1;
    if (key !== UNPAGED) this.known.remember(key, this.tables.address(set, false, false), this.code.row(set));
    return set;
  }

  /** Goes round: a set that was loaded since the hand last passed is spared once. */
  private notUsedLately(): number {
    for (;;) {
      this.hand = (this.hand + 1) % memoryMap.tlbSets;
      const key = this.keys[this.hand];
      const loaded = key >= 0 && this.known.takeMark(key);
      if (!loaded && this.used[this.hand] === 0) return this.hand;
      this.used[this.hand] = 0;
    }
  }

  private forget(set: number): void {
    const key = this.keys[set];
    if (key === UNUSED) return;
    if (key !== UNPAGED) this.known.forget(key);
    this.keys[set] = UNUSED;
    this.used[set] = 0;
    this.tables.forEachRegion(set, (region) => {
      this.watch.release(set, region);
    });
    this.watch.release(set, DIRECTORY);
    this.tables.clearSet(set);
    this.code.clearSet(set);
  }
}
