/**
 * Flags on their way: between blocks they wait in locals, and whoever leaves the region branches to a place at its end
 * where they are made (flag-values.ts says what they are made of).
 */

import type { FunctionBuilder, Scope, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { CARRY, type LiveFlags, OTHERS } from './flag-flow.ts';
import { type FlagValues, isComplete, type OtherFlags, otherFlags } from './flag-values.ts';
import type { RegionMachine } from './region-machine.ts';
import { wayOut } from './region-module.ts';

interface FlagMaker {
  readonly scope: Scope;
  readonly flags: FlagValues;
}

export class FlagMakers {
  private readonly code: FunctionBuilder;
  private readonly machine: RegionMachine;
  private readonly live: LiveFlags;
  /** Number of the complete flags that were made last, plus one; 0 while the state has them. */
  private readonly pending: Variable;
  private readonly pendingKinds: FlagValues[] = [];
  private readonly end = newScope();
  private readonly makers = new Map<FlagValues, FlagMaker>();

  constructor(code: FunctionBuilder, machine: RegionMachine, live: LiveFlags) {
    this.code = code;
    this.machine = machine;
    this.live = live;
    this.pending = code.variable();
  }

  /** Brings the flags to where a block with several predecessors expects them. */
  settle(to: number, flags: FlagValues): void {
    const { code, machine } = this;
    const { read, seen } = this.live;
    const wanted = read[to] | seen[to];
    const mayWait = (read[to] & OTHERS) === 0;
    const carryWaits = mayWait && (read[to] & CARRY) === 0;
    const { carry, others } = flags;
    if (wanted === 0 || others === 'pending') return;
    if (mayWait && others !== 'memory' && isComplete(others)) {
      if (!carryWaits) this.storeCarry(carry);
      code.set(this.pending, code.constant(this.pendingNumber(carryWaits ? flags : { carry: null, others })));
      return;
    }
    if (wanted & CARRY) this.storeCarry(carry);
    if (others !== 'memory') this.storeOthers(others, (value) => value);
    if (mayWait) code.set(this.pending, machine.constant(0));
  }

  private storeCarry(carry: FlagValues['carry']): void {
    if (carry !== null && carry !== 'pending') this.machine.setFlagWord('carry', carry);
  }

  private pendingNumber(flags: FlagValues): number {
    const known = this.pendingKinds.findIndex((kind) => kind.others === flags.others && kind.carry === flags.carry);
    if (known >= 0) return known + 1;
    this.keep(flags);
    return this.pendingKinds.push(flags);
  }

  /** Whoever makes them may come from where they were made through other flags' places. */
  private keep({ carry, others }: FlagValues): void {
    const { code } = this;
    if (carry !== null && carry !== 'pending') code.keep(carry);
    if (typeof others === 'string') return;
    for (const name of otherFlags) {
      const value = others[name];
      if (value !== null) code.keep(value);
    }
    if (others.origin === null) return;
    code.keep(others.origin.left);
    code.keep(others.origin.right);
  }

  private storeOthers(flags: OtherFlags, as: (value: Value) => Value): void {
    for (const name of otherFlags) {
      const value = flags[name];
      if (value !== null) this.machine.setFlagWord(name, as(value));
    }
  }

  /** Where to branch to for these flags to be in the state when the region ends. */
  scopeFor(flags: FlagValues): Scope {
    if (flags.carry === null && flags.others === 'memory') return this.end;
    let maker = this.makers.get(flags);
    if (!maker) {
      maker = { scope: newScope(), flags };
      this.makers.set(flags, maker);
    }
    return maker.scope;
  }

  /** Puts the body inside the scopes of all it may branch to, each followed by what is to be done there. */
  wrap(body: ReturnType<FunctionBuilder['section']>): void {
    const { code } = this;
    const pendingEnd = newScope();
    const kinds = this.pendingKinds.map((flags) => ({ scope: newScope(), flags }));
    const makers = [...this.makers.values()];
    const inner = body.splice(0);
    const write = (depth: number): void => {
      if (depth < makers.length) {
        const maker = makers[depth];
        code.within(maker.scope, () => write(depth + 1));
        this.writeMaker(maker.flags, pendingEnd);
      } else code.adopt(inner);
    };
    code.fill(body, () =>
      code.within(this.end, () => {
        const within = (n: number): void => {
          if (n === kinds.length) {
            code.within(pendingEnd, () => write(0));
            if (kinds.length === 0) code.branch(this.end);
            else code.branchTable(code.get(this.pending), [this.end, ...kinds.map(({ scope }) => scope)], this.end);
            return;
          }
          code.within(kinds[n].scope, () => within(n + 1));
          this.writeMaker(kinds[n].flags, pendingEnd);
        };
        within(0);
      }),
    );
  }

  private writeMaker(flags: FlagValues, pendingEnd: Scope): void {
    const { code, machine } = this;
    const { carry, others } = flags;
    const origin = typeof others === 'string' ? null : others.origin;
    if (origin !== null && origin.carry === carry) {
      code.call(wayOut.flags + origin.routine, [code.again(origin.left), code.again(origin.right)]);
    } else {
      if (carry !== null && carry !== 'pending') machine.setFlagWord('carry', code.again(carry));
      if (typeof others !== 'string') this.storeOthers(others, (value) => code.again(value));
    }
    code.branch(others === 'pending' ? pendingEnd : this.end);
  }
}
