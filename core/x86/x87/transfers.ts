/**
 * Loads, stores, exchanges and constants (SDM 1 8.3.3, 8.3.4).  A store writes memory before it touches the stack, so
 * that a page fault finds everything as it was.
 */

import type { Instruction, MemoryOperand } from '../instruction.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { eflag } from '../state.ts';
import { roundToInteger, toDouble, toInteger, toSingle } from './conversions.ts';
import { kind, LEADING, QUIET, type Real } from './format.ts';
import { computing, memoryOperand, namedRegister, requireMemory } from './frame.ts';
import { packDecimal, readDecimal, readInteger, readReal, writeTenBytes, writeWords } from './memory-operands.ts';
import { constants } from './remainder.ts';
import { growsBy } from './rounding.ts';
import { BEFORE_STORING, type Unit } from './unit.ts';
import { BEFORE_COMPUTING, exception } from './words.ts';

/** Pushes `real`, or reports that there is no room. Quiets a signalling NaN and notes a denormal if `converting`. */
function pushLoaded(unit: Unit, real: Real, converting: boolean): Outcome {
  let value = real;
  if (!unit.isEmpty(-1)) {
    unit.stackOverflow();
    value = unit.result;
  } else if (converting && real.kind === kind.signallingNan) {
    unit.math.raise(exception.invalid);
    real.high |= QUIET;
  } else if (converting && real.kind === kind.denormal) unit.math.raise(exception.denormal);
  if (unit.settle(exception.invalid)) unit.push(value);
  return NEXT;
}

const fld = computing((unit, processor, instruction) => {
  const operand = memoryOperand(instruction);
  if (operand !== null) {
    if (!readReal(unit, processor, operand, unit.a)) return FAULT;
    return pushLoaded(unit, unit.a, operand.size !== 10);
  }
  const from = namedRegister(instruction);
  if (unit.isEmpty(from)) {
    unit.stackUnderflow();
    if (unit.settle(exception.invalid)) unit.push(unit.result);
    return NEXT;
  }
  unit.load(from, unit.a);
  return pushLoaded(unit, unit.a, false);
});

const fild = computing((unit, processor, instruction) => {
  if (!readInteger(unit, processor, requireMemory(instruction), unit.a)) return FAULT;
  return pushLoaded(unit, unit.a, false);
});

const fbld = computing((unit, processor, instruction) => {
  if (!readDecimal(unit, processor, requireMemory(instruction), unit.a)) return FAULT;
  return pushLoaded(unit, unit.a, false);
});

/** fld1, fldpi …: a constant known to more bits than fit, rounded as asked, with nothing reported. */
function constant(parts: readonly [number, number, number, number]): Service {
  const [exponent, high, low, below] = parts;
  return computing((unit) => {
    const { a, math } = unit;
    math.sign = 0;
    const grows = below !== 0 && growsBy(math, below | 0, (low & 1) !== 0);
    a.set(0, exponent, high | 0, (low + (grows ? 1 : 0)) | 0);
    return pushLoaded(unit, a, false);
  });
}

const fldz = computing((unit) => {
  unit.a.setZero(0);
  return pushLoaded(unit, unit.a, false);
});

/** Ends a store: the status word, and the pop if one belongs to it and nothing forbids it. */
function finishStore(unit: Unit, pops: boolean): Outcome {
  if (unit.settle(BEFORE_STORING) && pops) unit.pop();
  return NEXT;
}

function storeReal(pops: boolean): Service {
  return computing((unit, processor, instruction) => {
    const operand = memoryOperand(instruction);
    if (unit.isEmpty(0)) {
      unit.stackUnderflow();
      unit.a.copy(unit.result);
      unit.a.classify();
    } else unit.load(0, unit.a);
    if (operand === null) {
      if (unit.settle(BEFORE_STORING)) {
        unit.store(namedRegister(instruction), unit.a);
        if (pops) unit.pop();
      }
      return NEXT;
    }
    if (writeReal(unit, processor, operand) === FAULT) return FAULT;
    return finishStore(unit, pops);
  });
}

/** Writes `unit.a` unless an unmasked exception forbids it. */
function writeReal(unit: Unit, processor: Processor, operand: MemoryOperand): Outcome {
  const { a, math } = unit;
  if (operand.size === 10) {
    if (unit.isBlocked(BEFORE_STORING)) return leaveUnwritten(unit, processor, operand);
    return writeTenBytes(unit, processor, operand, a.low, a.high, (a.sign << 15) | a.exponent);
  }
  if (operand.size === 4) toSingle(math, a);
  else toDouble(math, a);
  return writeUnlessBlocked(unit, processor, operand);
}

