/**
 * Decoded code, found by offset: decodes blocks, writes their operations, links direct jumps within a page, and forgets
 * what was overwritten.  It lives beside the handlers, not under them: nothing here runs while guest code is fast.
 *
 * @journey ground/decoded-code
 * An instruction is looked at once.  What it is, where its operands live and where it goes are written into one cache
 * line; from then on running it means jumping from line to line.  A page with such lines is watched, and a write to bytes
 * that were decoded takes all of them away.
 */

import { type Instruction, segmentNumber } from '../instruction.ts';
import type { AddressSpaces, MemoryAccess, Processor } from '../processor.ts';
import { mode, type State, segmentAddress, segmentLayout, stateLayout } from '../state.ts';
import { type BlockFault, BlockReader, type Decoded, LONGEST_BLOCK, raiseBlockFault } from './block.ts';
import { BlockWriter } from './block-writer.ts';
import { CodeChanges } from './code-changes.ts';
import { type CodePage, CodePages } from './code-pages.ts';
import type { Findings } from './handler-machine.ts';
import { type HandlerLibrary, slot } from './handlers.ts';
import { forgetJump } from './jump-links.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import { OperationRoom, SHORTENED } from './operation-room.ts';
import { OperationWriter, type ServiceCall, type Services } from './operation-writer.ts';
import type { WrittenHandler, WrittenHandlers } from './written-handlers.ts';

const PAGE = 4096;
const field = operationLayout.at;
const state = stateLayout.at;
const CS = segmentAddress(segmentNumber.cs);
const CS_BASE = CS + segmentLayout.at.base;
const CS_LIMIT = CS + segmentLayout.at.limit;

/** Translating costs what some hundred thousand entries of a block cost without. */
const MOST_RELUCTANT = 5;

export class CodeCache {
  private readonly state: State;
  private readonly access: MemoryAccess;
  private readonly spaces: AddressSpaces;
  private readonly reader: BlockReader;
  private readonly pages: CodePages;
  private readonly writer: OperationWriter;
  private readonly blocks: BlockWriter;
  private readonly changes: CodeChanges;
  private readonly room: OperationRoom;
  /** Calls that lasting blocks own; what lies behind them belonged to the last shortened block. */
  private lastingCalls = 0;
  /** Where the count of a block's entries starts, elsewhere than on pages whose code keeps changing; at zero it is hot. */
  firstHeat = 0;
  /** Per physical page, how often that doubles. */
  private readonly reluctance: Uint8Array;

  /** `begun` says how many instructions have begun. */
  constructor(
    { state, access, spaces }: Processor,
    library: HandlerLibrary,
    services: Services,
    written: WrittenHandlers,
    begun: () => number,
  ) {
    this.state = state;
    this.access = access;
    this.spaces = spaces;
    this.reader = new BlockReader(state, access);
    this.room = new OperationRoom(state, begun);
    this.pages = new CodePages(state, spaces);
    this.reluctance = new Uint8Array(state.ramBytes / PAGE + 1);
    this.writer = new OperationWriter(state, services);
    this.blocks = new BlockWriter(state, access, this.reader, this.writer, library, written);
    this.changes = new CodeChanges(state, access, this.pages, this.blocks);
  }

  callOf(operation: number): ServiceCall {
    return this.writer.callOf(operation);
  }

  /** Where blocks decoded from this page start counting their entries. */
  firstHeatOn({ physicalPage }: CodePage): number {
    return this.firstHeat * (1 << this.reluctance[physicalPage]);
  }

  /** Hot code of this page was lost: next time it has to be hot for longer. */
  discourage({ physicalPage }: CodePage): void {
    if (this.reluctance[physicalPage] === MOST_RELUCTANT) return;
    this.reluctance[physicalPage]++;
    for (const page of this.pages.on(physicalPage)) this.noteHeat(page);
  }

  isChanging = ({ physicalPage }: CodePage): boolean => this.reluctance[physicalPage] > 0;

  /** From now on until it is forgotten, somebody is told when code of the page changes. */
  watch(page: CodePage): void {
    this.pages.note(page, 'watched', 1);
  }

  /** Told of each code page that is watched and forgotten, while its operations still are what they were. */
  set onForgotten(listener: (page: CodePage, changed: boolean) => void) {
    this.pages.onForgotten = listener;
  }

  /** Told when all operations are about to be given new meanings. */
  onEmptied: () => void = () => {};

