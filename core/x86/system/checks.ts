/**
 * Instructions that ask what a selector would allow, without loading it (SDM 3A 5.10: ARPL, LAR, LSL, VERR, VERW).
 * They answer in ZF and never fault on a bad selector.
 */

import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import {
  descriptorAddress,
  descriptorBit,
  isCode,
  isConforming,
  isNull,
  isSystem,
  limitOf,
  privilegeOf,
  systemType,
  typeOf,
} from './descriptors.ts';
import { readOperand, writeOperand } from './operands.ts';

const { CPL, FLAG_ZERO } = words;

const RPL = 3;
const ACCESS_RIGHTS = 0x00ffff00;

/** Sets of system types, a bit each, that LAR and LSL answer for (SDM 2A, tables 3-53 and 3-55). */
const LIMIT_TYPES =
  (1 << systemType.tss16) |
  (1 << systemType.ldt) |
  (1 << systemType.busyTss16) |
  (1 << systemType.tss32) |
  (1 << systemType.busyTss32);
const RIGHTS_TYPES =
  LIMIT_TYPES | (1 << systemType.callGate16) | (1 << systemType.taskGate) | (1 << systemType.callGate32);

const INVISIBLE = -2;

function setZero(processor: Processor, zero: boolean): Outcome {
  // ZF is the zeroness of its word; sign and parity live in words of their own.
  processor.state.u32[FLAG_ZERO] = zero ? 0 : 1;
  return NEXT;
}

/** High dword of a descriptor this ring may ask about; INVISIBLE, or FAULT if the table itself faults. */
function visibleDescriptor(processor: Processor, selector: number): number {
  const { state, access } = processor;
  const address = isNull(selector) ? -1 : descriptorAddress(state, selector);
  if (address < 0) return INVISIBLE;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const open = isCode(high) && isConforming(high);
  const dpl = privilegeOf(high);
  return open || (dpl >= state.u32[CPL] && dpl >= (selector & RPL)) ? high : INVISIBLE;
}

const lar: Service = (processor, { operands, operandSize }) => {
  const selector = readOperand(processor, operands[1], 2);
  if (selector < 0) return FAULT;
  const high = visibleDescriptor(processor, selector);
  if (high === FAULT) return FAULT;
  const known = high !== INVISIBLE && (!isSystem(high) || ((RIGHTS_TYPES >>> typeOf(high)) & 1) !== 0);
  if (known) writeOperand(processor, operands[0], operandSize, high & ACCESS_RIGHTS);
  return setZero(processor, known);
};

const lsl: Service = (processor, { operands, operandSize }) => {
  const { state, access } = processor;
  const selector = readOperand(processor, operands[1], 2);
  if (selector < 0) return FAULT;
  const high = visibleDescriptor(processor, selector);
  if (high === FAULT) return FAULT;
  const known = high !== INVISIBLE && (!isSystem(high) || ((LIMIT_TYPES >>> typeOf(high)) & 1) !== 0);
  if (known) {
    const low = access.readLinear(descriptorAddress(state, selector), 4, true);
    if (low < 0) return FAULT;
    writeOperand(processor, operands[0], operandSize, limitOf(low, high));
  }
  return setZero(processor, known);
};

const verify =
  (allows: (high: number) => boolean): Service =>
  (processor, { operands }) => {
    const selector = readOperand(processor, operands[0], 2);
    if (selector < 0) return FAULT;
    const high = visibleDescriptor(processor, selector);
    if (high === FAULT) return FAULT;
    return setZero(processor, high !== INVISIBLE && !isSystem(high) && allows(high));
  };

const verr = verify((high) => !isCode(high) || (high & descriptorBit.readable) !== 0);
const verw = verify((high) => !isCode(high) && (high & descriptorBit.writable) !== 0);

/** Raises the RPL of a selector to the caller's. Memory that would not change is not written. */
const arpl: Service = (processor, { operands }) => {
  const selector = readOperand(processor, operands[0], 2);
  if (selector < 0) return FAULT;
  const rpl = readOperand(processor, operands[1], 2) & RPL;
  const raised = (selector & RPL) < rpl;
  if (raised && writeOperand(processor, operands[0], 2, (selector & ~RPL) | rpl) === FAULT) return FAULT;
  return setZero(processor, raised);
};

export const checkServices: Record<string, Service> = { lar, lsl, verr, verw, arpl };
