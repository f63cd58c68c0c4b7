/**
 * Sines, arctangents, logarithms and powers of two to 180 good bits and more, in fixed point on BigInts.  An extended
 * real shows 64 of them, so rounding the answer once more is correct rounding, but for cases nobody will live to see.
 * These are the rare instructions, and here clarity was worth more than microseconds.
 *
 * A fixed-point number is its value × 2^256.  Nothing here knows of exponents, flags or NaNs.
 */

export const FIXED_BITS = 256n;
export const FIXED_ONE = 1n << FIXED_BITS;

export const FIXED_PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n;
export const FIXED_LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2bn;
export const FIXED_LOG2E = 0x171547652b82fe1777d0ffda0d23a7d11d6aef551bad2b4b1164a2cd9a342648fn;
const FIXED_SQRT2 = 0x16a09e667f3bcc908b2fb1366ea957d3e3adec17512775099da2f590b0667322an;
/** The x87 reduces angles by a π of 66 bits, and so must we: sin(π) of a program is known to its author (SDM 1 8.3.8). */
export const HALF_PI_66 = 0xc90fdaa22168c234cn << (FIXED_BITS - 67n);

/** atan(k ÷ 8). */
const arctangentOfEighths = [
  0n,
  0x1fd5ba9aac2f6dc65912f313e7d111def1672afb2bb35b245d926aefbf6d82edn,
  0x3eb6ebf25901bac55b71e7bd7de885f96a9fea40e22ce0dade8e9d9f251269d9n,
  0x5bd86507937bc239c55190916e7f22419ec21cbbd72a2ae62399f2e519a48470n,
  0x76b19c1586ed3da2b7f222f65e1d4681b70a0ac3930e6f8071678b7374b12384n,
  0x8f005d5ef7f59f9b5c835e1665c43747918a67e0652b375cf53da46d13389eb2n,
  0xa4bc7d1934f7092419a87f2a457dac9ee3f08689eeb2b9e7214866658cc4ef3an,
  0xb8053e2bc2319e73cb2da55210a4443d3d7aecc114c79a80a012155f64cae530n,
  0xc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22n,
] as const;

const times = (a: bigint, b: bigint): bigint => (a * b) >> FIXED_BITS;

/** Sum of x, x³/3, x⁵/5 …, the signs alternating for an arctangent and not for a hyperbolic one. For |x| well below 1. */
function oddSeries(x: bigint, alternating: boolean): bigint {
  const square = alternating ? -times(x, x) : times(x, x);
  let power = x;
  let sum = x;
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = times(power, square);
    sum += power / n;
  }
  return sum;
}

/** sin or cos of |r| ≤ π/4: each term is the one before × r² ÷ (n (n+1)). */
function circularSeries(first: bigint, square: bigint, from: bigint): bigint {
  let term = first;
  let sum = first;
  for (let n = from; term !== 0n; n += 2n) {
    term = -(times(term, square) / (n * (n + 1n)));
    sum += term;
  }
  return sum;
}

export interface SineCosine {
  readonly sine: bigint;
  readonly cosine: bigint;
}

/** Sine and cosine of a nonnegative angle of any size. */
export function sineCosine(angle: bigint): SineCosine {
  const quarter = (2n * angle + HALF_PI_66) / (2n * HALF_PI_66);
  const rest = angle - quarter * HALF_PI_66;
  const square = times(rest, rest);
  const sine = circularSeries(rest, square, 2n);
  const cosine = circularSeries(FIXED_ONE, square, 1n);
  switch (Number(quarter & 3n)) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: -sine };
    case 2:
      return { sine: -sine, cosine: -cosine };
    default:
      return { sine: -cosine, cosine: sine };
  }
}

/** Arctangent of t in [0, 1]. */
export function arctangent(t: bigint): bigint {
  const eighths = (t * 8n + (FIXED_ONE >> 1n)) >> FIXED_BITS;
  if (eighths === 0n) return oddSeries(t, true);
  const near = eighths * (FIXED_ONE >> 3n);
  const rest = ((t - near) << FIXED_BITS) / (FIXED_ONE + times(t, near));
  return arctangentOfEighths[Number(eighths)] + oddSeries(rest, true);
}

/** Binary logarithm of x between ½ and 2. */
export function binaryLogarithm(x: bigint): bigint {
  let whole = 0n;
  let rest = x;
  let unit = FIXED_ONE;
  if (rest > FIXED_SQRT2) {
    whole = FIXED_ONE;
    unit = FIXED_ONE << 1n;
  } else if (rest * 2n < FIXED_SQRT2) {
    whole = -FIXED_ONE;
    rest <<= 1n;
  }
  const z = ((rest - unit) << FIXED_BITS) / (rest + unit);
  return whole + 2n * times(oddSeries(z, false), FIXED_LOG2E);
}

/** 2^x - 1 for |x| ≤ 1. */
export function powerOfTwoMinusOne(x: bigint): bigint {
  const exponent = times(x, FIXED_LN2);
  let term = exponent;
  let sum = exponent;
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = times(term, exponent) / n;
    sum += term;
  }
  return sum;
}
