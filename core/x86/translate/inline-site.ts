/** A region as the site of an instruction's own code (interpreter/written-handlers.ts). */

import type { Scope } from '../emit/function-builder.ts';
import { type Instruction, registerNumber } from '../instruction.ts';
import type { InlineSite } from '../interpreter/written-handlers.ts';
import { segmentAddress } from '../state.ts';
import type { RegionMachine } from './region-machine.ts';

export function siteIn(m: RegionMachine, instruction: Instruction, eip: number, unable: Scope): InlineSite {
  const [first] = instruction.operands;
  const segment = first?.kind === 'memory' ? first.segment : 0;
  return {
    code: m.code,
    unable,
    stackRegister: (position) => {
      const operand = instruction.operands[position];
      return m.constant(operand?.kind === 'x87 register' ? operand.number : 0);
    },
    offset: () => m.offsetOf({ index: 0, kind: 'memory', size: 0 }),
    segment: () => m.constant(segmentAddress(segment)),
    eip: () => m.constant(eip),
    setAx: (value) => m.setRegister(registerNumber.eax, value, 2),
    setFlags: (effect) => m.setFlags(effect),
    get insight() {
      return m.insight;
    },
    set insight(insight) {
      m.insight = insight;
    },
    host: (bytes, write) => m.operandHost(bytes, write),
    call: (called, argument) => m.call(called, argument),
  };
}
