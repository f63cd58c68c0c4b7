/**
 * One x87 instruction at a time on a processor that is little more than its state: eight registers go in, one
 * instruction runs, eight registers come out.  Memory is a window of two pages at the address the native oracle uses.
 */

import { decode } from '../../../../core/x86/encoding/decode.ts';
import type { Instruction } from '../../../../core/x86/instruction.ts';
import type { Processor } from '../../../../core/x86/processor.ts';
import { FAULT, NEXT } from '../../../../core/x86/service.ts';
import { memoryMap, State, stateLayout } from '../../../../core/x86/state.ts';
import { tagWord } from '../../../../core/x86/x87/environment.ts';
import { x87Services } from '../../../../core/x86/x87/services.ts';
import { unitOf } from '../../../../core/x86/x87/unit.ts';

const at = stateLayout.at;
export const WINDOW = 0x2000_0000;
export const WINDOW_BYTES = 0x2000;
/** Where memory operands of test cases lie. */
export const OPERAND = WINDOW + 0x400;
export const EIP = 0x1000_0100;

/** Everything that goes into one instruction. Registers are ST(0) … ST(7), 20 hex digits each, most significant first. */
export interface Input {
  readonly code: string;
  readonly control: number;
  readonly status: number;
  /** By physical register, 1 for empty. */
  readonly empty: number;
  readonly registers: readonly string[];
  readonly eflags: number;
  /** Bytes at OPERAND. */
  readonly memory: string;
}

export interface Output {
  /** 3 for none: the oracle ends every test with an int3. */
  readonly vector: number;
  readonly control: number;
  readonly status: number;
  readonly tags: number;
  readonly registers: readonly string[];
  readonly eflags: number;
  /** As many bytes as the input had. */
  readonly memory: string;
  readonly ax: number;
}

export const NO_FAULT = 3;
const EAX = 0x1234_5678;

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Some hundred encodings make up tens of thousands of cases; each is decoded once. */
const decoded = new Map<string, Instruction | null>();

/** The x87 instruction at these bytes, or null if there is none. */
export function instructionAt(code: string): Instruction | null {
  const known = decoded.get(code);
  if (known !== undefined) return known;
  const bytes = bytesOf(code);
  const found = decode((index) => bytes[index] ?? 0, true);
  const instruction = 'fault' in found ? null : found;
  decoded.set(code, instruction);
  return instruction;
}

/** Mnemonic of an instruction known to exist. */
export function mnemonicOf(code: string): string {
  return instructionAt(code)?.mnemonic ?? 'none';
}

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, '0');

export class Bench {
  readonly state = new State(1 << 20);
  readonly processor: Processor;
  /** Whether the window is known to the translation tables, so that an area may be moved as a whole. */
  placesKnown = true;

  constructor() {
    const { state } = this;
    const inWindow = (offset: number, size: number) => offset >= WINDOW && offset + size <= WINDOW + WINDOW_BYTES;
    const pageFault = (offset: number): -1 => {
      state.set(at.faultVector, 14);
      state.set(at.faultAddress, offset);
      return FAULT;
    };
    const place = (offset: number) => memoryMap.ram + offset - WINDOW;
    const access = {
      effectiveOffset: (operand: { displacement: number }) => operand.displacement >>> 0,
      read: (_segment: number, offset: number, size: number) => {
        if (!inWindow(offset, size)) return pageFault(offset);
        let value = 0;
        for (let byte = size - 1; byte >= 0; byte--) value = value * 256 + state.u8[place(offset) + byte];
        return value;
      },
      write: (_segment: number, offset: number, size: number, value: number) => {
        if (!inWindow(offset, size)) return pageFault(offset);
        for (let byte = 0; byte < size; byte++) state.u8[place(offset) + byte] = value >>> (byte * 8);
        return NEXT;
      },
      probeWrite: (_segment: number, offset: number, size: number) =>
        inWindow(offset, size) ? NEXT : pageFault(offset),
      admit: (_segment: number, offset: number, size: number) => (inWindow(offset, size) ? NEXT : pageFault(offset)),
      placeOf: (_segment: number, offset: number, size: number) =>
        this.placesKnown && inWindow(offset, size) ? place(offset) : -1,
      translateFetch: () => -1,
    };
    // Only what services may touch; the rest of a processor has no part in a single x87 instruction.
    this.processor = { state, access } as unknown as Processor;
  }

  /** Runs one instruction on the state as it is. Answers its outcome, or undefined if there is no such instruction. */
  execute(code: string): number | undefined {
    const instruction = instructionAt(code);
    if (instruction === null) return undefined;
    this.state.set(at.eip, EIP);
    return x87Services[instruction.mnemonic](this.processor, instruction);
  }

  load(input: Input): void {
    const { state } = this;
    const unit = unitOf(state);
    unit.control = input.control;
    unit.status = input.status;
    unit.empty = input.empty;
    input.registers.forEach((text, i) => {
      this.setRegister(i, text);
    });
    state.eflags = input.eflags;
    state.setRegister(0, EAX);
    state.u8.set(bytesOf(input.memory), memoryMap.ram + OPERAND - WINDOW);
  }

  setRegister(i: number, text: string): void {
    const unit = unitOf(this.state);
    const word = (from: number, to: number) => Number.parseInt(text.slice(from, to), 16) | 0;
    const top = word(0, 4);
    unit.a.set(top >>> 15, top & 0x7fff, word(4, 12), word(12, 20));
    unit.storePhysical(unit.slot(i), unit.a);
  }

  register(i: number): string {
    const unit = unitOf(this.state);
    unit.load(i, unit.a);
    const { sign, exponent, high, low } = unit.a;
    return hex((sign << 15) | exponent, 4) + hex(high, 8) + hex(low, 8);
  }

  read(outcome: number, memoryBytes: number): Output {
    const { state } = this;
    const unit = unitOf(state);
    const start = memoryMap.ram + OPERAND - WINDOW;
    return {
      vector: outcome === FAULT ? state.get(at.faultVector) : NO_FAULT,
      control: unit.control,
      status: unit.status,
      tags: tagWord(unit),
      registers: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => this.register(i)),
      eflags: state.eflags & 0xcd5,
      memory: hexOf(state.u8.subarray(start, start + memoryBytes)),
      ax: state.register(0) & 0xffff,
    };
  }

  run(input: Input): Output | undefined {
    this.load(input);
    const outcome = this.execute(input.code);
    return outcome === undefined ? undefined : this.read(outcome, input.memory.length / 2);
  }
}
