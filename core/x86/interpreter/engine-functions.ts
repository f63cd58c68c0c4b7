/**
 * The functions an engine cannot begin without: the handlers of what is no instruction, and the way in.
 */

import type { FunctionBuilder } from '../emit/function-builder.ts';
import type { ModuleFunction } from '../emit/module-builder.ts';
import {
  Control,
  writeContinueHandler,
  writeFaultExit,
  writeGuardHandler,
  writeServiceHandler,
  writeStopHandler,
} from './control.ts';
import { functionOf } from './handler-functions.ts';
import { slot } from './operation.ts';

/** A module with these exports the way in under this name: (first operation, budget) → exit. */
export const ENTER = 'enter';

/** `deliverFault` writes what a fault does: (operation, budget) → exit. */
export function engineFunctions(deliverFault: (code: FunctionBuilder) => void = writeFaultExit): ModuleFunction[] {
  return [
    { ...functionOf(writeServiceHandler), slot: slot.service },
    { ...functionOf(writeContinueHandler), slot: slot.continue },
    { ...functionOf(writeStopHandler), slot: slot.stop },
    { ...functionOf(writeGuardHandler), slot: slot.guard },
    { ...functionOf(deliverFault), slot: slot.deliverFault },
    { ...functionOf(writeFaultExit), slot: slot.leaveWithFault },
    { ...functionOf(writeEnterFunction), exportAs: ENTER },
  ];
}

function writeEnterFunction(code: FunctionBuilder): void {
  const control = new Control(code);
  control.enterBlock(control.operation, control.budget);
}
