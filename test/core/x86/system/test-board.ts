/**
 * A processor with tables in RAM, for tests that call services directly: a GDT with segments of rings 0, 1 and 3, an
 * IDT, a TSS with stacks for rings 0 to 2, an LDT, and page tables that map the first 4 MiB onto themselves.
 */

import type { PhysicalMemory, Registers } from '../../../../core/agreement/ground.ts';
import type { Instruction, Operand } from '../../../../core/x86/instruction.ts';
import type { Outcome } from '../../../../core/x86/service.ts';
import { State, stateLayout } from '../../../../core/x86/state.ts';
import { createProcessor, type ProcessorParts } from '../../../../core/x86/system/create-processor.ts';
import { systemServices } from '../../../../core/x86/system/services.ts';

export const place = {
  gdt: 0x1000,
  idt: 0x2000,
  tss: 0x3000,
  ldt: 0x4000,
  directory: 0x10000,
  table: 0x11000,
  code: 0x40000,
  stack0: 0x80000,
  stack1: 0x90000,
  stack2: 0xa0000,
  stack3: 0xb0000,
  data: 0xc0000,
} as const;

/** Access bytes and flags, as bits 8–23 of the high dword. */
export const rights = {
  code0: 0xc09b00,
  data0: 0xc09300,
  code1: 0xc0bb00,
  data1: 0xc0b300,
  code2: 0xc0db00,
  data2: 0xc0d300,
  code3: 0xc0fb00,
  data3: 0xc0f300,
} as const;

export const selector = {
  code0: 0x08,
  data0: 0x10,
  code1: 0x19,
  data1: 0x21,
  code3: 0x2b,
  data3: 0x33,
  tss: 0x38,
  ldt: 0x40,
  code2: 0x4a,
  data2: 0x52,
  /** First entry left to a test. */
  free: 0x60,
} as const;

const TSS32 = 0x008900;
const LDT = 0x008200;
const FLAT = 0xffffffff;

/** Writes the tables into RAM, and moves between rings without instructions. */
export abstract class Rings {
  abstract readonly memory: PhysicalMemory;
  abstract readonly registers: Registers;

  protected fillTables(): void {
    const { memory, registers } = this;
    for (const name of ['code0', 'data0', 'code1', 'data1', 'code2', 'data2', 'code3', 'data3'] as const) {
      this.descriptor(selector[name], 0, FLAT, rights[name]);
    }
    this.descriptor(selector.tss, place.tss, 0x67, TSS32);
    this.descriptor(selector.ldt, place.ldt, 0xfff, LDT);
    registers.gdtr = { base: place.gdt, limit: 0x7ff };
    registers.idtr = { base: place.idt, limit: 0x7ff };
    registers.tr = { selector: selector.tss, base: place.tss, limit: 0x67, rights: TSS32 | 0x200 };
    registers.ldtr = { selector: selector.ldt, base: place.ldt, limit: 0xfff, rights: LDT };
    memory.write32(place.tss + 4, place.stack0);
    memory.write32(place.tss + 8, selector.data0);
    memory.write32(place.tss + 12, place.stack1);
    memory.write32(place.tss + 16, selector.data1);
    memory.write32(place.tss + 20, place.stack2);
    memory.write32(place.tss + 24, selector.data2);
    memory.write16(place.tss + 0x66, 0x68);
    memory.write32(place.directory, place.table | 7);
    for (let page = 0; page < 1024; page++) memory.write32(place.table + page * 4, (page << 12) | 7);
  }

  /** Writes a descriptor into the GDT, or into the LDT if the selector's TI bit is set. */
  descriptor(at: number, base: number, limit: number, bits: number): void {
    const granular = limit > 0xfffff || (bits & 0x800000) !== 0;
    const units = granular ? limit >>> 12 : limit;
    const high =
      (base & 0xff000000) | (units & 0xf0000) | (bits & 0x70ff00) | (granular ? 0x800000 : 0) | ((base >>> 16) & 0xff);
    const address = (at & 4 ? place.ldt : place.gdt) + (at & 0xfff8);
    this.memory.write32(address, ((base & 0xffff) << 16) | (units & 0xffff));
    this.memory.write32(address + 4, high);
  }

  /** type 0xE interrupt gate, 0xF trap gate, 6 and 7 their 16-bit kin, 5 task gate, 0xC call gate. */
  gate(address: number, code: number, offset: number, type: number, dpl: number, count = 0): void {
    this.memory.write32(address, (code << 16) | (offset & 0xffff));
    this.memory.write32(address + 4, (offset & 0xffff0000) | 0x8000 | (dpl << 13) | (type << 8) | count);
  }

