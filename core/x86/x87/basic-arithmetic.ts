/**
 * The four operations and their kin as instructions (SDM 1 8.3.5): where operands come from, where the result goes,
 * who is popped.  What they compute is in add-multiply.ts, divide-root.ts and remainder.ts.
 */

import type { Instruction } from '../instruction.ts';
import { FAULT, NEXT, type Service } from '../service.ts';
import { add, multiply } from './add-multiply.ts';
import { divide, squareRoot } from './divide-root.ts';
import type { Real } from './format.ts';
import { computing, memoryOperand, namedRegister } from './frame.ts';
import { readInteger, readReal } from './memory-operands.ts';
import { extract, NO_QUOTIENT, remainder, roundInteger, scale } from './remainder.ts';
import type { Arithmetic } from './rounding.ts';
import type { Unit } from './unit.ts';
import { BEFORE_COMPUTING, CONDITION_CODES, status } from './words.ts';

type Binary = (m: Arithmetic, to: Real, a: Real, b: Real) => void;
type Unary = (m: Arithmetic, to: Real, a: Real) => void;

const sum: Binary = (m, to, a, b) => add(m, to, a, b, 0);
const difference: Binary = (m, to, a, b) => add(m, to, a, b, 1);
const reverseDifference: Binary = (m, to, a, b) => add(m, to, b, a, 1);
const reverseQuotient: Binary = (m, to, a, b) => divide(m, to, b, a);

/** Number of the register that receives the result: ST(0), unless the instruction names another one first. */
function destinationOf(instruction: Instruction): number {
  const first = instruction.operands[0];
  return first?.kind === 'x87 register' ? first.number : 0;
}

/** The source when the destination is named: the register named last, or ST(0) if only one was. */
function sourceOf(instruction: Instruction): number {
  return instruction.operands.length > 1 ? namedRegister(instruction) : 0;
}

/** destination = destination op source, for register and memory forms. */
function binary(operation: Binary, options: { integer?: boolean; pops?: boolean } = {}): Service {
  const read = options.integer === true ? readInteger : readReal;
  return computing((unit, processor, instruction) => {
    const operand = memoryOperand(instruction);
    const destination = destinationOf(instruction);
    let missing = unit.isEmpty(destination);
    if (operand !== null) {
      if (!read(unit, processor, operand, unit.b)) return FAULT;
    } else {
      const source = sourceOf(instruction);
      missing ||= unit.isEmpty(source);
      unit.load(source, unit.b);
    }
    if (missing) unit.stackUnderflow();
    else {
      unit.load(destination, unit.a);
      operation(unit.math, unit.result, unit.a, unit.b);
    }
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    unit.store(destination, unit.result);
    if (options.pops === true) unit.pop();
    return NEXT;
  });
}

/** ST(0) = op ST(0). */
function unary(operation: Unary): Service {
  return computing((unit) => {
    if (unit.isEmpty(0)) unit.stackUnderflow();
    else {
      unit.load(0, unit.a);
      operation(unit.math, unit.result, unit.a);
    }
    if (unit.settle(BEFORE_COMPUTING)) unit.store(0, unit.result);
    return NEXT;
  });
}

/** fabs and fchs mind nothing but the sign bit, not even whether the rest is a number. */
function signChange(change: (sign: number) => number): Service {
  return unary((_m, to, a) => to.set(change(a.sign), a.exponent, a.high, a.low));
}

/** Loads ST(0) to a and ST(1) to b. Answers false, with the underflow noted, if either is empty. */
export function loadTopTwo(unit: Unit): boolean {
  if (unit.isEmpty(0) || unit.isEmpty(1)) {
    unit.stackUnderflow();
    return false;
  }
  unit.load(0, unit.a);
  unit.load(1, unit.b);
  return true;
}

function partialRemainder(nearest: boolean): Service {
  return computing((unit) => {
    const { math } = unit;
    let codes = NO_QUOTIENT;
    if (loadTopTwo(unit)) codes = remainder(math, unit.result, unit.a, unit.b, nearest);
    math.roundedUp = false;
    unit.setCodes(status.c2, 0);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    if (codes !== NO_QUOTIENT) unit.setCodes(CONDITION_CODES, codes);
    unit.store(0, unit.result);
    return NEXT;
  });
}

const fscale = computing((unit) => {
  if (loadTopTwo(unit)) scale(unit.math, unit.result, unit.a, unit.b);
  if (unit.settle(BEFORE_COMPUTING)) unit.store(0, unit.result);
  return NEXT;
});

const fxtract = computing((unit) => {
  const { result, second } = unit;
  if (unit.isEmpty(0)) {
    unit.stackUnderflow();
    second.copy(result);
  } else if (!unit.isEmpty(-1)) {
    unit.stackOverflow();
    second.copy(result);
  } else {
    unit.load(0, unit.a);
    extract(unit.math, result, second, unit.a);
  }
  if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
  unit.store(0, second);
  unit.push(result);
  return NEXT;
});

export const basicArithmeticServices: Record<string, Service> = {
  fadd: binary(sum),
  faddp: binary(sum, { pops: true }),
  fiadd: binary(sum, { integer: true }),
  fsub: binary(difference),
  fsubp: binary(difference, { pops: true }),
  fisub: binary(difference, { integer: true }),
  fsubr: binary(reverseDifference),
  fsubrp: binary(reverseDifference, { pops: true }),
  fisubr: binary(reverseDifference, { integer: true }),
  fmul: binary(multiply),
  fmulp: binary(multiply, { pops: true }),
  fimul: binary(multiply, { integer: true }),
  fdiv: binary(divide),
  fdivp: binary(divide, { pops: true }),
  fidiv: binary(divide, { integer: true }),
  fdivr: binary(reverseQuotient),
  fdivrp: binary(reverseQuotient, { pops: true }),
  fidivr: binary(reverseQuotient, { integer: true }),
  fsqrt: unary(squareRoot),
  frndint: unary(roundInteger),
  fabs: signChange(() => 0),
  fchs: signChange((sign) => sign ^ 1),
  fprem: partialRemainder(false),
  fprem1: partialRemainder(true),
  fscale,
  fxtract,
};
