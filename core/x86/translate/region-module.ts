/** Compiles regions, several to a module, with the two ways out of a region beside them. */

import type { ByteWriter } from '../emit/bytes.ts';
import { FunctionBuilder, type Value } from '../emit/function-builder.ts';
import { buildModule, type ModuleFunction, type Signature, TypeIndex } from '../emit/module-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { Control, HANDLER_TYPE, handlerSignature, importedFunctions } from '../interpreter/control.ts';
import { engineExit, operationLayout, slot } from '../interpreter/operation.ts';
import { DONE, exitLayout, FAULTED, JUMPED, STRAYED } from './exit-table.ts';
import { routines } from './flag-routines.ts';

const field = operationLayout.at;
const record = exitLayout.at;

/** Indices of what is in every module of regions. */
export const wayOut = {
  leave: importedFunctions.length,
  go: importedFunctions.length + 1,
  /** The same for who has flags to be made first. */
  leaveMaking: importedFunctions.length + 2,
  goMaking: importedFunctions.length + 3,
} as const;
/** The first of the routines that make flags. */
const firstRoutine = importedFunctions.length + 4;
/** (exit record or eip, budget, left, right, routine): routines are counted from 1. */
const makingSignature = { parameters: 5, results: 1 } as const;

/** The functions that come first in each module, once somebody needed them. */
let common: readonly ModuleFunction[] | null = null;

export function compileRegions(
  regions: readonly { readonly code: ByteWriter; readonly slot: number }[],
  memory: WebAssembly.Memory,
): WebAssembly.Module {
  const types = new TypeIndex();
  types.of(handlerSignature);
  common ??= [
    ...[writeLeave, writeGo].map((write) => functionOf(write)),
    ...[wayOut.leave, wayOut.go].map((way) => functionOf((code) => writeMaking(code, way), makingSignature)),
    ...routines.map((write) => functionOf(write)),
  ];
  const own = regions.map(({ code, slot: place }) => ({ ...handlerSignature, code, slot: place }));
  const functions: ModuleFunction[] = [...common, ...own];
  const shape = { imports: importedFunctions, functions, memoryPages: memory.buffer.byteLength / 65536 };
  return new WebAssembly.Module(buildModule(shape, types));
}

function functionOf(write: (code: FunctionBuilder) => void, signature: Signature = handlerSignature): ModuleFunction {
  const code = new FunctionBuilder(signature.parameters);
  write(code);
  return { ...signature, code: code.finish() };
}

/** Makes the flags and goes the way that takes the first two parameters. */
function writeMaking(code: FunctionBuilder, way: number): void {
  const [where, budget, left, right, routine] = [0, 1, 2, 3, 4].map((index) => code.parameter(index));
  for (const index of routines.keys()) {
    const chosen = code.value('i32', wasm.i32Eq, [routine, code.constant(index + 1)]);
    code.if(chosen, () => {
      code.call(firstRoutine + index, [left, right]);
    });
  }
  code.tailCall(way, [where, budget]);
}

/** (exit record, budget): on with the interpreter where the record says. */
function writeLeave(code: FunctionBuilder): void {
  const add = (a: ReturnType<typeof code.constant>, b: typeof a) => code.value('i32', wasm.i32Add, [a, b]);
  const exit = code.parameter(0);
  const operation = code.load(wasm.i32Load, exit, record.operation);
  const handler = code.load(wasm.i32Load, exit, record.handler);
  const budget = add(code.parameter(1), code.load(wasm.i32Load16U, exit, record.unpaid));
  const control = new Control(code);
  const wear = code.load(wasm.i32Load, exit, record.wear);
  code.if(wear, () => {
    const worn = add(wear, code.constant(1));
    code.store(wasm.i32Store, exit, worn, record.wear);
    code.if(code.value('i32', wasm.i32Eqz, [worn]), () => writeWorn(code, exit, field.eip, budget));
  });
  code.if(code.value('i32', wasm.i32Eq, [handler, code.constant(STRAYED)]), () =>
    writeWorn(code, exit, field.targetEip, budget),
  );
  code.if(code.value('i32', wasm.i32Eq, [handler, code.constant(JUMPED)]), () => {
    const target = code.load(wasm.i32Load, operation, field.target);
    code.if(target, () => control.enterBlock(target, budget));
    control.go(code.load(wasm.i32Load, operation, field.targetEip), budget);
  });
  const is = (number: number) => code.value('i32', wasm.i32Eq, [handler, code.constant(number)]);
  code.if(is(DONE), () => writeDone(code, operation, budget));
  const cost = code.load(wasm.i32Load, operation, field.remaining);
  const rest = code.value('i32', wasm.i32Sub, [budget, cost]);
  code.if(is(FAULTED), () => {
    code.tailCallIndirect(HANDLER_TYPE, [operation, rest, code.constant(slot.deliverFault)]);
  });
  code.if(code.value('i32', wasm.i32LtS, [rest, code.constant(0)]), () => {
    control.setState('eip', code.load(wasm.i32Load, operation, field.eip));
    control.setState('budgetLeft', budget);
    code.return(code.constant(engineExit.budget));
  });
  code.tailCallIndirect(HANDLER_TYPE, [operation, rest, handler]);
}

/** Says that a record is worn out; execution goes on where a field of its operation says. */
function writeWorn(code: FunctionBuilder, exit: Value, eip: number, budget: Value): void {
  const control = new Control(code);
  control.setState('operation', exit);
  control.setState('eip', code.load(wasm.i32Load, code.load(wasm.i32Load, exit, record.operation), eip));
  control.setState('budgetLeft', budget);
  code.return(code.constant(engineExit.worn));
}

/** The operation is done; the rest is as the interpreter's own handlers do it. */
function writeDone(code: FunctionBuilder, operation: Value, budget: Value): void {
  const control = new Control(code);
  const next = code.load(wasm.i32Load, operation, field.nextEip);
  code.if(control.state('attention'), () => {
    control.setState('eip', next);
    control.setState('budgetLeft', budget);
    code.return(code.constant(engineExit.leave));
  });
  control.go(next, budget);
}

/** (eip, budget): on with whatever is decoded there. */
function writeGo(code: FunctionBuilder): void {
  new Control(code).go(code.parameter(0), code.parameter(1));
}
