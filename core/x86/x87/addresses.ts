/**
 * Where in the state the unit keeps what its instructions leave behind (SDM 1 8.1.8).  Constants, because a property of
 * `stateLayout.at` is looked up by name each time and these are wanted for every instruction.
 */

import { stateLayout } from '../state.ts';

const at = stateLayout.at;

export const LAST_INSTRUCTION = at.fpuInstruction;
export const LAST_INSTRUCTION_SELECTOR = at.fpuInstructionSelector;
export const LAST_OPERAND = at.fpuOperand;
export const LAST_OPERAND_SELECTOR = at.fpuOperandSelector;
export const LAST_OPCODE = at.fpuOpcode;
export const MXCSR = at.mxcsr;
export const XMM = at.xmm;
