/** Multiplication and division (SDM 2A).  Eight bits work in AX, sixteen in DX:AX, thirty-two in EDX:EAX. */

import type { Machine, Meaning, Value } from './machine.ts';

const EAX = 0;
const EDX = 2;
const AH = 4;
const DIVIDE_ERROR = 0;

const signed = (m: Machine, value: Value, size: number) => m.wideSigned(m.signExtend(value, size));

function writeProduct(m: Machine, product: Value): void {
  if (m.size === 1) m.setRegister(EAX, m.narrow(product), 2);
  else {
    m.setRegister(EAX, m.narrow(product));
    m.setRegister(EDX, m.narrow(m.wideShiftRight(product, m.wideConstant(8 * m.size))));
  }
}

/** CF and OF say that the upper half matters. The rest is undefined; it follows the low half. */
function flagsOfProduct(m: Machine, product: Value, fits: Value): void {
  const lost = m.xor(fits, m.constant(1));
  const overflow = m.sub(m.constant(0), lost);
  m.setFlags({ result: m.narrow(product), carry: lost, overflow, adjust: m.constant(0) });
}

export const mul1: Meaning = (m, by) => {
  const product = m.wideMul(m.wide(m.register(EAX)), m.wide(m.read(by)));
  const upper = m.wideShiftRight(product, m.wideConstant(8 * m.size));
  const fits = m.wideEqual(upper, m.wideConstant(0));
  writeProduct(m, product);
  flagsOfProduct(m, product, fits);
};

const fitsSigned = (m: Machine, product: Value) => m.wideEqual(product, signed(m, m.narrow(product), m.size));

export const imul1: Meaning = (m, by) => {
  const product = m.wideMul(signed(m, m.register(EAX), m.size), signed(m, m.read(by), m.size));
  const fits = fitsSigned(m, product);
  writeProduct(m, product);
  flagsOfProduct(m, product, fits);
};

/** The low half is the same whether the factors are long or short; the long product is for the flags, if anybody looks. */
export const imul: Meaning = (m, to, a, b) => {
  const left = m.signExtend(m.read(a), m.size);
  const right = m.signExtend(m.read(b), m.size);
  const product = m.wideMul(m.wideSigned(left), m.wideSigned(right));
  m.write(to, m.mul(left, right));
  flagsOfProduct(m, product, fitsSigned(m, product));
};

/** The dividend: twice the operand size, in AX or DX:AX or EDX:EAX. */
function dividend(m: Machine): Value {
  if (m.size === 1) return m.wide(m.register(EAX, 2));
  return m.wideOr(m.wide(m.register(EAX)), m.wideShiftLeft(m.wide(m.register(EDX)), m.wideConstant(8 * m.size)));
}

function writeQuotient(m: Machine, quotient: Value, remainder: Value): void {
  if (m.size === 1) {
    const low = m.and(m.narrow(quotient), m.constant(0xff));
    m.setRegister(EAX, m.or(low, m.shiftLeft(remainder, m.constant(8))), 2);
  } else {
    m.setRegister(EAX, m.narrow(quotient));
    m.setRegister(EDX, remainder);
  }
}

/** What the quotient leaves: a multiplication, where another division would take many times as long. */
const remainderOf = (m: Machine, whole: Value, quotient: Value, divisor: Value) =>
  m.sub(m.narrow(whole), m.mul(m.narrow(quotient), divisor));

/** A quotient that does not fit is the same #DE as a division by nothing: it fits if the upper half of the dividend is
 *  below the divisor, which never is so of zero. */
export const div: Meaning = (m, by) => {
  const divisor = m.read(by);
  const upper = m.size === 1 ? m.register(AH, 1) : m.register(EDX);
  m.faultIf(m.isZero(m.below(upper, divisor)), DIVIDE_ERROR);
  const whole = dividend(m);
  const quotient = m.wideDivide(whole, m.wide(divisor));
  writeQuotient(m, quotient, remainderOf(m, whole, quotient, divisor));
};

/** The most negative dividend by -1 would trap WebAssembly's own division; as it can never fit, it faults beforehand. */
export const idiv: Meaning = (m, by) => {
  const divisor = m.signExtend(m.read(by), m.size);
  m.faultIf(m.isZero(divisor), DIVIDE_ERROR);
  const raw = dividend(m);
  const spare = m.wideConstant(64 - 16 * m.size);
  const whole = m.wideShiftRightSigned(m.wideShiftLeft(raw, spare), spare);
  const mostNegative = m.wideShiftLeft(m.wideConstant(1), m.wideConstant(63));
  m.faultIf(m.and(m.wideEqual(whole, mostNegative), m.equal(divisor, m.constant(-1))), DIVIDE_ERROR);
  const wideDivisor = m.wideSigned(divisor);
  const quotient = m.wideDivideSigned(whole, wideDivisor);
  const narrowed = signed(m, m.narrow(quotient), m.size);
  m.faultIf(m.isZero(m.wideEqual(narrowed, quotient)), DIVIDE_ERROR);
  writeQuotient(m, quotient, remainderOf(m, whole, quotient, divisor));
};
