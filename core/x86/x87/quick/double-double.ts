/**
 * Numbers of a hundred bits, as the unevaluated sum of two doubles, hi much the greater.  There is no fused
 * multiply-add in JavaScript, so a product is split by hand (Dekker 1971, A floating-point technique for extending the
 * available precision); sums are Dekker's and Knuth's.  Hida, Li and Bailey 2001 (Library for double-double and
 * quad-double arithmetic) end each operation by making hi the sum rounded to nearest again.  We do
 * not, because every operation waits for the one before, and `roundQuick` can do without.  So |lo| may pass 2^-53 |hi|: a product's
 * share is a rounding and the sum of its factors' shares, and after three in a row, as many as we make, it is still
 * below 2^-48.  The error bounds are for that.
 *
 * Nothing here looks for overflow, underflow, infinities or NaNs: exponents must stay far from the ends of a double.
 */

/** 2^27 + 1: times this, a double falls into halves of 26 bits whose products are exact. */
const SPLITTER = 0x800_0001;

/**
 * A container: operations fill it in place, and may take it as their operand too.  Those that one function needs for a
 * moment it makes anew: they become registers, as containers that outlive the function cannot (a fifth of a sine's time).
 */
export class DoubleDouble {
  // NaNs, because a field that first held a small integer would be given another representation later.
  hi = Number.NaN;
  lo = Number.NaN;

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

  /** a + b, for |a| ≥ |b|, but for 2^-99 |a|. */
  add(a: DoubleDouble, b: DoubleDouble): void {
    const hi = a.hi + b.hi;
    this.lo = b.hi - (hi - a.hi) + (a.lo + b.lo);
    this.hi = hi;
  }

  /** a - b, for |a| ≥ |b|, but for 2^-99 |a|. */
  subtract(a: DoubleDouble, b: DoubleDouble): void {
    const hi = a.hi - b.hi;
    this.lo = a.hi - hi - b.hi + (a.lo - b.lo);
    this.hi = hi;
  }

  /** a + b, for |a| ≥ |b|, but for 2^-99 |a|. */
  addTo(a: number, b: DoubleDouble): void {
    const hi = a + b.hi;
    this.lo = b.hi - (hi - a) + b.lo;
    this.hi = hi;
  }

  /** a × b × (1 + error), |error| < 2^-95, for what it leaves out is the product of the lower halves. */
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
    this.lo = lost + (aHi * b.lo + a.lo * bHi);
    this.hi = product;
  }

  /** a² × (1 + error), |error| < 2^-95. */
  square(a: DoubleDouble): void {
    const { hi } = a;
    const product = hi * hi;
    const shifted = SPLITTER * hi;
    const top = shifted - (shifted - hi);
    const rest = hi - top;
    this.lo = top * top - product + 2 * top * rest + rest * rest + 2 * hi * a.lo;
    this.hi = product;
  }

  /** a ÷ 3 × (1 + error), |error| < 2^-99: the remainder of the upper half is found exactly, and divided in its turn. */
  third(a: DoubleDouble): void {
    const quotient = a.hi * (1 / 3);
    this.lo = (a.hi - 2 * quotient - quotient + a.lo) * (1 / 3);
    this.hi = quotient;
  }

  /** a ÷ b × (1 + error), |error| < 2^-94: the quotient of the upper halves, and that of what it leaves. */
  divide(a: DoubleDouble, b: DoubleDouble): void {
    const divisor = b.hi;
    const quotient = a.hi / divisor;
    const inverse = 1 / divisor;
    const shiftedA = SPLITTER * quotient;
    const aTop = shiftedA - (shiftedA - quotient);
    const aRest = quotient - aTop;
    const shiftedB = SPLITTER * divisor;
    const bTop = shiftedB - (shiftedB - divisor);
    const bRest = divisor - bTop;
    const product = quotient * divisor;
    const lost = aTop * bTop - product + aTop * bRest + aRest * bTop + aRest * bRest;
    this.lo = (a.hi - product - lost + (a.lo - quotient * b.lo)) * inverse;
    this.hi = quotient;
  }

  halve(): void {
    this.hi *= 0.5;
    this.lo *= 0.5;
  }

  negate(): void {
    this.hi = -this.hi;
    this.lo = -this.lo;
  }
}
