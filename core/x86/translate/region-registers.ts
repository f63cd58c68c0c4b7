/** The general registers inside a region: locals, and what is known of them at the point being written. */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { stateLayout } from '../state.ts';
import { FoldingArithmetic } from './folding-arithmetic.ts';

const { general } = stateLayout.at;

export class RegionRegisters extends FoldingArithmetic {
  size: 1 | 2 | 4 = 4;
  private readonly registers: readonly Variable[];
  private readonly used = new Set<number>();
  private readonly changed = new Set<number>();
  protected known: (Value | null)[] = [];
  /** What is done now is done only if this is not zero. */
  protected guard: Value | null = null;

  constructor(code: FunctionBuilder) {
    super(code);
    this.registers = Array.from({ length: 8 }, () => code.variable());
  }

  /** Fetches those that the region uses. */
  protected fetchRegisters(): void {
    for (const number of new Set([...this.used, ...this.changed])) {
      this.code.set(this.registers[number], this.state(general + 4 * number));
    }
  }

  /** Puts registers back where everybody else looks for them. */
  writeBack(): void {
    const { code } = this;
    for (const number of this.changed) this.setState(general + 4 * number, code.get(this.registers[number]));
  }

  register(number: number, size: number = this.size): Value {
    if (size === 4) return this.whole(number);
    if (size === 2) return this.and(this.whole(number), this.constant(0xffff));
    if (number < 4) return this.and(this.whole(number), this.constant(0xff));
    return this.and(this.shiftRight(this.whole(number - 4), this.constant(8)), this.constant(0xff));
  }

  setRegister(number: number, value: Value, size: number = this.size): void {
    if (size === 4) this.setWhole(number, value);
    else if (size === 2) this.insert(number, value, 0, 0xffff);
    else if (number < 4) this.insert(number, value, 0, 0xff);
    else this.insert(number - 4, value, 8, 0xff);
  }

  protected whole(number: number): Value {
    const known = this.known[number];
    if (known) return known;
    this.used.add(number);
    const value = this.code.get(this.registers[number]);
    this.known[number] = value;
    return value;
  }

  private setWhole(number: number, value: Value): void {
    const chosen = this.guard === null ? value : this.select(this.guard, value, this.whole(number));
    this.changed.add(number);
    this.code.set(this.registers[number], chosen);
    chosen.pinned = true;
    this.known[number] = chosen;
  }

  private insert(number: number, value: Value, shift: number, mask: number): void {
    const kept = this.and(this.whole(number), this.constant(~(mask << shift)));
    const low = this.shiftLeft(this.and(value, this.constant(mask)), this.constant(shift));
    this.setWhole(number, this.or(kept, low));
  }

  protected state(at: number): Value {
    return this.code.load(wasm.i32Load, this.constant(0), at);
  }

  protected setState(at: number, value: Value): void {
    this.code.store(wasm.i32Store, this.constant(0), value, at);
  }
}
