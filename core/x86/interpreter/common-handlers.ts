/**
 * The handlers of the common shapes, in one module for all boards of a process.  Generated at run time they take some
 * tens of milliseconds, which pays for a kernel and not for a guest that says hello; so a build generates them and puts
 * them where prepared-handlers.ts is, and then they cost next to nothing from the start.
 */

import type { ModuleFunction } from '../emit/module-builder.ts';
import { commonShapes } from './common-shapes.ts';
import { functionsOf, moduleOf } from './handler-functions.ts';
import type { Findings } from './handler-machine.ts';
import { preparedHandlers } from './prepared-handlers.ts';
import { shapeKey } from './shape.ts';

/** Slots of the common handlers in every board's table, whether they are there yet or not. */
export const commonSlots = { first: 16, count: 1008 } as const;

export interface CommonHandler {
  readonly key: string;
  readonly findings: Findings;
  readonly slot: number;
  readonly slotWithoutFlags: number;
}

export interface CommonHandlers {
  readonly module: WebAssembly.Module;
  readonly handlers: readonly CommonHandler[];
}

/** As text a build can write down. */
export interface PreparedHandlers {
  readonly code: Uint8Array<ArrayBuffer>;
  /** Key, slot, slot without flags, then the findings: flags read, killed, written, one word of facts (`unpacked`), and
   *  the positions of the operands it writes. */
  readonly handlers: readonly (readonly [string, ...number[]])[];
}

/** Generates everything. */
export function prepareHandlers(): PreparedHandlers {
  const functions: ModuleFunction[] = [];
  const place = (fn: ModuleFunction) => {
    const slot = commonSlots.first + functions.length;
    functions.push({ ...fn, slot });
    return slot;
  };
  const handlers = commonShapes().map((shape): [string, ...number[]] => {
    const { findings, full, withoutFlags } = functionsOf(shape);
    const slot = place(full);
    const bare = withoutFlags ? place(withoutFlags) : slot;
    const { flagsRead, flagsKilled, flagsWritten, mayFault, writesMemory, jumps, written } = findings;
    const facts = +mayFault | (+jumps << 1) | (+writesMemory << 2);
    return [shapeKey(shape), slot, bare, flagsRead, flagsKilled, flagsWritten, facts, ...written];
  });
  if (functions.length > commonSlots.count) throw new Error(`no slots for ${functions.length} common handlers`);
  return { code: moduleOf(functions), handlers };
}

function unpacked([key, ...numbers]: readonly [string, ...number[]]): CommonHandler {
  const [slot, slotWithoutFlags, flagsRead, flagsKilled, flagsWritten, facts, ...written] = numbers;
  const findings = {
    flagsRead,
    flagsKilled,
    flagsWritten,
    mayFault: (facts & 1) !== 0,
    jumps: (facts & 2) !== 0,
    writesMemory: (facts & 4) !== 0,
    written: new Set(written),
  };
  return { key, findings, slot, slotWithoutFlags };
}

/** Derived from the tables once, like them: a module is code, and no board can change it. */
let compiled: CommonHandlers | null = null;

/** Whether `commonHandlers` is cheap: somebody in this process, or its build, has done the work. */
export const commonHandlersAreReady = (): boolean => compiled !== null || preparedHandlers !== null;

/** The module and what is in it. */
export function commonHandlers(): CommonHandlers {
  if (compiled === null) {
    const { code, handlers } = preparedHandlers ?? prepareHandlers();
    compiled = { module: new WebAssembly.Module(code), handlers: handlers.map(unpacked) };
  }
  return compiled;
}
