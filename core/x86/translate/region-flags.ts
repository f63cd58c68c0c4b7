/** The flags inside a region, as instructions see them (flag-values.ts says what they are kept as). */

import type { Value } from '../emit/function-builder.ts';
import { flagOf } from '../interpreter/flags-code.ts';
import type { FlagEffect, FlagName } from '../meaning/machine.ts';
import { eflag, stateLayout } from '../state.ts';
import { type FlagValues, flagsAfter, flagsIf, flagsInMemory, type OtherFlag } from './flag-values.ts';
import { RegionRegisters } from './region-registers.ts';

const state = stateLayout.at;

const flagWord = {
  carry: state.flagCarry,
  zero: state.flagZero,
  sign: state.flagSign,
  parity: state.flagParity,
  overflow: state.flagOverflow,
  adjust: state.flagAdjust,
} as const;

export class RegionFlags extends RegionRegisters {
  protected flags: FlagValues = flagsInMemory;

  get flagValues(): FlagValues {
    return this.flags;
  }

  flag(name: FlagName): Value {
    return flagOf(this, name, this.flagWord(name));
  }

  setFlags(effect: FlagEffect): void {
    const after = flagsAfter(this, this.flags, effect, this.size);
    this.flags = this.guard === null ? after : flagsIf(this, this.guard, after, this.flags, this.flagWord);
  }

  direction(): Value {
    return this.and(this.shiftRight(this.state(state.flagsRest), this.constant(10)), this.constant(1));
  }

  setDirection(down: boolean): void {
    const rest = this.state(state.flagsRest);
    const bit = this.constant(eflag.direction);
    this.setState(state.flagsRest, down ? this.or(rest, bit) : this.and(rest, this.not(bit)));
  }

  /** A flag's word as it is now; computed or read here. */
  readonly flagWord = (name: 'carry' | OtherFlag): Value => {
    const { carry, others } = this.flags;
    if (name === 'carry' && carry !== 'pending') return carry ?? this.state(flagWord.carry);
    if (name === 'carry' || others === 'pending') throw new Error(`the ${name} flag is read but was not kept`);
    return (others === 'memory' ? null : others[name]) ?? this.state(flagWord[name]);
  };

  setFlagWord(name: 'carry' | OtherFlag, value: Value): void {
    this.setState(flagWord[name], value);
  }
}
