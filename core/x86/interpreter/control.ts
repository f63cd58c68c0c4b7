/**
 * How handlers pass control: to the next operation, to another block, or back to the run loop.  A handler is a function
 * (operation, budget) → exit; it ends by calling the next handler in its place, so the stack never grows.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { segmentNumber } from '../instruction.ts';
import { segmentAddress, segmentLayout, stateLayout } from '../state.ts';
import { engineExit, OPERATION_BYTES, operationLayout, slot } from './operation.ts';
import { entryIn } from './page-code.ts';

const field = operationLayout.at;
const state = stateLayout.at;

export const importedFunctions = [
  { name: 'slowRead', parameters: 2, results: 1 },
  { name: 'slowWrite', parameters: 2, results: 1 },
  { name: 'finishWrite', parameters: 0, results: 1 },
  { name: 'service', parameters: 1, results: 1 },
] as const;
export const imported = { slowRead: 0, slowWrite: 1, finishWrite: 2, service: 3 } as const;

/** Every module starts with these two functions of its own, so that reaching them is never a call across modules. */
export const local = { fault: importedFunctions.length, stale: importedFunctions.length + 1 } as const;
export const handlerSignature = { parameters: 2, results: 1 } as const;
/** The handler type comes first in every module. */
export const HANDLER_TYPE = 0;

export class Control {
  private readonly code: FunctionBuilder;
  readonly operation: Value;
  readonly budget: Value;

  constructor(code: FunctionBuilder) {
    this.code = code;
    this.operation = code.parameter(0);
    this.budget = code.parameter(1);
  }

  field(name: keyof typeof field): Value {
    return this.code.load(wasm.i32Load, this.operation, field[name]);
  }

  state(name: keyof typeof state): Value {
    return this.code.load(wasm.i32Load, this.code.constant(0), state[name]);
  }

  setState(name: keyof typeof state, value: Value): void {
    this.code.store(wasm.i32Store, this.code.constant(0), value, state[name]);
  }

  private add(a: Value, b: Value): Value {
    return this.code.value('i32', wasm.i32Add, [a, b]);
  }

  /** What is left of the budget once this instruction, but nothing after it in the block, has been paid for. */
  unspent(): Value {
    return this.add(this.budget, this.add(this.field('remaining'), this.code.constant(-1)));
  }

  /** Goes on with the operation behind this one. */
  proceed(budget: Value = this.budget): void {
    this.dispatch(this.add(this.operation, this.code.constant(OPERATION_BYTES)), budget);
  }

  private dispatch(operation: Value, budget: Value): void {
    const handler = this.code.load(wasm.i32Load, operation, field.handler);
    this.code.tailCallIndirect(HANDLER_TYPE, [operation, budget, handler]);
  }

  /** Enters a block if the budget covers all of it; else tells the run loop, which knows how to end exactly. */
  enterBlock(first: Value, budget: Value): void {
    const cost = this.code.load(wasm.i32Load, first, field.remaining);
    const rest = this.code.value('i32', wasm.i32Sub, [budget, cost]);
    this.code.if(this.code.value('i32', wasm.i32LtS, [rest, this.code.constant(0)]), () => {
      this.setState('eip', this.code.load(wasm.i32Load, first, field.eip));
      this.setState('budgetLeft', budget);
      this.code.return(this.code.constant(engineExit.budget));
    });
    this.countEntry(first, budget);
    this.dispatch(first, rest);
  }

  private countEntry(first: Value, budget: Value): void {
    const heat = this.add(this.code.load(wasm.i32Load, first, field.heat), this.code.constant(1));
    this.code.store(wasm.i32Store, first, heat, field.heat);
    this.code.if(this.code.value('i32', wasm.i32Eqz, [heat]), () => {
      this.setState('eip', this.code.load(wasm.i32Load, first, field.eip));
      this.setState('operation', first);
      this.setState('budgetLeft', budget);
      this.code.return(this.code.constant(engineExit.hot));
    });
  }

