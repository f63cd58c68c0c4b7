/**
 * What an instruction leaves behind for whoever handles its exception: where it stood, what it worked on, and its opcode
 * (SDM 1 8.1.8).  The addresses are constants, because a property of `stateLayout.at` is looked up by name each time and
 * these are wanted for every instruction.
 */

import { type State, stateLayout } from '../state.ts';

const at = stateLayout.at;

export const LAST_INSTRUCTION = at.fpuInstruction;
export const LAST_INSTRUCTION_SELECTOR = at.fpuInstructionSelector;
export const LAST_OPERAND = at.fpuOperand;
export const LAST_OPERAND_SELECTOR = at.fpuOperandSelector;
export const LAST_OPCODE = at.fpuOpcode;

/** Writes eip, cs, operand and its selector one behind the other, as every saved state has them. */
export function savePointers(state: State, to: Uint32Array | Uint16Array, first: number): void {
  to[first] = state.get(LAST_INSTRUCTION);
  to[first + 1] = state.get(LAST_INSTRUCTION_SELECTOR);
  to[first + 2] = state.get(LAST_OPERAND);
  to[first + 3] = state.get(LAST_OPERAND_SELECTOR);
}

/** The opposite; above a selector there may be other things. */
export function restorePointers(state: State, from: Uint32Array | Uint16Array, first: number): void {
  state.set(LAST_INSTRUCTION, from[first]);
  state.set(LAST_INSTRUCTION_SELECTOR, from[first + 1] & 0xffff);
  state.set(LAST_OPERAND, from[first + 2]);
  state.set(LAST_OPERAND_SELECTOR, from[first + 3] & 0xffff);
}

export function forgetLastInstruction(state: State): void {
  state.set(LAST_INSTRUCTION, 0);
  state.set(LAST_INSTRUCTION_SELECTOR, 0);
  state.set(LAST_OPERAND, 0);
  state.set(LAST_OPERAND_SELECTOR, 0);
  state.set(LAST_OPCODE, 0);
}
