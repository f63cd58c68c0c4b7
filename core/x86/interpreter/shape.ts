/**
 * The shape of an instruction is what its handler must know when it is generated; everything else is a field of the
 * operation.  Instructions of one shape share one handler.
 */

import type { Instruction, MemoryOperand, Operand } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';
import { isStringTarget } from '../meaning/implied-operands.ts';
import { mode } from '../state.ts';

/** The bits of the mode that handlers may depend on: all but the ring, which they ask for when they run. */
export const handlerMode = (modeBits: number): number => modeBits & ~mode.user;

/** How a memory operand finds its address: flat without index, flat with index, or with every check. */
export type AddressForm = 'base' | 'index' | 'general';

export type OperandShape =
  | { readonly kind: 'register'; readonly size: number }
  | {
      readonly kind: 'memory';
      readonly size: number;
      readonly form: AddressForm;
      readonly addressSize: 2 | 4;
      readonly stack: boolean;
      /** The es:edi of a string instruction, which has no fields in the operation. */
      readonly stringTarget: boolean;
    }
  | { readonly kind: 'immediate'; readonly size: number }
  | { readonly kind: 'relative'; readonly size: number };

export interface Shape {
  readonly mnemonic: string;
  readonly size: 1 | 2 | 4;
  readonly addressSize: 2 | 4;
  readonly condition: number;
  readonly stackSize: 2 | 4;
  readonly flatStack: boolean;
  readonly operands: readonly OperandShape[];
}

const flatBit: Readonly<Record<number, number>> = {
  [segmentNumber.es]: mode.flatExtra,
  [segmentNumber.ss]: mode.flatStack,
  [segmentNumber.ds]: mode.flatData,
};

/** Also for handlers that are not made of a meaning. */
export function addressForm(operand: MemoryOperand, modeBits: number, mnemonic: string): AddressForm {
  if (operand.addressSize === 2) return 'general';
  const flat = (modeBits & (flatBit[operand.segment] ?? 0)) !== 0 || mnemonic === 'lea';
  if (!flat) return 'general';
  return operand.index === null ? 'base' : 'index';
}

function operandShape(operand: Operand, modeBits: number, instruction: Instruction): OperandShape {
  const { mnemonic } = instruction;
  switch (operand.kind) {
    case 'register':
      return { kind: 'register', size: operand.size };
    case 'memory': {
      const form = addressForm(operand, modeBits, mnemonic);
      const stack = form === 'general' && operand.segment === segmentNumber.ss;
      const stringTarget = isStringTarget(instruction, operand);
      return { kind: 'memory', size: operand.size, form, addressSize: operand.addressSize, stack, stringTarget };
    }
    case 'immediate':
      return { kind: 'immediate', size: operand.size };
    case 'relative':
      return { kind: 'relative', size: 4 };
    case 'far pointer':
    case 'segment register':
    case 'control register':
    case 'debug register':
    case 'x87 register':
      throw new Error(`${mnemonic} has a meaning but an operand only services take: ${operand.kind}`);
  }
}

const USES_STACK = new Set(['push', 'pop', 'call', 'ret', 'leave']);
const USES_CONDITION = new Set(['jcc', 'setcc', 'cmovcc']);

export function shapeOf(instruction: Instruction, modeBits: number): Shape {
  const { mnemonic } = instruction;
  const stack = USES_STACK.has(mnemonic);
  return {
    mnemonic,
    size: instruction.operandSize,
    addressSize: instruction.addressSize,
    condition: USES_CONDITION.has(mnemonic) ? instruction.condition : 0,
    stackSize: stack && (modeBits & mode.stack32) === 0 ? 2 : 4,
    flatStack: !stack || (modeBits & mode.flatStack) !== 0,
    operands: instruction.operands.map((operand) => operandShape(operand, modeBits, instruction)),
  };
}

function operandKey(operand: OperandShape): string {
  if (operand.kind === 'memory')
    return `${operand.form}${operand.addressSize}${operand.stack ? 's' : ''}${operand.size}`;
  return `${operand.kind}${operand.size}`;
}

/** Equal keys, equal handlers. */
export function shapeKey(shape: Shape): string {
  const operands = shape.operands.map(operandKey).join(',');
  const stack = `${shape.stackSize}${shape.flatStack ? 'f' : 'g'}`;
  return `${shape.mnemonic} ${shape.size} ${shape.addressSize} ${shape.condition} ${stack} ${operands}`;
}
