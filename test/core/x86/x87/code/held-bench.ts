/**
 * The Bench once more, with instructions in a row as a region has them: one function, in which each knows what those in
 * front of it left.  Where a region would be left the function ends, and answers how many it has done.
 */

import { FunctionBuilder, type Scope, type Value } from '../../../../../core/x86/emit/function-builder.ts';
import { newScope } from '../../../../../core/x86/emit/function-items.ts';
import { wasm } from '../../../../../core/x86/emit/wasm-opcodes.ts';
import { type Instruction, segmentNumber } from '../../../../../core/x86/instruction.ts';
import { Control, handlerSignature } from '../../../../../core/x86/interpreter/control.ts';
import { FlagsCode } from '../../../../../core/x86/interpreter/flags-code.ts';
import { OPERATION_BYTES } from '../../../../../core/x86/interpreter/operation.ts';
import type { InlineSite, Routine } from '../../../../../core/x86/interpreter/written-handlers.ts';
import { memoryMap, segmentAddress, segmentLayout, stateLayout } from '../../../../../core/x86/state.ts';
import { memoryOf } from '../../../../../core/x86/x87/code/choices.ts';
import { x87Services } from '../../../../../core/x86/x87/services.ts';
import { EIP, instructionAt, OPERAND, WINDOW } from '../bench.ts';
import { HandlerBench, handlerOf } from './handler-bench.ts';

const at = stateLayout.at;
/** A word in RAM that nobody compares. */
const CALLS = memoryMap.ram;
const WORD_BYTES = 4;

export interface Row {
  readonly instructions: readonly Instruction[];
  readonly run: (operation: number, budget: number) => number;
}

type Call = (routine: Routine, argument: Value) => void;

const eipOf = (index: number) => EIP + 2 * index;
const operationOf = (index: number) => memoryMap.operations + index * OPERATION_BYTES;

function numberOf(instruction: Instruction, position: number): number {
  const operand = instruction.operands[position];
  return operand?.kind === 'x87 register' ? operand.number : 0;
}

function siteIn(code: FunctionBuilder, instruction: Instruction, index: number, unable: Scope, call: Call): InlineSite {
  return {
    code,
    unable,
    insight: null,
    stackRegister: (position) => code.constant(numberOf(instruction, position)),
    offset: () => code.constant(OPERAND),
    segment: () => code.constant(segmentAddress(memoryOf(instruction)?.segment ?? 0)),
    eip: () => code.constant(eipOf(index)),
    setAx: (value) => code.store(wasm.i32Store16, code.constant(0), value, at.general),
    setFlags: (effect) => new FlagsCode(code, new Control(code)).write(effect, WORD_BYTES),
    host: () => code.constant(memoryMap.ram + OPERAND - WINDOW - 1),
    call,
  };
}

const selectors = { cs: 0x08, ds: 0x10, ss: 0x18 } as const;

export class HeldBench extends HandlerBench {
  constructor() {
    super();
    for (const name of ['cs', 'ds', 'ss'] as const) {
      this.state.set(segmentAddress(segmentNumber[name]) + segmentLayout.at.selector, selectors[name]);
    }
  }

  /** How often a routine was called. */
  get calls(): number {
    return this.state.u32[CALLS >>> 2];
  }

  /** Instructions as one function. */
  writeRow(codes: readonly string[]): Row {
    const instructions = codes.flatMap((code) => instructionAt(code) ?? []);
    const code = new FunctionBuilder(handlerSignature.parameters);
    const routines: Routine[] = [];
    let insight: object | null = null;
    instructions.forEach((instruction, index) => {
      const stop = () => code.return(code.constant(index));
      const call: Call = (routine, argument) => {
        routines.push(routine);
        const counted = code.value('i32', wasm.i32Add, [
          code.load(wasm.i32Load, code.constant(0), CALLS),
          code.constant(1),
        ]);
        code.store(wasm.i32Store, code.constant(0), counted, CALLS);
        code.if(code.call(routines.length, [code.constant(operationOf(index)), argument]), stop);
      };
      const done = newScope();
      const unable = newScope();
      code.within(done, () => {
        code.within(unable, () => {
          const site = { ...siteIn(code, instruction, index, unable, call), insight };
          handlerOf(instruction)?.inline?.(site);
          insight = site.insight;
          code.branch(done);
        });
        stop();
      });
    });
    code.return(code.constant(codes.length));
    return { instructions, run: this.compileRow(code, routines) };
  }

  private compileRow(code: FunctionBuilder, routines: readonly Routine[]): Row['run'] {
    const row = { ...handlerSignature, code: code.finish(), exportAs: 'handler' };
    const others = routines.map((routine) => {
      const builder = new FunctionBuilder(handlerSignature.parameters);
      routine.write(builder);
      return { ...handlerSignature, code: builder.finish() };
    });
    // The export is what was just written, with handlerSignature.
    return this.compile([row, ...others]) as Row['run'];
  }

  /** Runs a row on the state as it is; answers how many instructions it has done. */
  runRow({ instructions, run }: Row): number {
    instructions.forEach((instruction, index) => {
      this.writeOperation(operationOf(index), eipOf(index), instruction);
    });
    return run(memoryMap.operations, 0);
  }

  /** Runs the first so many by their services. */
  serveRow({ instructions }: Row, count: number): void {
    instructions.slice(0, count).forEach((instruction, index) => {
      this.state.set(at.eip, eipOf(index));
      x87Services[instruction.mnemonic](this.processor, instruction);
    });
  }
}
