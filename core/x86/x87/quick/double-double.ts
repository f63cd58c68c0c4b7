/**
 * Numbers of some 106 bits, as the unevaluated sum of two doubles: hi is the sum rounded to nearest, lo what that left
 * over.  There is no fused multiply-add in JavaScript, so a product is split by hand (Dekker 1971, A floating-point
 * technique for extending the available precision); sums are Knuth's.  The error bounds are those of Hida, Li and
 * Bailey 2001 (Library for double-double and quad-double arithmetic), rounded generously.
 *
 * Nothing here looks for overflow, underflow, infinities or NaNs: exponents must stay far from the ends of a double.
 */

/** 2^27 + 1: times this, a double falls into halves of 26 bits whose products are exact. */
const SPLITTER = 0x800_0001;

/** A container: operations fill it in place, and may take it as their operand too, so that none of them allocates. */
export class DoubleDouble {
  // NaNs, because a field that first held a small integer would be given another representation later.
  hi = Number.NaN;
  lo = Number.NaN;

  /** hi + lo as they stand; |lo| must be at most half of the last place of hi. */
  set(hi: number, lo: number): void {
    this.hi = hi;
    this.lo = lo;
  }

  /** a + b, exactly. */
  setSum(a: number, b: number): void {
    const hi = a + b;
    const fromB = hi - a;
    this.lo = a - (hi - fromB) + (b - fromB);
    this.hi = hi;
  }

  /** a + b, exactly, if a is zero or |a| ≥ |b|. */
  setOrderedSum(a: number, b: number): void {
    const hi = a + b;
    this.lo = b - (hi - a);
    this.hi = hi;
  }

  /** a + b, but for 2^-104 (|a| + |b|). */
  add(a: DoubleDouble, b: DoubleDouble): void {
    const hi = a.hi + b.hi;
    const fromB = hi - a.hi;
    const rest = a.hi - (hi - fromB) + (b.hi - fromB) + (a.lo + b.lo);
    this.setOrderedSum(hi, rest);
  }

  /** a + b, but for 2^-104 (|a| + |b|). */
  addDouble(a: DoubleDouble, b: number): void {
    const hi = a.hi + b;
    const fromB = hi - a.hi;
    const rest = a.hi - (hi - fromB) + (b - fromB) + a.lo;
    this.setOrderedSum(hi, rest);
  }

  /** a × b × (1 + error), |error| < 2^-102. */
  multiply(a: DoubleDouble, b: DoubleDouble): void {
    const aHi = a.hi;
    const bHi = b.hi;
    const product = aHi * bHi;
    const shiftedA = SPLITTER * aHi;
    const aTop = shiftedA - (shiftedA - aHi);
    const aRest = aHi - aTop;
    const shiftedB = SPLITTER * bHi;
    const bTop = shiftedB - (shiftedB - bHi);
    const bRest = bHi - bTop;
    const lost = aTop * bTop - product + aTop * bRest + aRest * bTop + aRest * bRest;
    this.setOrderedSum(product, lost + (aHi * b.lo + a.lo * bHi));
  }

  /** a ÷ b × (1 + error), |error| < 2^-101: the quotient of the upper halves, and that of what it leaves. */
  divide(a: DoubleDouble, b: DoubleDouble): void {
    const divisor = b.hi;
    const quotient = a.hi / divisor;
    const shiftedA = SPLITTER * quotient;
    const aTop = shiftedA - (shiftedA - quotient);
    const aRest = quotient - aTop;
    const shiftedB = SPLITTER * divisor;
    const bTop = shiftedB - (shiftedB - divisor);
    const bRest = divisor - bTop;
    const product = quotient * divisor;
    const lost = aTop * bTop - product + aTop * bRest + aRest * bTop + aRest * bRest;
    const rest = a.hi - product - lost + (a.lo - quotient * b.lo);
    this.setOrderedSum(quotient, rest / divisor);
  }

  negate(): void {
    this.hi = -this.hi;
    this.lo = -this.lo;
  }
}
