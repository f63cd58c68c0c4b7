/** What the writer of a region and its machine tell each other. */

import type { Value } from '../emit/function-builder.ts';
import type { Routine } from '../interpreter/written-handlers.ts';
import type { Wear } from './exit-table.ts';
import { CARRY, OTHERS } from './flag-flow.ts';
import { type FlagValues, flagsInMemory, flagsPending, othersPending } from './flag-values.ts';
import { type Looks, noLooks } from './region-memory.ts';

/** What the writer of the region does for the machine. */
export interface WayOut {
  /** Leaves the region at the present instruction, which has changed nothing yet; if that happens too often for one of
   *  these reasons, the region is thought over. */
  toInterpreter(flags: FlagValues, wear?: Wear): void;
  /** Whether the present instruction asks for pages that are not in the translation tables. */
  readonly asks: boolean;
  /** Whether it goes on across two pages that lie behind each other. */
  readonly spans: boolean;
  /** Leaves with the fault that is in the state. */
  toFault(flags: FlagValues): void;
  /** Leaves behind the present instruction, which is done. */
  behind(flags: FlagValues): void;
  /** Leaves behind the present instruction if the region's own code is not where it was. */
  ifMoved(flags: FlagValues): void;
  /** Leaves if the region's own code may be gone. */
  ifDropped(flags: FlagValues): void;
  /** Calls a routine for the present instruction. */
  call(routine: Routine, argument: Value): Value;
  /** What is left of the budget behind the present instruction. */
  unspent(): Value;
  jump(): void;
  jumpIf(condition: Value): void;
  jumpTo(offset: Value): void;
}

/** What is known about registers and flags at a point of the code. */
export interface Knowledge {
  readonly registers: readonly (Value | null)[];
  readonly flags: FlagValues;
  readonly looks: Looks;
  /** Of code written in place. */
  readonly insight: object | null;
}

export const nothingKnown = (flags: FlagValues = flagsInMemory): Knowledge => ({
  registers: new Array<Value | null>(8).fill(null),
  flags,
  looks: noLooks,
  insight: null,
});

/** Where several ways meet the registers are in their locals, and the flags where who reads and sees them wants them. */
export function knownWhereWaysMeet(read: number, seen: number): Knowledge {
  if ((read & OTHERS) !== 0 || (seen & (OTHERS | CARRY)) === 0) return nothingKnown(flagsInMemory);
  return nothingKnown(read & CARRY ? othersPending : flagsPending);
}
