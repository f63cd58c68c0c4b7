/**
 * Handlers of pusha and popa on a 32-bit stack (SDM 2B): the eight registers as one piece of memory, where all of it
 * lies in a page the tables know and within the segment.  Elsewhere the service goes item by item, and faults as the
 * manual's order has it.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { registerNumber, segmentNumber } from '../instruction.ts';
import { Control } from '../interpreter/control.ts';
import { noFindings } from '../interpreter/handler-machine.ts';
import { entryIn } from '../interpreter/page-code.ts';
import {
  type HandlerChoice,
  passToService,
  type RegionMeaning,
  type WrittenHandlers,
} from '../interpreter/written-handlers.ts';
import { mode, segmentAddress, segmentLayout, stateLayout } from '../state.ts';

const PAGE = 4096;
const REGISTERS = 8;
const FRAME_BYTES = 4 * REGISTERS;
const { general } = stateLayout.at;
const STACK = segmentAddress(segmentNumber.ss);
const segmentField = segmentLayout.at;

class FrameCode extends ArithmeticWriter {
  readonly control: Control;
  private readonly flat: boolean;

  constructor(code: FunctionBuilder, flat: boolean) {
    super(code);
    this.control = new Control(code);
    this.flat = flat;
  }

  register(number: number): Value {
    return this.code.load(wasm.i32Load, this.constant(0), general + 4 * number);
  }

  setRegister(number: number, value: Value): void {
    this.code.store(wasm.i32Store, this.constant(0), value, general + 4 * number);
  }

  private passIf(condition: Value): void {
    this.code.if(condition, () => passToService(this.code, this.control));
  }

  private segment(field: number): Value {
    return this.code.load(wasm.i32Load, this.constant(STACK), field);
  }

  /** Where the frame at an offset of the stack lies in the memory object; passes if it may not be had in one piece. */
  host(offset: Value, write: boolean): Value {
    if (!this.flat) this.passIf(this.outside(offset, write));
    const linear = this.flat ? offset : this.add(offset, this.segment(segmentField.base));
    const inPage = this.and(linear, this.constant(PAGE - 1));
    this.passIf(this.below(this.constant(PAGE - FRAME_BYTES), inPage));
    const entry = entryIn(this.code, this.control.state(write ? 'writeTable' : 'readTable'), linear);
    this.passIf(this.isZero(entry));
    return this.add(this.add(linear, entry), this.constant(1));
  }

  private outside(offset: Value, write: boolean): Value {
    const last = this.add(offset, this.constant(FRAME_BYTES - 1));
    const low = this.segment(write ? segmentField.writeLow : segmentField.readLow);
    const high = this.segment(write ? segmentField.writeHigh : segmentField.readHigh);
    return this.or(this.or(this.below(offset, low), this.below(high, last)), this.below(last, offset));
  }
}

/** The last register lies lowest. */
const placeOf = (number: number) => 4 * (REGISTERS - 1 - number);

function writePusha(code: FunctionBuilder, flat: boolean): void {
  const frame = new FrameCode(code, flat);
  const top = frame.sub(frame.register(registerNumber.esp), frame.constant(FRAME_BYTES));
  const host = frame.host(top, true);
  for (let number = 0; number < REGISTERS; number++)
    code.store(wasm.i32Store, host, frame.register(number), placeOf(number));
  frame.setRegister(registerNumber.esp, top);
  frame.control.proceed();
}

function writePopa(code: FunctionBuilder, flat: boolean): void {
  const frame = new FrameCode(code, flat);
  const top = frame.register(registerNumber.esp);
  const host = frame.host(top, false);
  for (let number = 0; number < REGISTERS; number++) {
    if (number !== registerNumber.esp) frame.setRegister(number, code.load(wasm.i32Load, host, placeOf(number)));
  }
  frame.setRegister(registerNumber.esp, frame.add(top, frame.constant(FRAME_BYTES)));
  frame.control.proceed();
}

/** Behind the address less one that regions count from. */
const placeInRegion = (number: number) => placeOf(number) + 1;

const pushaInRegion: RegionMeaning = (m) => {
  const top = m.sub(m.register(registerNumber.esp, 4), m.constant(FRAME_BYTES));
  const host = m.stackHost(top, FRAME_BYTES, true);
  for (let number = 0; number < REGISTERS; number++)
    m.code.store(wasm.i32Store, host, m.register(number, 4), placeInRegion(number));
  m.setRegister(registerNumber.esp, top, 4);
};

const popaInRegion: RegionMeaning = (m) => {
  const top = m.register(registerNumber.esp, 4);
  const host = m.stackHost(top, FRAME_BYTES, false);
  for (let number = 0; number < REGISTERS; number++) {
    if (number === registerNumber.esp) continue;
    m.setRegister(number, m.code.load(wasm.i32Load, host, placeInRegion(number)), 4);
  }
  m.setRegister(registerNumber.esp, m.add(top, m.constant(FRAME_BYTES)), 4);
};

const choice =
  (write: (code: FunctionBuilder, flat: boolean) => void, inRegion: RegionMeaning): HandlerChoice =>
  ({ mnemonic, operandSize }, modeBits) => {
    if (operandSize !== 4 || (modeBits & mode.stack32) === 0) return null;
    const flat = (modeBits & mode.flatStack) !== 0;
    const findings = { ...noFindings(), mayFault: true };
    return { key: `${mnemonic} ${flat}`, findings, write: (code) => write(code, flat), inRegion };
  };

export const stackHandlers: WrittenHandlers = {
  pusha: choice(writePusha, pushaInRegion),
  popa: choice(writePopa, popaInRegion),
};