  /** The code page that jumps to `eip` reach without asking, in flat code; null if there is none. */
  pageOf(eip: number): CodePage | null {
    if ((this.state.get(state.mode) & mode.flatCode) === 0) return null;
    const entryMap = this.state.u32[(this.state.u32[state.codeTable >>> 2] >>> 2) + (eip >>> 12)];
    return entryMap === 0 ? null : this.pages.withEntryMap(entryMap);
  }

  /** The operation of the instruction at `eip`, which lies on `page`, or 0 if it was never decoded. */
  operationOn(page: CodePage, eip: number): number {
    return this.state.i32[(page.entryMap >>> 2) + (eip & (PAGE - 1))];
  }

  /** The instructions from `eip` on, which lies on `page` of flat code, as its bytes say now. Only those that end on the
   *  page: fetching from the next one could be noticed. */
  decodedFrom(eip: number, page: CodePage): readonly Decoded[] {
    const physical = page.physicalPage * PAGE + (eip & (PAGE - 1));
    const limit = (eip | (PAGE - 1)) >>> 0;
    const block = this.reader.read(eip, physical, 0, limit, LONGEST_BLOCK);
    return typeof block === 'string' ? [] : block;
  }

  /** The word at a linear address, if it lies in RAM that can be read without asking; else null. */
  peek(linear: number): number | null {
    const entry = this.state.i32[(this.state.u32[state.readTable >>> 2] >>> 2) + (linear >>> 12)];
    if (entry === 0 || (linear & 3) !== 0) return null;
    return this.state.u32[((linear + entry + 1) >>> 0) >>> 2];
  }

  /** Code for an instruction that has no meaning, for regions. */
  translatable(instruction: Instruction): WrittenHandler | null {
    return this.blocks.translatable(instruction);
  }

  /** What the meaning of an instruction of decoded code does. */
  findingsOf(instruction: Instruction): Findings {
    return this.blocks.findingsOf(instruction);
  }

  codeWritten(physical: number, length: number): boolean {
    return this.changes.absorb(physical, length) || this.pages.written(physical, length);
  }

  /** The operation at `eip` if the tables lead straight to it, else 0: the quick half of `lookUp`. */
  known(eip: number): number {
    this.room.cut = false; // whoever asks has left it
    const { i32, u32 } = this.state;
    const linear = (u32[CS_BASE >>> 2] + eip) >>> 0;
    const entryMap = i32[(u32[state.codeTable >>> 2] >>> 2) + (linear >>> 12)];
    if (entryMap === 0) return 0;
    const operation = i32[(entryMap >>> 2) + (linear & (PAGE - 1))];
    return this.isGuard(operation) ? 0 : operation;
  }

  /** The operation at `eip`, decoding if need be; -1 with the fault in the state. Behind its guard, if it has one: what that
   *  asks was just answered, and while alignment is checked it cannot be asked. */
  lookUp(eip: number): number {
    return this.behindGuard(this.found(eip));
  }

  private found(eip: number): number {
    const linear = (this.state.get(CS_BASE) + eip) >>> 0;
    if (eip > this.state.get(CS_LIMIT)) return raiseBlockFault(this.state, 'code limit');
    const physical = this.access.translateFetch(linear);
    if (physical < 0) return -1;
    const page = this.pageAt(physical, linear);
    const mapped = (page.entryMap + ((linear & (PAGE - 1)) << 2)) >>> 2;
    if (this.isGuard(this.state.i32[mapped]) && this.access.translateFetch((linear | (PAGE - 1)) + 1) < 0) return -1;
    // That may have been a page walk, and page walks write.
    const operation = this.state.i32[mapped];
    if (this.state.get(state.mode) & mode.flatCode) this.spaces.installCode(linear, page.entryMap);
    if (operation === 0) return this.blocks.decode(eip) || this.decodeBlock(page, eip, physical);
    return this.isGuard(operation) ? this.renewed(page, operation, eip, physical) : operation;
  }

  /** A word of an operation (operation.ts). */
  wordOf(operation: number, word: keyof typeof field): number {
    return this.state.i32[(operation + field[word]) >>> 2];
  }

  /** A block of its own, of at most `count` instructions from `eip`, that stops when they are done. Valid until the next
   *  call; -1 with the fault in the state. */
  shortened(eip: number, count: number): number {
    this.room.cut = true;
    const quick = this.blocks.shorten(eip, count);
    if (quick !== 0) return quick;
    const physical = this.fetchFrom(eip);
    if (physical < 0) return -1;
    this.writer.forgetCalls(this.lastingCalls);
    // It is gone before anybody could come back to it: nothing to be hot.
    this.writer.firstHeat = 0;
    const fault = this.writeBlock(eip, physical, SHORTENED, Math.min(count, LONGEST_BLOCK), null);
    if (fault !== null) return raiseBlockFault(this.state, fault);
    const { end, nextEip } = this.blocks;
    this.writer.writeHead(end, this.blocks.count === count ? slot.stop : slot.continue, 0, nextEip, nextEip);
    return this.behindGuard(SHORTENED);
  }

