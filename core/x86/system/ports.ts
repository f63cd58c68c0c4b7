/**
 * in and out, and who may use which port (SDM 1 18.5): below IOPL anyone, above it only where the TSS's bitmap is clear.
 */

import type { OperandSize } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { typeOf, WIDE_TYPE } from './descriptors.ts';
import { readOperand, writeOperand } from './operands.ts';
import { ioPrivilege, leaveNext } from './rights.ts';

const { BASE, CPL, LIMIT, RIGHTS, TR } = words;

/** Where a 32-bit TSS says where its bitmap begins. */
const BITMAP_BASE_AT = 0x66;
const PORT_BITS = 0xffff;

/** False with a fault in the state if this ring may not touch `size` ports from `port` on. */
export function portAllowed(processor: Processor, port: number, size: number): boolean {
  const { state, access } = processor;
  const { u32 } = state;
  if (u32[CPL] <= ioPrivilege(state)) return true;
  const limit = u32[TR + LIMIT];
  if ((typeOf(u32[TR + RIGHTS]) & WIDE_TYPE) !== 0 && limit > BITMAP_BASE_AT) {
    const bitmap = access.readLinear((u32[TR + BASE] + BITMAP_BASE_AT) >>> 0, 2, true);
    if (bitmap < 0) return false;
    const at = bitmap + (port >>> 3);
    // Two bytes are always read, so that a group of ports may straddle them.
    if (at + 1 <= limit) {
      const bits = access.readLinear((u32[TR + BASE] + at) >>> 0, 2, true);
      if (bits < 0) return false;
      if (((bits >>> (port & 7)) & ((1 << size) - 1)) === 0) return true;
    }
  }
  raise(state, exception.generalProtection, 0);
  return false;
}

export function readPort(processor: Processor, port: number, size: number): number {
  processor.events.portAccesses++;
  return processor.ports.read(port, size) >>> 0;
}

export function writePort(processor: Processor, port: number, size: number, value: number): void {
  processor.events.portAccesses++;
  const stop = processor.ports.write(port, size, value);
  if (stop !== undefined) processor.stopCode = stop;
}

/** A port may have asked the board to stop, or raised an interrupt. */
export function afterPort(processor: Processor): Outcome {
  return processor.stopCode !== null || processor.eventWaiting() ? leaveNext(processor.state) : NEXT;
}

const sizeOf = (operand: { kind: string; size?: number }) => operand.size as OperandSize; // accumulators have one

const input: Service = (processor, { operands }) => {
  const port = portNumber(processor, operands[1]);
  const size = sizeOf(operands[0]);
  if (!portAllowed(processor, port, size)) return FAULT;
  writeOperand(processor, operands[0], size, readPort(processor, port, size));
  return afterPort(processor);
};

const output: Service = (processor, { operands }) => {
  const port = portNumber(processor, operands[0]);
  const size = sizeOf(operands[1]);
  if (!portAllowed(processor, port, size)) return FAULT;
  writePort(processor, port, size, readOperand(processor, operands[1], size));
  return afterPort(processor);
};

/** dx, or an immediate byte without sign. */
function portNumber(processor: Processor, operand: Parameters<typeof readOperand>[1]): number {
  return readOperand(processor, operand, operand.kind === 'immediate' ? 1 : 2) & PORT_BITS;
}

export const portServices: Record<string, Service> = { in: input, out: output };
