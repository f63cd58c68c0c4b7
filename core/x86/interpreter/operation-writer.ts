/**
 * Fills in operations: from an instruction to the sixteen words its handler reads.  Ordinary instructions are written
 * straight from their parsed bytes, for most of them are looked at once and run a few times; the others become an
 * Instruction first, which their service or their meaning's implied operands need anyway.
 */

import { type OperandForm, registerSize, take } from '../encoding/operands.ts';
import { NO_REGISTER, type ParsedInstruction } from '../encoding/parsed-instruction.ts';
import type { Instruction, MemoryOperand, Operand } from '../instruction.ts';
import { registerNumber } from '../instruction.ts';
import { isStringTarget, spelledOut } from '../meaning/implied-operands.ts';
import type { Service } from '../service.ts';
import { type State, segmentAddress, stateLayout } from '../state.ts';
import { type Handler, slot } from './handlers.ts';
import { operationLayout } from './operation.ts';

/** Words of an operation, and of the state. */
const word = (offset: number) => offset >>> 2;
const field = operationLayout.at;
const HANDLER = word(field.handler);
const REMAINING = word(field.remaining);
const EIP = word(field.eip);
const NEXT_EIP = word(field.nextEip);
const REGISTER = word(field.register0);
const BASE = word(field.base);
const INDEX = word(field.index);
const SHIFT = word(field.shift);
const DISPLACEMENT = word(field.displacement);
const SEGMENT = word(field.segment);
const IMMEDIATE = word(field.immediate);
const TARGET_EIP = word(field.targetEip);
const TARGET = word(field.target);
const HEAT = word(field.heat);
const OPERATION_WORDS = word(operationLayout.bytes);
const GENERAL = stateLayout.at.general;
const ZERO = stateLayout.at.zero;
const ESP = registerNumber.esp;

/** State address of a general register; for bytes, 4..7 are the second bytes of the first four. */
function registerAddress(number: number, size: number): number {
  return size === 1 && number > 3 ? GENERAL + 4 * (number - 4) + 1 : GENERAL + 4 * number;
}

export type Services = Readonly<Record<string, Service>>;

export interface ServiceCall {
  readonly service: Service;
  readonly instruction: Instruction;
}

export class OperationWriter {
  /** What services are called with, by the index in their operation; and what templates call them with, by the index's
   *  complement: those last. */
  readonly calls: ServiceCall[] = [];
  private readonly lastingCalls: ServiceCall[] = [];
  /** Where the count of a block's entries starts; at zero it is hot. */
  firstHeat = 0;
  private readonly i32: Int32Array;
  private readonly services: Services;

  constructor(state: State, services: Services) {
    this.i32 = state.i32;
    this.services = services;
  }

  /** All of an ordinary instruction but its handler and what remains of the block. */
  writeParsed(operation: number, parsed: ParsedInstruction, eip: number, nextEip: number): void {
    const { i32 } = this;
    const at = operation >>> 2;
    i32[at + EIP] = eip;
    i32[at + NEXT_EIP] = nextEip;
    i32[at + TARGET] = 0;
    i32[at + HEAT] = this.firstHeat;
    const { operands } = parsed.form;
    for (let position = 0; position < operands.length; position++) {
      this.writeParsedOperand(at, parsed, operands[position], position, nextEip);
    }
  }

  /** The same over an operation that keeps its handler, and its count of entries. */
  writeAgain(operation: number, parsed: ParsedInstruction, eip: number, nextEip: number): void {
    const heat = this.i32[(operation >>> 2) + HEAT];
    this.writeParsed(operation, parsed, eip, nextEip);
    this.i32[(operation >>> 2) + HEAT] = heat;
  }

  callOf(operation: number): ServiceCall {
    const index = this.i32[(operation >>> 2) + IMMEDIATE];
    return index < 0 ? this.lastingCalls[~index] : this.calls[index];
  }

  /** Calls behind the first `count` belong to nobody any more. */
  forgetCalls(count: number): void {
    if (this.calls.length > count) this.calls.length = count;
  }

  nextEipOf(operation: number): number {
    return this.i32[(operation >>> 2) + NEXT_EIP] >>> 0;
  }

  isDoneBy(operation: number, handler: Handler): boolean {
    const now = this.i32[(operation >>> 2) + HANDLER];
    return now === handler.slot || now === handler.slotWithoutFlags;
  }

  private writeParsedOperand(
    at: number,
    parsed: ParsedInstruction,
    operand: OperandForm,
    position: number,
    nextEip: number,
  ): void {
    const { i32 } = this;
    const { from } = operand;
    if (from === 'memory' || (from === 'r/m' && parsed.inMemory)) this.writeParsedMemory(at, parsed);
    else if (from === 'relative') this.writeTarget(at, nextEip + parsed.immediate, parsed.operandSize);
    else if (from === 'immediate') {
      i32[at + IMMEDIATE] = operand.takes === take.nothing ? operand.number : parsed.immediate;
    } else {
      const size = registerSize(operand.width, parsed.operandSize);
      i32[at + REGISTER + position] = registerAddress(registerOf(parsed, operand), size);
    }
  }

