/**
 * Handlers for instructions that are services, but too frequent to leave WebAssembly each time: the x87's arithmetic,
 * some of the system instructions.  Such a handler does the common case and passes everything else on to the service,
 * which stays the one place where the whole truth is told.  It must do exactly what the service would have done, or
 * nothing at all before it passes on.
 */

import type { FunctionBuilder, Scope, Value } from '../emit/function-builder.ts';
import type { Instruction } from '../instruction.ts';
import type { FlagEffect, Machine, Place } from '../meaning/machine.ts';
import { type Control, HANDLER_TYPE } from './control.ts';
import type { Findings } from './handler-machine.ts';
import { slot } from './handlers.ts';

/** Where an instruction's code is written into: a handler of the interpreter's, or a region of the translator's. */
export interface Site {
  readonly code: FunctionBuilder;
  /** To be branched to with nothing changed: the service does it. */
  readonly unable: Scope;
  /** Number of the x87 register at an operand position. */
  stackRegister(position: 0 | 1): Value;
  /** Offset of the memory operand. Only flat segments come here, so it is the linear address, too. */
  offset(): Value;
  /** State address of the segment it goes through. */
  segment(): Value;
  eip(): Value;
  setAx(value: Value): void;
  /** Sets all six; the last thing that is done. */
  setFlags(effect: FlagEffect): void;
}

/** A region, for code written in its place. */
export interface InlineSite extends Site {
  /** What code has left here for code behind it that knows it: kept along every way through the region, null where ways
   *  meet, and behind everything that is not written by a site or a meaning. */
  insight: object | null;
  /** Address in the memory object, less one, of bytes at the memory operand; leaves the region if they are not there. */
  host(bytes: number, write: boolean): Value;
  /** Leaves the region if the routine is unable. */
  call(routine: Routine, argument: Value): void;
}

/** Done out of line, a function (operation, argument) → 0, or 1 if it is unable and changed nothing. The argument is the
 *  offset of the memory operand, unless whoever calls it by name says something else. */
export interface Routine {
  readonly key: string;
  write(code: FunctionBuilder): void;
}

/** A region, for an instruction written into it: a machine like others, and more than meanings may know of. Whatever is
 *  unusual leaves the region, to the instruction's handler, and has to do so before anything has changed. */
export interface RegionSite extends Machine {
  readonly code: FunctionBuilder;
  leaveIf(condition: Value): void;
  /** Leaves if the routine is unable. Registers and flags it finds in the state are old ones. */
  call(routine: Routine, argument: Value): void;
  /** What is left of the budget behind the instruction. */
  unspent(): Value;
  /** Address in the memory object, less one, of bytes of the stack that lie on one page. */
  stackHost(offset: Value, bytes: number, write: boolean): Value;
  /** From here on pages may lie elsewhere. */
  forgetPages(): void;
  /** The same after a load of another space; the last thing that is done. */
  enterSpace(): void;
}

/** What an instruction does in a region; `operands` are read and written as a meaning does. */
export type RegionMeaning = (m: RegionSite, ...operands: Place[]) => void;

/**
 * Operations of such instructions carry their operands (x87 registers by number in `register0` and `register1`) and, in
 * `immediate`, what the service is called with.
 */
export interface WrittenHandler {
  /** Equal keys, equal handlers. */
  readonly key: string;
  /** Usually `serviceFindings`: what the service it may pass on to is assumed to do. */
  readonly findings: Findings;
  /** Writes a function (operation, budget) → exit. */
  write(code: FunctionBuilder): void;
  /** How a region does it: with the code in place, by a call, or (if none is there) by ending before it. */
  readonly inline?: (site: InlineSite) => void;
  readonly routine?: Routine;
  readonly inRegion?: RegionMeaning;
  /** What `inRegion` calls. */
  readonly calls?: readonly Routine[];
}

/** The handler for an instruction in code of this mode, or null if only the service will do. */
export type HandlerChoice = (instruction: Instruction, modeBits: number) => WrittenHandler | null;

/** By mnemonic. */
export type WrittenHandlers = Readonly<Record<string, HandlerChoice>>;

/** Passes on to the operation's service, as if the handler had not been there. */
export function passToService(code: FunctionBuilder, control: Control): void {
  code.tailCallIndirect(HANDLER_TYPE, [control.operation, control.budget, code.constant(slot.service)]);
}
