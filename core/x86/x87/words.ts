/**
 * The control and status words, bit by bit (SDM 1 8.1.3, 8.1.5).
 *
 *     status   15  14  13 12 11  10  9  8   7  6  5  4  3  2  1  0
 *              B   C3  [ TOP  ]  C2 C1 C0  ES SF PE UE OE ZE DE IE
 *     control           X  [RC]  [PC]           PM UM OM ZM DM IM
 */

/** Exception flags of the status word; the first six are also the masks of the control word. */
export const exception = {
  invalid: 1 << 0,
  denormal: 1 << 1,
  zeroDivide: 1 << 2,
  overflow: 1 << 3,
  underflow: 1 << 4,
  precision: 1 << 5,
  stackFault: 1 << 6,
} as const;

/** The six that can be masked. */
export const EXCEPTIONS = 0x3f;
/** Those found before anything is computed: unmasked, they leave every operand as it was. */
export const BEFORE_COMPUTING = exception.invalid | exception.denormal | exception.zeroDivide;

export const status = {
  /** An unmasked exception waits. */
  summary: 1 << 7,
  c0: 1 << 8,
  c1: 1 << 9,
  c2: 1 << 10,
  topShift: 11,
  top: 7 << 11,
  c3: 1 << 14,
  /** Since the 387 a copy of `summary`. */
  busy: 1 << 15,
} as const;

export const CONDITION_CODES = status.c0 | status.c1 | status.c2 | status.c3;

export const control = {
  precisionShift: 8,
  roundingShift: 10,
  /** Bits that hold what is written; bit 6 reads one, the others zero. */
  stored: 0x1f3f,
  one: 0x40,
  /** After fninit: everything masked, 64 bits, round to nearest. */
  initial: 0x037f,
  /** After a reset (SDM 3A 9.1.1), until somebody says fninit. */
  reset: 0x0040,
} as const;

/** Significand bits by precision control field. The reserved value behaves as 64 bits do. */
export const precisionBits = [24, 64, 53, 64] as const;
