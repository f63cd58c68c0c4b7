/** salc, which Intel never admitted to: al takes the carry, all its bits. */

import { words } from '../memory/words.ts';
import { NEXT, type Service } from '../service.ts';
import { writeAccumulator } from './operands.ts';

const { FLAG_CARRY } = words;

const salc: Service = ({ state }) => {
  writeAccumulator(state, 1, state.u32[FLAG_CARRY] !== 0 ? 0xff : 0);
  return NEXT;
};

export const exchangeServices: Record<string, Service> = { salc };
