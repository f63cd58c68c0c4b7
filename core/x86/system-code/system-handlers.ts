/**
 * Which system instructions have a handler that does the usual without leaving WebAssembly, and for which of their forms.
 * Everything else, and everything unusual, is the service's.
 */

import type { Instruction } from '../instruction.ts';
import { serviceFindings } from '../interpreter/handler-machine.ts';
import { passToService, type WrittenHandler, type WrittenHandlers } from '../interpreter/written-handlers.ts';
import { mode } from '../state.ts';
import { writeInterrupt } from './ring-entries.ts';
import { writeInterruptReturn } from './ring-returns.ts';
import { SystemWriter } from './system-writer.ts';

function handler(key: string, write: (w: SystemWriter) => void): WrittenHandler {
  return {
    key,
    findings: serviceFindings,
    write: (code) => write(new SystemWriter(code, ({ builder, control }) => passToService(builder, control))),
  };
}

function interrupt({ operands: [number] }: Instruction): WrittenHandler | null {
  if (number.kind !== 'immediate') return null;
  const vector = number.value & 0xff;
  return handler(`int ${vector}`, (w) => writeInterrupt(w, vector));
}

function interruptReturn({ operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (operandSize !== 4 || (modeBits & mode.stack32) === 0) return null;
  const flat = (modeBits & mode.flatStack) !== 0;
  return handler(`iret ${flat ? 'flat' : 'bounded'}`, (w) => writeInterruptReturn(w, flat));
}

export const systemHandlers: WrittenHandlers = { int: interrupt, iret: interruptReturn };