function writeUnlessBlocked(unit: Unit, processor: Processor, operand: MemoryOperand): Outcome {
  if (unit.isBlocked(BEFORE_STORING)) return leaveUnwritten(unit, processor, operand);
  return writeWords(unit, processor, operand, unit.math);
}

/** An exception handler is told of the operand all the same. */
function leaveUnwritten(unit: Unit, processor: Processor, operand: MemoryOperand): Outcome {
  unit.operandOffset = processor.access.effectiveOffset(operand);
  return NEXT;
}

function storeInteger(pops: boolean): Service {
  return computing((unit, processor, instruction) => {
    const operand = requireMemory(instruction);
    if (unit.isEmpty(0)) {
      unit.stackUnderflow();
      unit.a.copy(unit.result);
      unit.a.classify();
    } else unit.load(0, unit.a);
    toInteger(unit.math, unit.a, operand.size * 8, false);
    if (writeUnlessBlocked(unit, processor, operand) === FAULT) return FAULT;
    return finishStore(unit, pops);
  });
}

const fbstp = computing((unit, processor, instruction) => {
  const operand = requireMemory(instruction);
  const { a, math } = unit;
  const missing = unit.isEmpty(0);
  unit.load(0, a);
  let digits: bigint | null = null;
  if (missing) unit.stackUnderflow();
  else if (a.kind <= kind.denormal && roundToInteger(math, a)) digits = packDecimal(math);
  if (digits !== null) {
    if (math.inexact) math.raise(exception.precision);
  } else {
    math.raise(exception.invalid);
    math.roundedUp = false;
  }
  if (unit.isBlocked(BEFORE_STORING)) unit.operandOffset = processor.access.effectiveOffset(operand);
  else if (writeDecimal(unit, processor, operand, digits) === FAULT) return FAULT;
  return finishStore(unit, true);
});

function writeDecimal(unit: Unit, processor: Processor, operand: MemoryOperand, digits: bigint | null): Outcome {
  if (digits === null) return writeTenBytes(unit, processor, operand, 0, LEADING | QUIET, 0xffff);
  const low = Number(digits & 0xffff_ffffn);
  const high = Number((digits >> 32n) & 0xffff_ffffn);
  return writeTenBytes(unit, processor, operand, low, high, (unit.math.sign << 15) | Number(digits >> 64n));
}

const fxch = computing((unit, _processor, instruction) => {
  const other = namedRegister(instruction);
  unit.load(0, unit.a);
  unit.load(other, unit.b);
  if (unit.isEmpty(0) || unit.isEmpty(other)) {
    unit.stackUnderflow();
    if (unit.isEmpty(0)) unit.a.copy(unit.result);
    if (unit.isEmpty(other)) unit.b.copy(unit.result);
  }
  if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
  unit.store(0, unit.b);
  unit.store(other, unit.a);
  return NEXT;
});

/** The conditions fcmovcc knows, by encoded number; an odd one is the even one's opposite. */
function holds(processor: Processor, instruction: Instruction): boolean {
  const flags = processor.state.eflags;
  const opposite = (instruction.condition & 1) !== 0;
  switch (instruction.condition & ~1) {
    case 2:
      return ((flags & eflag.carry) !== 0) !== opposite;
    case 4:
      return ((flags & eflag.zero) !== 0) !== opposite;
    case 6:
      return ((flags & (eflag.carry | eflag.zero)) !== 0) !== opposite;
    default:
      return ((flags & eflag.parity) !== 0) !== opposite;
  }
}

const fcmovcc = computing((unit, processor, instruction) => {
  const from = namedRegister(instruction);
  const moves = holds(processor, instruction);
  if (unit.isEmpty(0) || unit.isEmpty(from)) {
    unit.stackUnderflow();
    if (unit.settle(BEFORE_COMPUTING)) unit.store(0, unit.result);
    return NEXT;
  }
  if (!moves) return NEXT;
  unit.load(from, unit.a);
  unit.store(0, unit.a);
  return NEXT;
});

export const transferServices: Record<string, Service> = {
  fld,
  fild,
  fbld,
  fst: storeReal(false),
  fstp: storeReal(true),
  fist: storeInteger(false),
  fistp: storeInteger(true),
  fbstp,
  fxch,
  fcmovcc,
  fld1: constant(constants.fld1),
  fldl2t: constant(constants.fldl2t),
  fldl2e: constant(constants.fldl2e),
  fldpi: constant(constants.fldpi),
  fldlg2: constant(constants.fldlg2),
  fldln2: constant(constants.fldln2),
  fldz,
};