  dropAll(): void {
    this.pages.dropAll();
    this.onEmptied();
    this.room.clear();
    this.writer.calls.length = 0;
    this.lastingCalls = 0;
  }

  /** Where the code at `eip` lies. What the code tables know is not asked again: where a budget's end cuts a block differs
   *  between engines, and what they ask for is counted. */
  private fetchFrom(eip: number): number {
    const page = this.pageOf(eip);
    if (page !== null) return page.physicalPage * PAGE + (eip & (PAGE - 1));
    return this.access.translateFetch((this.state.get(CS_BASE) + eip) >>> 0);
  }

  private pageAt(physical: number, linear: number): CodePage {
    const modeBits = this.state.get(state.mode);
    const flat = (modeBits & mode.flatCode) !== 0;
    const segmentKey = flat ? '' : `${this.state.get(CS_BASE)}:${this.state.get(CS_LIMIT)}`;
    const found = this.pages.find(physical >>> 12, linear >>> 12, modeBits, segmentKey);
    if (found) return found;
    const made = this.pages.create(physical >>> 12, linear >>> 12, modeBits, segmentKey);
    if (made) {
      this.noteHeat(made);
      return made;
    }
    this.dropAll();
    return this.pageAt(physical, linear);
  }

  /** For generated code that decodes. */
  private noteHeat(page: CodePage): void {
    this.pages.note(page, 'heat', this.firstHeatOn(page));
  }

  private decodeBlock(page: CodePage, eip: number, physical: number): number {
    if (this.room.isSpent) {
      this.dropAll();
      return this.found(eip);
    }
    const first = this.room.next;
    const failed = this.writeLasting(page, eip, physical, first, LONGEST_BLOCK);
    if (failed !== null) return failed;
    this.room.next = this.blocks.end + OPERATION_BYTES;
    return first;
  }

  /** Writes a block to `first` and behind, where jumps find it; or answers -1, with the fault in the state. */
  private writeLasting(page: CodePage, eip: number, physical: number, first: number, most: number): -1 | null {
    this.writer.forgetCalls(this.lastingCalls);
    this.writer.firstHeat = this.firstHeatOn(page);
    const fault = this.writeBlock(eip, physical, first, most, page);
    if (fault !== null) return raiseBlockFault(this.state, fault);
    this.lastingCalls = this.writer.calls.length;
    const { end, nextEip } = this.blocks;
    this.writer.writeHead(end, slot.continue, 0, nextEip, nextEip);
    return null;
  }

  /** Writes operations from `first` on, and has their bytes watched. On a page they can be found, and jumps lead to them
   *  and from them. */
  private writeBlock(
    eip: number,
    physical: number,
    first: number,
    most: number,
    page: CodePage | null,
  ): BlockFault | null {
    const { blocks, reader } = this;
    reader.begin(eip, physical, this.state.get(CS_BASE), this.state.get(CS_LIMIT));
    const fault = blocks.write(first, most, page?.entryMap ?? 0);
    if (fault !== null) return fault;
    this.pages.markDecoded(physical, blocks.bytes);
    if (reader.crossing) this.pages.markDecoded(reader.crossingPhysical, reader.bytesBeyond);
    if (page === null) return null;
    if (reader.crossing) this.pages.attach(page, reader.crossingPhysical >>> 12);
    blocks.link(page.entryMap);
    return null;
  }

  private behindGuard(operation: number): number {
    return this.isGuard(operation) ? operation + OPERATION_BYTES : operation;
  }

  private isGuard(operation: number): boolean {
    return operation > 0 && this.state.i32[(operation + field.handler) >>> 2] === slot.guard;
  }

  /** A guard whose second page can be fetched from. If that is another page than the one decoded, the instruction is
   *  decoded from what is there now, in the same place: no other instruction has anything to do with it. */
  private renewed(page: CodePage, guard: number, eip: number, physical: number): number {
    const linear = this.state.u32[(guard + field.targetEip) >>> 2];
    if (this.blocks.readEntry(linear) === this.state.i32[(guard + field.immediate) >>> 2]) return guard;
    forgetJump(this.state, page, guard + OPERATION_BYTES);
    return this.writeLasting(page, eip, physical, guard, 1) ?? guard;
  }
}
// @end
