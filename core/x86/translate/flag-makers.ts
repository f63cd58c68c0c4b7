/**
 * Flags on their way: between blocks they wait in locals, and whoever leaves the region branches to a place at its end
 * where they are made (flag-values.ts says what they are made of).
 */

import type { FunctionBuilder, Scope, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { CARRY, type LiveFlags, OTHERS } from './flag-flow.ts';
import { type FlagOrigin, routines } from './flag-routines.ts';
import { type FlagValues, isComplete, type OtherFlags, otherFlags } from './flag-values.ts';
import type { RegionMachine } from './region-machine.ts';
import { wayOut } from './region-module.ts';
import { WaitingFlags } from './waiting-flags.ts';

/** Behind the state and the routines. */
const FIRST_KIND = 1 + routines.length;

interface FlagMaker {
  readonly scope: Scope;
  readonly flags: FlagValues;
}

export class FlagMakers {
  private readonly code: FunctionBuilder;
  private readonly machine: RegionMachine;
  private readonly live: LiveFlags;
  /** The routine that makes the flags that wait, from `left` and `right`; or which of the kinds made them last, counted
   *  from behind the routines; 0 while the state has them. */
  private readonly pending: Variable;
  private readonly waiting: WaitingFlags;
  private readonly end = newScope();
  private readonly makers = new Map<FlagValues, FlagMaker>();
  /** The same where the region ends. */
  private readonly routine: Variable;
  private readonly left: Variable;
  private readonly right: Variable;
  private usesRoutines = false;

  constructor(code: FunctionBuilder, machine: RegionMachine, live: LiveFlags) {
    this.code = code;
    this.machine = machine;
    this.live = live;
    this.waiting = new WaitingFlags(code);
    this.pending = code.variable();
    this.routine = code.variable();
    this.left = code.variable();
    this.right = code.variable();
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
      if (carryWaits && others.origin?.carry === carry) {
        this.setOrigin(others.origin, this.pending, (value) => value);
        return;
      }
      if (!carryWaits) this.storeCarry(carry);
      const kind = this.waiting.wait(carryWaits ? flags : { carry: null, others });
      code.set(this.pending, code.constant(FIRST_KIND + kind));
      return;
    }
    if (wanted & CARRY) this.storeCarry(carry);
    if (others !== 'memory') this.storeOthers(others, (value) => value);
    if (mayWait) code.set(this.pending, machine.constant(0));
  }

  private setOrigin({ routine, left, right }: FlagOrigin, chosen: Variable, as: (value: Value) => Value): void {
    const { code } = this;
    code.set(this.left, as(left));
    code.set(this.right, as(right));
    code.set(chosen, code.constant(routine + 1));
    this.usesRoutines = true;
  }

  private storeCarry(carry: FlagValues['carry']): void {
    if (carry !== null && carry !== 'pending') this.machine.setFlagWord('carry', carry);
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
    const kinds = this.waiting.kinds.map((kind) => ({ scope: newScope(), kind }));
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
            this.writePendingEnd(kinds.map(({ scope }) => scope));
            return;
          }
          code.within(kinds[n].scope, () => within(n + 1));
          const { kind } = kinds[n];
          this.writeMaker(kind.flags, pendingEnd, this.waiting.copies(kind));
        };
        within(0);
      }),
    );
  }

  /** The end of a region, with its flags made where it does not come back: V8 stores what lives across a call wherever it
   *  is computed, in the middle of a loop, too. Registers would be that. */
  writeEnd(exit: Variable, target: Variable, budget: Variable): void {
    const { code } = this;
    const end = (leave: number, go: number, more: Value[]) => {
      code.if(code.get(exit), () => code.tailCall(leave, [code.get(exit), code.get(budget), ...more]));
      code.tailCall(go, [code.get(target), code.get(budget), ...more]);
    };
    if (this.usesRoutines) {
      code.if(code.get(this.routine), () =>
        end(wayOut.leaveMaking, wayOut.goMaking, [code.get(this.left), code.get(this.right), code.get(this.routine)]),
      );
    }
    end(wayOut.leave, wayOut.go, []);
  }

  private writePendingEnd(kinds: readonly Scope[]): void {
    const { code } = this;
    code.set(this.routine, code.get(this.pending));
    if (kinds.length === 0) code.branch(this.end);
    else {
      const routineEnds = new Array<Scope>(FIRST_KIND).fill(this.end);
      code.branchTable(code.get(this.pending), [...routineEnds, ...kinds], this.end);
    }
  }

  private writeMaker(flags: FlagValues, pendingEnd: Scope, copies?: ReadonlyMap<Value, Value>): void {
    const { code, machine } = this;
    const again = (value: Value) => code.again(value, copies);
    const { carry, others } = flags;
    const origin = typeof others === 'string' ? null : others.origin;
    if (origin !== null && origin.carry === carry) {
      this.setOrigin(origin, this.routine, again);
    } else {
      code.set(this.routine, code.constant(0));
      if (carry !== null && carry !== 'pending') machine.setFlagWord('carry', again(carry));
      if (typeof others !== 'string') this.storeOthers(others, again);
    }
    code.branch(others === 'pending' ? pendingEnd : this.end);
  }
}
