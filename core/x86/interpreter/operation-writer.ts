/** Fills in operations: from a decoded instruction to the sixteen words its handler reads. */

import type { Instruction, MemoryOperand, Operand } from '../instruction.ts';
import { registerNumber } from '../instruction.ts';
import { isStringTarget, spelledOut } from '../meaning/implied-operands.ts';
import { meaningOf } from '../meaning/table.ts';
import type { Service } from '../service.ts';
import { type State, segmentAddress, stateLayout } from '../state.ts';
import type { Decoded } from './block.ts';
import { ALL_FLAGS } from './flags-code.ts';
import { type Findings, serviceFindings } from './handler-machine.ts';
import { type Handler, type HandlerLibrary, slot } from './handlers.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import { shapeOf } from './shape.ts';
import type { WrittenHandlers } from './written-handlers.ts';

const field = operationLayout.at;
const state = stateLayout.at;

/** State address of a general register; for bytes, 4..7 are the second bytes of the first four. */
function registerAddress(number: number, size: number): number {
  return size === 1 && number > 3 ? state.general + 4 * (number - 4) + 1 : state.general + 4 * number;
}

const serviceHandler: Handler = {
  findings: serviceFindings,
  serves: true,
  slot: slot.service,
  slotWithoutFlags: slot.service,
};

export type Services = Readonly<Record<string, Service>>;

export interface ServiceCall {
  readonly service: Service;
  readonly instruction: Instruction;
}

export class OperationWriter {
  private readonly state: State;
  private readonly library: HandlerLibrary;
  /** What services are called with, by the index in their operation. */
  readonly calls: ServiceCall[] = [];
  /** Where the count of a block's entries starts; at zero it is hot. */
  firstHeat = 0;
  private readonly services: Services;
  private readonly written: WrittenHandlers;

  constructor(state: State, library: HandlerLibrary, services: Services, written: WrittenHandlers) {
    this.state = state;
    this.library = library;
    this.services = services;
    this.written = written;
  }

  private set(operation: number, offset: number, value: number): void {
    this.state.i32[(operation + offset) >>> 2] = value | 0;
  }

  /** Handlers of a block, compiled and ready. */
  handlersFor(block: readonly Decoded[], modeBits: number): Handler[] {
    const handlers = block.map(({ instruction }) =>
      meaningOf(instruction)
        ? this.library.find(shapeOf(spelledOut(instruction), modeBits))
        : this.serving(instruction, modeBits),
    );
    this.library.compilePending();
    return handlers;
  }

  /** What the meaning of an instruction that was decoded before does. */
  findingsOf(instruction: Instruction, modeBits: number): Findings {
    return this.library.find(shapeOf(spelledOut(instruction), modeBits)).findings;
  }

  /** The handler of an instruction that is a service: one of its own, if somebody wrote one. */
  private serving(instruction: Instruction, modeBits: number): Handler {
    const written = this.written[instruction.mnemonic]?.(instruction, modeBits);
    return written ? this.library.findWritten(written) : serviceHandler;
  }

  /** The slot of each operation: backwards, so that each knows whether its flags will be looked at. What may fault shows
   *  all flags to the fault's handler; where a block ends or may be left, all may be looked at. */
  slotsOf(handlers: readonly Handler[]): number[] {
    const slots = new Array<number>(handlers.length);
    let live = ALL_FLAGS;
    for (let i = handlers.length - 1; i >= 0; i--) {
      const { findings, slot: full, slotWithoutFlags } = handlers[i];
      if (findings.jumps) live = ALL_FLAGS;
      slots[i] = findings.flagsWritten & live ? full : slotWithoutFlags;
      live = (live & ~findings.flagsKilled) | findings.flagsRead;
      if (findings.mayFault) live = ALL_FLAGS;
    }
    return slots;
  }

  writeInstruction(
    operation: number,
    decoded: Decoded,
    handler: Handler,
    handlerSlot: number,
    remaining: number,
  ): void {
    this.writeHead(operation, handlerSlot, remaining, decoded.eip, decoded.nextEip);
    if (handlerSlot !== slot.service) this.writeOperands(operation, decoded);
    if (handler.serves) this.writeCall(operation, decoded.instruction);
  }

  private writeCall(operation: number, instruction: Instruction): void {
    const service = this.services[instruction.mnemonic];
    this.set(operation, field.immediate, this.calls.push({ service, instruction }) - 1);
  }

  private writeOperands(operation: number, decoded: Decoded): void {
    const instruction = spelledOut(decoded.instruction);
    this.set(operation, field.base, state.zero);
    this.set(operation, field.index, state.zero);
    instruction.operands.forEach((operand, index) => {
      this.writeOperand(operation, instruction, operand, index, decoded.nextEip);
    });
  }

  /** An operation that is not an instruction: goes on, stops or guards. */
  writeHead(operation: number, handlerSlot: number, remaining: number, eip: number, nextEip: number): void {
    this.state.u8.fill(0, operation, operation + OPERATION_BYTES);
    this.set(operation, field.handler, handlerSlot);
    this.set(operation, field.remaining, remaining);
    this.set(operation, field.heat, this.firstHeat);
    this.set(operation, field.eip, eip);
    this.set(operation, field.nextEip, nextEip);
  }

  /** A guard for an instruction that goes on at `linear` on the next page, which now has this read table entry. */
  writeGuard(operation: number, remaining: number, eip: number, linear: number, entry: number): void {
    this.writeHead(operation, slot.guard, remaining, eip, eip);
    this.set(operation, field.targetEip, linear);
    this.set(operation, field.immediate, entry);
  }

  private writeOperand(
    operation: number,
    instruction: Instruction,
    operand: Operand,
    index: number,
    nextEip: number,
  ): void {
    switch (operand.kind) {
      case 'register':
        this.set(operation, field.register0 + 4 * index, registerAddress(operand.number, operand.size));
        break;
      case 'x87 register':
        this.set(operation, field.register0 + 4 * index, operand.number);
        break;
      case 'immediate':
        this.set(operation, field.immediate, operand.value);
        break;
      case 'memory':
        if (!isStringTarget(instruction, operand)) this.writeMemory(operation, operand, instruction);
        break;
      case 'relative': {
        const target = nextEip + operand.distance;
        this.set(operation, field.targetEip, instruction.operandSize === 2 ? target & 0xffff : target);
        break;
      }
      default:
        break;
    }
  }

  /** POP computes its destination's address after esp has moved (SDM 2B): with esp as the base that is a constant. */
  private writeMemory(operation: number, operand: MemoryOperand, instruction: Instruction): void {
    const popped = instruction.mnemonic === 'pop' && operand.base === registerNumber.esp ? instruction.operandSize : 0;
    if (operand.base !== null) this.set(operation, field.base, registerAddress(operand.base, 4));
    if (operand.index !== null) this.set(operation, field.index, registerAddress(operand.index, 4));
    this.set(operation, field.shift, operand.shift);
    this.set(operation, field.displacement, operand.displacement + popped);
    this.set(operation, field.segment, segmentAddress(operand.segment));
  }
}
