/**
 * Rounding, as code: rounding.ts with 64 bits beyond the significand instead of 32.  What overflows or falls below the
 * normal numbers is left to the service, and so is a precision exception somebody wants to hear of.
 */

import type { Value, Variable } from '../../emit/function-builder.ts';
import { roundingMode } from '../rounding.ts';
import { control, exception } from '../words.ts';
import { NORMAL_EXPONENTS, SIGN_BIT } from './operand-code.ts';
import type { UnitCode } from './unit-code.ts';

/** sign × (significand : extra) × 2^exponent, leading bit at the top; or significand and exponent 0. */
export interface ResultCode {
  /** In place for a register's head. */
  readonly sign: Variable;
  readonly exponent: Variable;
  readonly significand: Variable;
  /** The bits below the significand; whatever lies beyond counts as a one in the last of them. */
  readonly extra: Variable;
  /** 0 or 1, set by rounding. */
  readonly inexact: Variable;
  readonly roundedUp: Variable;
}

export function resultCode(x: UnitCode): ResultCode {
  const { code } = x;
  const word = () => code.variable();
  const wide = () => code.variable('i64');
  return {
    sign: word(),
    exponent: word(),
    significand: wide(),
    extra: wide(),
    inexact: word(),
    roundedUp: word(),
  };
}

const ROUNDING = 3 << control.roundingShift;
const PRECISION = 3 << control.precisionShift;
/** What most programs want all day: 64 bits, to nearest, precision masked. */
const USUAL = ROUNDING | PRECISION | exception.precision;
const USUALLY = PRECISION | exception.precision;
const SIGNIFICAND_BITS = 64;

export function roundingOf(x: UnitCode, controlWord: Value): Value {
  return x.and(x.shiftRight(controlWord, x.constant(control.roundingShift)), x.constant(3));
}

/** Whether a rest makes the magnitude grow by one, 0 or 1. `odd` is the last bit kept, `sign` nonzero for a negative number. */
export function growth(x: UnitCode, rounding: Value, rest: Value, odd: Value, sign: Value): Value {
  const towards = x.select(sign, x.constant(roundingMode.down), x.constant(roundingMode.up));
  const directed = x.and(x.wideNotZero(rest), x.equal(rounding, towards));
  return x.select(rounding, directed, growthToNearest(x, rest, odd));
}

/** More than half, or half and odd: the odd bit added to the rest makes both one question. */
export function growthToNearest(x: UnitCode, rest: Value, odd: Value): Value {
  return x.wideAbove(x.wideOr(rest, odd), x.topBit());
}

export function unableIfHeard(x: UnitCode, controlWord: Value, inexact: Value): void {
  const heard = x.shiftRight(x.not(controlWord), x.constant(Math.log2(exception.precision)));
  x.unableIf(x.and(heard, inexact));
}

/** Rounds a result to the precision in force. */
export function roundResult(x: UnitCode, result: ResultCode): void {
  const { code } = x;
  const { significand, exponent, inexact, roundedUp } = result;
  code.set(inexact, x.constant(0));
  code.set(roundedUp, x.constant(0));
  code.if(x.wideNotZero(code.get(significand)), () => {
    const word = x.state('fpuControl');
    code.if(
      x.equal(x.and(word, x.constant(USUAL)), x.constant(USUALLY)),
      () => roundAsUsual(x, result),
      () => roundAsTold(x, result, word),
    );
    code.if(x.wideIsZero(code.get(significand)), () => {
      code.set(significand, x.topBit());
      code.set(exponent, x.add(code.get(exponent), x.constant(1)));
    });
    x.unableIf(x.atLeast(x.sub(code.get(exponent), x.constant(1)), x.constant(NORMAL_EXPONENTS)));
  });
}

function roundAsUsual(x: UnitCode, { significand, extra, inexact, roundedUp }: ResultCode): void {
  const { code } = x;
  const kept = code.get(significand);
  const rest = code.get(extra);
  const grows = growthToNearest(x, rest, x.wideAnd(kept, x.wideConstant(1)));
  code.set(inexact, x.wideNotZero(rest));
  code.set(roundedUp, grows);
  code.set(significand, x.wideAdd(kept, x.wide(grows)));
}

/** Any mode, any precision: first everything below the last bit to be kept joins the rest. */
function roundAsTold(x: UnitCode, result: ResultCode, controlWord: Value): void {
  const { code } = x;
  const { significand, extra, inexact, roundedUp } = result;
  const dropped = x.wide(droppedBits(x, controlWord));
  code.if(x.wideNotZero(dropped), () => {
    const whole = code.get(significand);
    const sticky = x.wide(x.wideNotZero(code.get(extra)));
    const below = x.wideShiftLeft(whole, x.wideSub(x.wideConstant(SIGNIFICAND_BITS), dropped));
    code.set(extra, x.wideOr(below, sticky));
    code.set(significand, x.wideShiftLeft(x.wideShiftRight(whole, dropped), dropped));
  });
  const kept = code.get(significand);
  const rest = code.get(extra);
  const odd = x.wideAnd(x.wideShiftRight(kept, dropped), x.wideConstant(1));
  const grows = growth(x, roundingOf(x, controlWord), rest, odd, code.get(result.sign));
  code.set(inexact, x.wideNotZero(rest));
  code.set(roundedUp, grows);
  code.set(significand, x.wideAdd(kept, x.wideShiftLeft(x.wide(grows), dropped)));
  unableIfHeard(x, controlWord, code.get(inexact));
}

/** How many of the 64 bits the precision control does without. */
function droppedBits(x: UnitCode, controlWord: Value): Value {
  const field = x.and(controlWord, x.constant(PRECISION));
  const forDouble = x.equal(field, x.constant(2 << control.precisionShift));
  const orDouble = x.select(forDouble, x.constant(SIGNIFICAND_BITS - 53), x.constant(0));
  return x.select(field, orDouble, x.constant(SIGNIFICAND_BITS - 24));
}

/** The rounded result as a register's head. */
export function headOf(x: UnitCode, { sign, exponent }: ResultCode): Value {
  return x.or(x.code.get(sign), x.code.get(exponent));
}

/** The sign a sum has that came out as nothing: plus, unless rounding goes down. */
export function signOfNothing(x: UnitCode): Value {
  const down = x.equal(roundingOf(x, x.state('fpuControl')), x.constant(roundingMode.down));
  return x.select(down, x.constant(SIGN_BIT), x.constant(0));
}