  /** Finds decoded code at an offset of the code segment through the code table. */
  go(eip: Value, budget: Value): void {
    const { code } = this;
    const linear = this.add(eip, code.load(wasm.i32Load, code.constant(0), CODE_SEGMENT_BASE));
    const map = entryIn(code, this.state('codeTable'), linear);
    code.if(map, () => {
      const offset = code.value('i32', wasm.i32Shl, [
        code.value('i32', wasm.i32And, [linear, code.constant(0xfff)]),
        code.constant(2),
      ]);
      const first = code.load(wasm.i32Load, this.add(map, offset), 0);
      code.if(first, () => this.enterBlock(first, budget));
    });
    this.setState('eip', eip);
    this.setState('budgetLeft', budget);
    code.tailCallIndirect(HANDLER_TYPE, [code.constant(0), budget, code.constant(slot.lookUp)]);
  }

  /** Leaves with the fault that is in the state. */
  fault(): void {
    this.code.tailCall(local.fault, [this.operation, this.budget]);
  }
}

const CODE_SEGMENT_BASE = segmentAddress(segmentNumber.cs) + segmentLayout.at.base;

/** Body of `fault`: to where faults are delivered. */
export function writeFaultFunction(code: FunctionBuilder): void {
  const control = new Control(code);
  code.tailCallIndirect(HANDLER_TYPE, [control.operation, control.budget, code.constant(slot.deliverFault)]);
}

/** Leaves with a fault: the state says where and how much was used; the faulting instruction counts. */
export function writeFaultExit(code: FunctionBuilder): void {
  const control = new Control(code);
  control.setState('eip', control.field('eip'));
  control.setState('operation', control.operation);
  control.setState('budgetLeft', control.unspent());
  code.return(code.constant(engineExit.fault));
}

/** Body of `stale`: the instruction is done, but the code behind it may have been dropped, or a device wants attention. */
export function writeStaleFunction(code: FunctionBuilder): void {
  const control = new Control(code);
  code.if(control.state('attention'), () => {
    control.setState('eip', control.field('nextEip'));
    control.setState('budgetLeft', control.unspent());
    code.return(code.constant(engineExit.leave));
  });
  control.go(control.field('nextEip'), control.unspent());
}

/** Handler of every service. */
export function writeServiceHandler(code: FunctionBuilder): void {
  const control = new Control(code);
  control.setState('eip', control.field('eip'));
  control.setState('nextEip', control.field('nextEip'));
  control.setState('operation', control.operation);
  control.setState('budgetLeft', control.unspent());
  const outcome = code.call(imported.service, [control.operation]);
  code.if(code.value('i32', wasm.i32Eqz, [outcome]), () => control.proceed());
  code.if(code.value('i32', wasm.i32Eq, [outcome, code.constant(1)]), () => {
    control.go(control.state('eip'), control.state('budgetLeft'));
  });
  code.if(code.value('i32', wasm.i32LtS, [outcome, code.constant(0)]), () => control.fault());
  code.return(code.constant(engineExit.leave));
}

/** Handler of the operation that ends a block where no jump does. */
export function writeContinueHandler(code: FunctionBuilder): void {
  const control = new Control(code);
  control.go(control.field('eip'), control.budget);
}

/** Handler of the operation that ends a shortened block: the budget is spent exactly here. */
export function writeStopHandler(code: FunctionBuilder): void {
  const control = new Control(code);
  control.setState('eip', control.field('eip'));
  control.setState('budgetLeft', control.budget);
  code.return(code.constant(engineExit.budget));
}

/** Checks, before an instruction that crosses into another page, that this page is still the one it was decoded from:
 *  the read table must hold the entry noted in `immediate` for the page of `targetEip`. */
export function writeGuardHandler(code: FunctionBuilder): void {
  const control = new Control(code);
  const entry = entryIn(code, control.state('readTable'), control.field('targetEip'));
  code.if(code.value('i32', wasm.i32Eq, [entry, control.field('immediate')]), () => control.proceed());
  control.setState('eip', control.field('eip'));
  control.setState('operation', control.operation);
  control.setState('budgetLeft', code.value('i32', wasm.i32Add, [control.budget, control.field('remaining')]));
  code.return(code.constant(engineExit.lookUp));
}
