/** What is known of the x87's registers at a point of a region (held-stack.ts). */

import type { FunctionBuilder, Value, Variable } from '../../emit/function-builder.ts';

export const REGISTERS = 8;

/** What is in a register. */
export interface Held {
  readonly significand: Value;
  /** Sign and exponent. */
  readonly head: Value;
  /** Known to be a normal number or a zero. */
  readonly isNumber: boolean;
}

/** What an operation comes to. */
export interface Result extends Held {
  /** 0 or 1. */
  readonly inexact: Value;
  readonly roundedUp: Value;
}

/** What is known behind an instruction.  Registers are numbered from where TOP was at first. */
export class Insight {
  /** Physical number of register 0. */
  readonly base: Value;
  /** The register that is ST(0). */
  top = 0;
  /** The status word without TOP, and whether its C1 is known to be clear. */
  rest: Value;
  isC1Clear = false;
  empty: Value;
  /** There is a unit, and no exception waits in it. */
  isReady = false;
  /** Which registers are in use, if known. */
  readonly inUse: (boolean | null)[];
  readonly held: (Held | null)[];
  /** Where registers lie, as distance from the first, and their tags. */
  readonly places: (Value | null)[];
  readonly tags: (Value | null)[];
  /** Whether anything but the usual is wanted of rounding. */
  unusual: Value | null = null;
  /** Selectors that last instructions were remembered with already: of the code, and of this segment. */
  hasCodeSelector = false;
  operandSegment = -1;

  constructor(base: Value, rest: Value, empty: Value) {
    const unknown = () => new Array(REGISTERS).fill(null);
    this.base = base;
    this.rest = rest;
    this.empty = empty;
    this.inUse = unknown();
    this.held = unknown();
    this.places = unknown();
    this.tags = unknown();
  }

  copy(): Insight {
    const same = new Insight(this.base, this.rest, this.empty);
    Object.assign(same, this, {
      inUse: [...this.inUse],
      held: [...this.held],
      places: [...this.places],
      tags: [...this.tags],
    });
    return same;
  }
}

interface Variables {
  readonly significand: Variable;
  readonly head: Variable;
  readonly rest: Variable;
}

/** One set for a function: each value is fetched as soon as it is there. */
const variables = new WeakMap<FunctionBuilder, Variables>();

export function variablesOf(code: FunctionBuilder): Variables {
  const known = variables.get(code);
  if (known) return known;
  const made = { significand: code.variable('i64'), head: code.variable(), rest: code.variable() };
  variables.set(code, made);
  return made;
}
