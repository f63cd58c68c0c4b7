/**
 * Flags that wait from one block to the next and that no routine makes.  What they are made of is copied when they begin to
 * wait: a loop may come past the place where it was computed once more, and overwrite it, before somebody wants the flags
 * of the turn before.
 */

import type { FunctionBuilder, Value, Variable, WasmType } from '../emit/function-builder.ts';
import { type FlagValues, otherFlags } from './flag-values.ts';

interface Kind {
  readonly flags: FlagValues;
  readonly madeOf: readonly Value[];
}

const valuesOf = ({ carry, others }: FlagValues): readonly Value[] =>
  [carry, ...(typeof others === 'string' ? [] : otherFlags.map((name) => others[name]))].filter(
    (value) => value !== null && value !== 'pending',
  );

export class WaitingFlags {
  private readonly code: FunctionBuilder;
  readonly kinds: Kind[] = [];
  /** For the copies: only one kind waits at a time. */
  private readonly places: Readonly<Record<WasmType, Variable[]>> = { i32: [], i64: [], f64: [] };

  constructor(code: FunctionBuilder) {
    this.code = code;
  }

  /** From here on these flags wait; answers which of the kinds they are. */
  wait(flags: FlagValues): number {
    const { code } = this;
    let number = this.kinds.findIndex((kind) => kind.flags.others === flags.others && kind.flags.carry === flags.carry);
    if (number < 0) number = this.kinds.push({ flags, madeOf: code.sources(valuesOf(flags)) }) - 1;
    const { madeOf } = this.kinds[number];
    for (const [place, value] of this.placesOf(madeOf)) code.set(place, value);
    return number;
  }

  /** What stands for the values a kind is made of, where its flags are wanted. */
  copies({ madeOf }: Kind): ReadonlyMap<Value, Value> {
    return new Map(this.placesOf(madeOf).map(([place, value]) => [value, this.code.get(place)]));
  }

  private placesOf(values: readonly Value[]): (readonly [Variable, Value])[] {
    const taken = { i32: 0, i64: 0, f64: 0 };
    return values.map((value) => {
      const places = this.places[value.type];
      const index = taken[value.type]++;
      places[index] ??= this.code.variable(value.type);
      return [places[index], value] as const;
    });
  }
}
