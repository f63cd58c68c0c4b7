/**
 * Repeated string instructions inside regions: a call of a routine that does the whole of one whose strings lie in a page
 * each, or nothing.  Those that are longer leave the region, and their handler goes from page to page.  The
 * routine finds registers in the state and leaves them there; elements that were compared become flags in the region.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { type Instruction, registerNumber } from '../instruction.ts';
import type { RegionMeaning, RegionSite, Routine } from '../interpreter/written-handlers.ts';
import { compare } from '../meaning/comparison.ts';
import { eflag, stateLayout } from '../state.ts';
import { RepeatCode } from './repeat-code.ts';

const { eax, ecx, esi, edi } = registerNumber;
const { general, comparedLeft, comparedRight } = stateLayout.at;

class RepeatRoutine extends RepeatCode {
  override write(chunk: (left: Value) => void, down: ((left: Value) => void) | null = null): void {
    const flag = (bits: number) => this.and(this.control.state('flagsRest'), this.constant(bits));
    this.passIf(flag(down ? eflag.trap : eflag.direction | eflag.trap));
    this.code.if(this.isZero(this.pointer(ecx)), () => this.proceed());
    if (down) this.code.if(flag(eflag.direction), () => down(this.pointer(ecx)));
    chunk(this.pointer(ecx));
  }

  protected passIf(condition: Value): void {
    this.code.if(condition, () => this.pass());
  }

  override pass(): void {
    this.code.return(this.constant(1));
  }

  override proceed(): void {
    this.code.return(this.constant(0));
  }

  override begin(left: Value, elements: Value): void {
    this.passIf(this.notEqual(left, elements));
  }

  protected override ask(): void {
    this.pass();
  }

  override next(): void {
    this.proceed();
  }
}

/** A search may end in its page however much is left. */
class SearchRoutine extends RepeatRoutine {
  /** If nothing is left, flags stay what they were, and the region may not know what that is. */
  override write(chunk: (left: Value) => void): void {
    this.passIf(this.isZero(this.pointer(ecx)));
    super.write(chunk);
  }

  override begin(_left: Value, elements: Value): void {
    this.passIf(this.isZero(elements));
  }

  override found(ended: Value, left: Value, done: Value): void {
    this.passIf(this.isZero(this.or(ended, this.equal(left, done))));
  }

  override compared(left: Value, right: Value): void {
    this.control.setState('comparedLeft', left);
    this.control.setState('comparedRight', right);
  }
}

const addressOf = (register: number) => general + 4 * register;

/** Hands the registers over, calls, and takes those back that have moved. */
function callRoutine(m: RegionSite, routine: Routine): void {
  const zero = m.constant(0);
  for (const register of [eax, ecx, esi, edi]) {
    m.code.store(wasm.i32Store, zero, m.register(register, 4), addressOf(register));
  }
  m.call(routine, zero);
  for (const register of [ecx, esi, edi]) {
    m.setRegister(register, m.code.load(wasm.i32Load, zero, addressOf(register)), 4);
  }
}

const moveInRegion =
  (routine: Routine): RegionMeaning =>
  (m) =>
    callRoutine(m, routine);

const searchInRegion =
  (routine: Routine): RegionMeaning =>
  (m) => {
    callRoutine(m, routine);
    const element = (at: number) => m.code.load(wasm.i32Load, m.constant(0), at);
    compare(m, element(comparedLeft), element(comparedRight));
  };

/** How a region does the instruction whose handler `write` writes. */
export function repeatInRegion(
  instruction: Instruction,
  key: string,
  write: (code: FunctionBuilder, repeat: RepeatCode) => void,
): { inRegion: RegionMeaning; calls: readonly Routine[] } {
  const searches = instruction.mnemonic === 'cmps' || instruction.mnemonic === 'scas';
  const Repeat = searches ? SearchRoutine : RepeatRoutine;
  const routine = {
    key: `routine ${key}`,
    write: (code: FunctionBuilder) => write(code, new Repeat(code, instruction)),
  };
  return { inRegion: searches ? searchInRegion(routine) : moveInRegion(routine), calls: [routine] };
}
