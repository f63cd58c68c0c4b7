/**
 * The registers for those who stand outside: a host kernel, a debugger, a test.  Reads are plain; writes take effect as
 * if an instruction had made them (tables selected, mode refreshed), but without its checks.
 */

import type { Registers, SegmentName, SegmentState } from '../agreement/ground.ts';
import { segmentNumber } from './instruction.ts';
import { cr0Bit } from './memory/page-walk.ts';
import { words } from './memory/words.ts';
import type { Processor } from './processor.ts';
import { readMsr, writeMsr } from './system/identity.ts';
import { refreshMode, setPrivilege, storeSegment } from './system/segments.ts';

const {
  BASE,
  CPL,
  CR0,
  CR2,
  CR3,
  CR4,
  CS,
  EAX,
  EBP,
  EBX,
  ECX,
  EDI,
  EDX,
  EIP,
  ESI,
  ESP,
  GDT_BASE,
  GDT_LIMIT,
  IDT_BASE,
  IDT_LIMIT,
  LDTR,
  LIMIT,
  RIGHTS,
  SEGMENTS,
  SEGMENT_WORDS,
  SELECTOR,
  TR,
} = words;

const RPL = 3;
const WORD = 2 ** 32;

export class StateRegisters implements Registers {
  private readonly processor: Processor;
  private readonly u32: Uint32Array;

  constructor(processor: Processor) {
    this.processor = processor;
    this.u32 = processor.state.u32;
  }

  get eax(): number {
    return this.u32[EAX];
  }
  set eax(value: number) {
    this.u32[EAX] = value;
  }
  get ecx(): number {
    return this.u32[ECX];
  }
  set ecx(value: number) {
    this.u32[ECX] = value;
  }
  get edx(): number {
    return this.u32[EDX];
  }
  set edx(value: number) {
    this.u32[EDX] = value;
  }
  get ebx(): number {
    return this.u32[EBX];
  }
  set ebx(value: number) {
    this.u32[EBX] = value;
  }
  get esp(): number {
    return this.u32[ESP];
  }
  set esp(value: number) {
    this.u32[ESP] = value;
  }
  get ebp(): number {
    return this.u32[EBP];
  }
  set ebp(value: number) {
    this.u32[EBP] = value;
  }
  get esi(): number {
    return this.u32[ESI];
  }
  set esi(value: number) {
    this.u32[ESI] = value;
  }
  get edi(): number {
    return this.u32[EDI];
  }
  set edi(value: number) {
    this.u32[EDI] = value;
  }
  get eip(): number {
    return this.u32[EIP];
  }
  set eip(value: number) {
    this.u32[EIP] = value;
  }
  get cr2(): number {
    return this.u32[CR2];
  }
  set cr2(value: number) {
    this.u32[CR2] = value;
  }
  get eflags(): number {
    return this.processor.state.eflags;
  }
  set eflags(value: number) {
    this.processor.state.eflags = value;
    this.processor.spaces.select();
  }
  get cr0(): number {
    return this.u32[CR0];
  }
  set cr0(value: number) {
    const changed = this.u32[CR0] ^ value;
    this.u32[CR0] = value | cr0Bit.extension;
    // A host shows its guest TS at every other task switch, and translations do not depend on it.
    if ((changed & ~cr0Bit.extension) !== cr0Bit.taskSwitched) this.processor.spaces.flushAll();
  }
  get cr3(): number {
    return this.u32[CR3];
  }
  set cr3(value: number) {
    this.processor.spaces.loadCr3(value);
  }
  get cr4(): number {
    return this.u32[CR4];
  }
  set cr4(value: number) {
    this.u32[CR4] = value;
    this.processor.spaces.flushAll();
  }
  get cpl(): number {
    return this.u32[CPL];
  }
  get gdtr(): { base: number; limit: number } {
    return { base: this.u32[GDT_BASE], limit: this.u32[GDT_LIMIT] };
  }
  set gdtr(table: { base: number; limit: number }) {
    this.u32[GDT_BASE] = table.base;
    this.u32[GDT_LIMIT] = table.limit;
  }
  get idtr(): { base: number; limit: number } {
    return { base: this.u32[IDT_BASE], limit: this.u32[IDT_LIMIT] };
  }
  set idtr(table: { base: number; limit: number }) {
    this.u32[IDT_BASE] = table.base;
    this.u32[IDT_LIMIT] = table.limit;
  }
  get tr(): SegmentState {
    return this.read(TR);
  }
  set tr(segment: SegmentState) {
    this.write(TR, segment);
  }
  get ldtr(): SegmentState {
    return this.read(LDTR);
  }
  set ldtr(segment: SegmentState) {
    this.write(LDTR, segment);
  }

  segment(name: SegmentName): Readonly<SegmentState> {
    return this.read(SEGMENTS + segmentNumber[name] * SEGMENT_WORDS);
  }

  /** cs brings its privilege along: the RPL of its selector. */
  setSegment(name: SegmentName, segment: SegmentState): void {
    const at = SEGMENTS + segmentNumber[name] * SEGMENT_WORDS;
    if (at === CS) setPrivilege(this.processor, segment.selector & RPL);
    this.write(at, segment);
    refreshMode(this.processor);
  }

  /** Low 32 bits; zero for a register that does not exist. */
  readMsr(index: number): number {
    return readMsr(this.processor, index) ?? 0;
  }

  writeMsr(index: number, value: number): void {
    writeMsr(this.processor, index, value % WORD, Math.floor(value / WORD));
  }

  private read(at: number): SegmentState {
    const { u32 } = this;
    return { selector: u32[at + SELECTOR], base: u32[at + BASE], limit: u32[at + LIMIT], rights: u32[at + RIGHTS] };
  }

  private write(at: number, segment: SegmentState): void {
    storeSegment(this.processor.state, at, segment.selector, segment.base, segment.limit, segment.rights);
  }
}
