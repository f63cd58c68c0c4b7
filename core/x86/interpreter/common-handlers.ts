/**
 * The handlers of the common shapes, in one module for all boards of a process.  Generated at run time they take some
 * tens of milliseconds, which pays for a kernel and not for a guest that says hello; so a build generates them, with
 * others that were written by hand (common-written.ts), and puts them where prepared-handlers.ts is.  Then they cost next
 * to nothing from the start.
 */

import type { ModuleFunction } from '../emit/module-builder.ts';
import { commonShapes } from './common-shapes.ts';
import { functionOf, functionsOf, moduleOf } from './handler-functions.ts';
import type { Findings } from './handler-machine.ts';
import { preparedHandlers } from './prepared-handlers.ts';
import { shapeKey } from './shape.ts';
import type { WrittenHandler } from './written-handlers.ts';

/** Slots of the common handlers in every board's table, whether they are there yet or not. */
export const commonSlots = { first: 16, count: 1008 } as const;

export interface CommonHandler {
  readonly key: string;
  readonly findings: Findings;
  readonly slot: number;
  readonly slotWithoutFlags: number;
  readonly serves: boolean;
}

export interface CommonHandlers {
  readonly module: WebAssembly.Module;
  readonly handlers: readonly CommonHandler[];
  readonly routines: PreparedHandlers['routines'];
}

/** Key, slot, slot without flags, then the findings: flags read, killed, written, one word of facts, and the positions of
 *  the operands it writes. */
type Packed = readonly [string, ...number[]];

/** As text a build can write down. */
export interface PreparedHandlers {
  readonly code: Uint8Array<ArrayBuffer>;
  /** The module of functions before memory access and the run loop (system-code/memory-misses.ts). */
  readonly misses: Uint8Array<ArrayBuffer> | null;
  readonly handlers: readonly Packed[];
  /** Keys and slots. */
  readonly routines: readonly (readonly [string, number])[];
}

/** Bits of the word of facts. */
const fact = { mayFault: 1, jumps: 2, writesMemory: 4, serves: 8 } as const;

/** What a build adds to the common shapes: handlers, functions that have their slots already, and the other module. */
export interface Additions {
  readonly written: readonly WrittenHandler[];
  readonly functions: readonly ModuleFunction[];
  readonly misses: Uint8Array<ArrayBuffer> | null;
}

const nothing: Additions = { written: [], functions: [], misses: null };

/** Generates everything: the common shapes, and what a build adds to them. */
export function prepareHandlers({ written, functions: placed, misses }: Additions = nothing): PreparedHandlers {
  const functions: ModuleFunction[] = [];
  const place = (fn: ModuleFunction) => {
    const slot = commonSlots.first + functions.length;
    functions.push({ ...fn, slot });
    return slot;
  };
  const ordinary = commonShapes().map((shape): Packed => {
    const { findings, full, withoutFlags } = functionsOf(shape);
    const slot = place(full);
    return packed(shapeKey(shape), slot, withoutFlags ? place(withoutFlags) : slot, findings, 0);
  });
  const byHand = written.map((handler): Packed => {
    const slot = place(functionOf((code) => handler.write(code)));
    return packed(handler.key, slot, slot, handler.findings, fact.serves);
  });
  const called = written.flatMap(({ routine, calls = [] }) => (routine ? [routine, ...calls] : calls));
  const routines = [...new Map(called.map((each) => [each.key, each])).values()].map(
    ({ key, write }) => [key, place(functionOf(write))] as const,
  );
  if (functions.length > commonSlots.count) throw new Error(`no slots for ${functions.length} common handlers`);
  return { code: moduleOf([...functions, ...placed]), misses, handlers: [...ordinary, ...byHand], routines };
}

function packed(key: string, slot: number, bare: number, findings: Findings, serves: number): Packed {
  const { flagsRead, flagsKilled, flagsWritten, mayFault, writesMemory, jumps, written } = findings;
  const own = (mayFault ? fact.mayFault : 0) | (jumps ? fact.jumps : 0) | (writesMemory ? fact.writesMemory : 0);
  return [key, slot, bare, flagsRead, flagsKilled, flagsWritten, own | serves, ...written];
}

function unpacked([key, ...numbers]: Packed): CommonHandler {
  const [slot, slotWithoutFlags, flagsRead, flagsKilled, flagsWritten, facts, ...written] = numbers;
  const findings = {
    flagsRead,
    flagsKilled,
    flagsWritten,
    mayFault: (facts & fact.mayFault) !== 0,
    jumps: (facts & fact.jumps) !== 0,
    writesMemory: (facts & fact.writesMemory) !== 0,
    written: new Set(written),
  };
  return { key, findings, slot, slotWithoutFlags, serves: (facts & fact.serves) !== 0 };
}

/** Derived from the tables once, like them: a module is code, and no board can change it. */
let compiled: CommonHandlers | null = null;

/** Whether `commonHandlers` is cheap: somebody in this process, or its build, has done the work. */
export const commonHandlersAreReady = (): boolean => compiled !== null || preparedHandlers !== null;

/** The module and what is in it. */
export function commonHandlers(): CommonHandlers {
  if (compiled === null) {
    const { code, handlers, routines } = preparedHandlers ?? prepareHandlers();
    compiled = { module: new WebAssembly.Module(code), handlers: handlers.map(unpacked), routines };
  }
  return compiled;
}