  private writeParsedMemory(at: number, parsed: ParsedInstruction): void {
    const { base, index, shift, displacement } = parsed;
    const moved = displacement + popped(parsed.form.mnemonic, base, parsed.operandSize);
    this.writePlace(at, base, index, shift, moved, parsed.memorySegment);
  }

  /** All of any other instruction but its handler, what its service is called with and what remains of the block. */
  writeInstruction(operation: number, instruction: Instruction, handler: Handler, eip: number, nextEip: number): void {
    this.writeHead(operation, handler.slot, 0, eip, nextEip);
    if (handler.slot !== slot.service) this.writeOperands(operation >>> 2, spelledOut(instruction), nextEip);
  }

  writeCall(operation: number, instruction: Instruction): void {
    this.i32[(operation >>> 2) + IMMEDIATE] = this.calls.push(this.callTo(instruction)) - 1;
  }

  writeLastingCall(operation: number, instruction: Instruction): void {
    this.i32[(operation >>> 2) + IMMEDIATE] = ~(this.lastingCalls.push(this.callTo(instruction)) - 1);
  }

  private callTo(instruction: Instruction): ServiceCall {
    return { service: this.services[instruction.mnemonic], instruction };
  }

  private writeOperands(at: number, instruction: Instruction, nextEip: number): void {
    this.i32[at + BASE] = ZERO;
    this.i32[at + INDEX] = ZERO;
    instruction.operands.forEach((operand, position) => {
      this.writeOperand(at, instruction, operand, position, nextEip);
    });
  }

  /** An operation that is not an instruction (goes on, stops), or the beginning of one. */
  writeHead(operation: number, handlerSlot: number, remaining: number, eip: number, nextEip: number): void {
    const { i32 } = this;
    const at = operation >>> 2;
    for (let each = at; each < at + OPERATION_WORDS; each++) i32[each] = 0;
    i32[at + HANDLER] = handlerSlot;
    i32[at + REMAINING] = remaining;
    i32[at + HEAT] = this.firstHeat;
    i32[at + EIP] = eip;
    i32[at + NEXT_EIP] = nextEip;
  }

  /** A guard for an instruction that goes on at `linear` on the next page, which now has this read table entry. */
  writeGuard(operation: number, eip: number, nextEip: number, linear: number, entry: number): void {
    this.writeHead(operation, slot.guard, 0, eip, nextEip);
    this.i32[(operation >>> 2) + TARGET_EIP] = linear;
    this.i32[(operation >>> 2) + IMMEDIATE] = entry;
  }

  private writeOperand(
    at: number,
    instruction: Instruction,
    operand: Operand,
    position: number,
    nextEip: number,
  ): void {
    const { i32 } = this;
    switch (operand.kind) {
      case 'register':
        i32[at + REGISTER + position] = registerAddress(operand.number, operand.size);
        break;
      case 'x87 register':
        i32[at + REGISTER + position] = operand.number;
        break;
      case 'immediate':
        i32[at + IMMEDIATE] = operand.value;
        break;
      case 'memory':
        if (!isStringTarget(instruction, operand)) this.writeMemory(at, operand, instruction);
        break;
      case 'relative':
        this.writeTarget(at, nextEip + operand.distance, instruction.operandSize);
        break;
      case 'far pointer':
        this.writeTarget(at, operand.offset, instruction.operandSize);
        i32[at + DISPLACEMENT] = operand.selector;
        break;
      default:
        break;
    }
  }

  private writeTarget(at: number, target: number, operandSize: number): void {
    this.i32[at + TARGET_EIP] = operandSize === 2 ? target & 0xffff : target;
  }

  private writeMemory(at: number, operand: MemoryOperand, instruction: Instruction): void {
    const { base, index, shift, displacement, segment } = operand;
    const moved = displacement + popped(instruction.mnemonic, base, instruction.operandSize);
    this.writePlace(at, base ?? NO_REGISTER, index ?? NO_REGISTER, shift, moved, segment);
  }

  private writePlace(
    at: number,
    base: number,
    index: number,
    shift: number,
    displacement: number,
    segment: number,
  ): void {
    const { i32 } = this;
    i32[at + BASE] = base === NO_REGISTER ? ZERO : GENERAL + 4 * base;
    i32[at + INDEX] = index === NO_REGISTER ? ZERO : GENERAL + 4 * index;
    i32[at + SHIFT] = shift;
    i32[at + DISPLACEMENT] = displacement;
    i32[at + SEGMENT] = segmentAddress(segment);
  }
}

/** POP computes its destination's address after esp has moved (SDM 2B): with esp as the base that is a constant. */
function popped(mnemonic: string, base: number | null, operandSize: number): number {
  return mnemonic === 'pop' && base === ESP ? operandSize : 0;
}

function registerOf({ modrm, form }: ParsedInstruction, operand: OperandForm): number {
  switch (operand.from) {
    case 'middle':
      return (modrm >> 3) & 7;
    case 'opcode':
      return form.register;
    case 'fixed':
      return operand.number;
    default:
      return modrm & 7;
  }
}
