/**
 * Decimal arithmetic of the 8086 days (SDM 2A AAA … DAS).  Flags the manual leaves undefined follow the result, as they
 * do on silicon where it is known; overflow is cleared.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import { NEXT, type Outcome, type Service } from '../service.ts';
import { eflag, type State } from '../state.ts';
import { readOperand, writeRegister } from './operands.ts';
import { setByteFlags } from './subtraction-flags.ts';

const { EAX, FLAG_ADJUST, FLAG_CARRY, FLAG_OVERFLOW } = words;

const AL = 0;
const AH = 4;
const AX = 0;

const al = (state: State) => state.u32[EAX] & 0xff;
const ah = (state: State) => (state.u32[EAX] >>> 8) & 0xff;
const digitCarry = (state: State) => (al(state) & 15) > 9 || (state.u32[FLAG_ADJUST] & eflag.adjust) !== 0;

function setCarries(state: State, carry: boolean, adjust: boolean): void {
  state.u32[FLAG_CARRY] = carry ? 1 : 0;
  state.u32[FLAG_ADJUST] = adjust ? eflag.adjust : 0;
  state.u32[FLAG_OVERFLOW] = 0;
}

/** daa and das: packed digits after an addition (sign 1) or a subtraction (sign -1). */
const packed =
  (sign: 1 | -1): Service =>
  ({ state }) => {
    const before = al(state);
    const carry = state.u32[FLAG_CARRY] !== 0;
    const low = digitCarry(state);
    const high = before > 0x99 || carry;
    const afterLow = before + (low ? 6 * sign : 0);
    const borrow = low && (afterLow > 0xff || afterLow < 0);
    const value = (afterLow + (high ? 0x60 * sign : 0)) & 0xff;
    writeRegister(state, AL, 1, value);
    setByteFlags(state, value);
    setCarries(state, high || (sign < 0 && borrow), low);
    return NEXT;
  };

/** aaa and aas: one digit in al, the carry into ah. */
const unpacked =
  (sign: 1 | -1): Service =>
  ({ state }) => {
    const adjust = digitCarry(state);
    if (adjust) writeRegister(state, AX, 2, (state.u32[EAX] & 0xffff) + sign * 0x106);
    const sum = al(state);
    writeRegister(state, AL, 1, sum & 15);
    setByteFlags(state, sum & 15);
    setCarries(state, adjust, adjust);
    return NEXT;
  };

function finish(state: State, low: number): Outcome {
  setByteFlags(state, low);
  setCarries(state, false, false);
  return NEXT;
}

const aam: Service = (processor, { operands }) => {
  const { state } = processor;
  const radix = readOperand(processor, operands[0], 1);
  if (radix === 0) return raise(state, exception.divideError);
  const value = al(state);
  writeRegister(state, AH, 1, Math.floor(value / radix));
  writeRegister(state, AL, 1, value % radix);
  return finish(state, value % radix);
};

const aad: Service = (processor, { operands }) => {
  const { state } = processor;
  const value = (al(state) + ah(state) * readOperand(processor, operands[0], 1)) & 0xff;
  writeRegister(state, AX, 2, value);
  return finish(state, value);
};

export const decimalServices: Record<string, Service> = {
  daa: packed(1),
  das: packed(-1),
  aaa: unpacked(1),
  aas: unpacked(-1),
  aam,
  aad,
};
