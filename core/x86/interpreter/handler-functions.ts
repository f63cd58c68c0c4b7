/**
 * Handlers as WebAssembly: the functions of one shape, and modules made of many.  A module has the engine's functions
 * for imports and names no memory larger than a page, so that one module serves every board.
 */

import { FunctionBuilder } from '../emit/function-builder.ts';
import { buildModule, type ModuleFunction, TypeIndex } from '../emit/module-builder.ts';
import type { Meaning } from '../meaning/machine.ts';
import { meanings } from '../meaning/table.ts';
import { handlerSignature, importedFunctions, writeFaultFunction, writeStaleFunction } from './control.ts';
import { type Findings, HandlerMachine } from './handler-machine.ts';
import type { Shape } from './shape.ts';

const PARAMETERS = 2;
/** Of the memory; a board's is always larger. */
const LEAST_PAGES = 1;

/** A function that passes control as handlers do, without a slot. */
export function functionOf(write: (code: FunctionBuilder) => void): ModuleFunction {
  const code = new FunctionBuilder(PARAMETERS);
  write(code);
  return { ...handlerSignature, code: code.finish() };
}

export interface ShapeFunctions {
  readonly findings: Findings;
  readonly full: ModuleFunction;
  /** The variant that leaves the flags alone; null for shapes that do so anyway. */
  readonly withoutFlags: ModuleFunction | null;
}

/** The handler of a shape, whose mnemonic has a meaning. */
export function functionsOf(shape: Shape): ShapeFunctions {
  const meaning = meanings[shape.mnemonic];
  const findings = learn(shape, meaning);
  const write = (flags: boolean) =>
    functionOf((code) => new HandlerMachine(code, shape, findings.written, flags).writeHandler(meaning));
  return { findings, full: write(true), withoutFlags: findings.flagsWritten ? write(false) : null };
}

function learn(shape: Shape, meaning: Meaning): Findings {
  const machine = new HandlerMachine(new FunctionBuilder(PARAMETERS), shape, new Set(), true);
  machine.writeHandler(meaning);
  return machine.findings;
}

/** A module of handlers. Each has the two functions of its own that `control.ts` wants first. */
export function moduleOf(functions: readonly ModuleFunction[]): Uint8Array<ArrayBuffer> {
  const types = new TypeIndex();
  types.of(handlerSignature);
  const own = [functionOf(writeFaultFunction), functionOf(writeStaleFunction)];
  return buildModule(
    { imports: importedFunctions, functions: [...own, ...functions], memoryPages: LEAST_PAGES },
    types,
  );
}