  vector(number: number, code: number, offset: number, type = 0xe, dpl = 0): void {
    this.gate(place.idt + number * 8, code, offset, type, dpl);
  }

  /** Flat segments and stack of a ring, as if it had always run there. */
  enter(ring: 0 | 1 | 2 | 3): void {
    const code = selector[`code${ring}`];
    const data = selector[`data${ring}`];
    this.registers.setSegment('cs', { selector: code, base: 0, limit: FLAT, rights: rights[`code${ring}`] });
    for (const name of ['ss', 'ds', 'es'] as const) {
      this.registers.setSegment(name, { selector: data, base: 0, limit: FLAT, rights: rights[`data${ring}`] });
    }
    this.registers.esp = place[`stack${ring}`];
    this.registers.eip = place.code;
  }

  page(on: boolean, writeProtect = true): void {
    this.registers.cr3 = place.directory;
    this.registers.cr0 = on ? (writeProtect ? 0x80010011 : 0x80000011) : 0x11;
  }
}

export class TestBoard extends Rings implements ProcessorParts {
  readonly state = new State(8 << 20);
  readonly processor: ProcessorParts['processor'];
  readonly memory: ProcessorParts['memory'];
  readonly registers: ProcessorParts['registers'];
  readonly ringsLeft: number[] = [];
  /** [physical, length] of each write the watcher heard of. */
  readonly codeWrites: [number, number][] = [];
  waiting = false;
  now = 0;

  constructor() {
    super();
    const parts = createProcessor(this.state, {
      clock: () => this.now,
      eventWaiting: () => this.waiting,
      leavingRing: (cpl) => this.ringsLeft.push(cpl),
      codeWritten: (physical, length) => this.codeWrites.push([physical, length]) > 0,
      codeMoved: () => {},
    });
    this.processor = parts.processor;
    this.memory = parts.memory;
    this.registers = parts.registers;
    this.fillTables();
    this.enter(0);
  }

  /** Executes one instruction of `length` 2 at eip. After NEXT eip is behind it, as an engine would leave it. */
  execute(mnemonic: string, operands: Operand[] = [], more: Partial<Instruction> = {}): Outcome {
    const instruction: Instruction = {
      mnemonic,
      length: 2,
      operandSize: 4,
      addressSize: 4,
      operands,
      condition: 0,
      repeat: 'none',
      lock: false,
      segment: 3,
      ...more,
    };
    const { state, registers } = this;
    state.set(stateLayout.at.nextEip, registers.eip + instruction.length);
    const outcome = systemServices[mnemonic](this.processor, instruction);
    if (outcome === 0) registers.eip += instruction.length;
    return outcome;
  }

  /** The fault in flight: vector and error code, -1 for none. */
  get fault(): [vector: number, error: number] {
    return [this.state.get(stateLayout.at.faultVector), this.state.get(stateLayout.at.faultError) | 0];
  }

  get faultAddress(): number {
    return this.state.get(stateLayout.at.faultAddress);
  }

  /** Dwords from esp upwards. */
  stack(count: number, size: 2 | 4 = 4): number[] {
    const { registers, memory } = this;
    const base = registers.segment('ss').base + registers.esp;
    return Array.from({ length: count }, (_, item) =>
      size === 4 ? memory.read32(base + item * 4) : memory.read16(base + item * 2),
    );
  }
}

export const register = (number: number, size: 1 | 2 | 4 = 4): Operand => ({ kind: 'register', size, number });
export const immediate = (value: number, size: 1 | 2 | 4 = 4): Operand => ({ kind: 'immediate', size, value });
export const special = (kind: 'segment register' | 'control register' | 'debug register', number: number): Operand => ({
  kind,
  number,
});
export const absolute = (address: number, segment: 0 | 1 | 2 | 3 | 4 | 5 = 3): Operand => ({
  kind: 'memory',
  size: 4,
  segment,
  base: null,
  index: null,
  shift: 0,
  displacement: address | 0,
  addressSize: 4,
});
export const farPointer = (target: number, offset: number): Operand => ({
  kind: 'far pointer',
  selector: target,
  offset,
});

/** Numbers that only depend on the seed. */
export function random(seed: number): (below: number) => number {
  let word = seed | 1;
  return (below) => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) % below;
  };
}
