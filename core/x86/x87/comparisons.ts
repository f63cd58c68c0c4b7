/**
 * Comparisons as instructions (SDM 1 8.3.6): into C0 C2 C3, or since the P6 straight into EFLAGS.  An empty register
 * is incomparable with anything, which costs a stack fault.
 */

import { FAULT, NEXT, type Service } from '../service.ts';
import { type State, stateLayout } from '../state.ts';
import { compare, comparison, EXAMINED_EMPTY, examine } from './compare.ts';
import { kind } from './format.ts';
import { computing, memoryOperand, namedRegister } from './frame.ts';
import { readInteger, readReal } from './memory-operands.ts';
import type { Unit } from './unit.ts';
import { BEFORE_COMPUTING, CONDITION_CODES, status } from './words.ts';

/** Compares ST(0) with a loaded b, or notes that one of them is missing. */
function compareTop(unit: Unit, missing: boolean, quiet: boolean): number {
  if (missing || unit.isEmpty(0)) {
    unit.stackUnderflow();
    return comparison.unordered;
  }
  unit.load(0, unit.a);
  return compare(unit.math, unit.a, unit.b, quiet);
}

/** Loads ST(i) to b; answers whether it was missing. */
function loadOther(unit: Unit, i: number): boolean {
  if (unit.isEmpty(i)) return true;
  unit.load(i, unit.b);
  return false;
}

interface Shape {
  readonly quiet?: boolean;
  readonly integer?: boolean;
  readonly pops?: number;
}

/** fcom and its many relatives. */
function intoCodes({ quiet = false, integer = false, pops = 0 }: Shape): Service {
  const read = integer ? readInteger : readReal;
  return computing((unit, processor, instruction) => {
    const operand = memoryOperand(instruction);
    let missing = false;
    if (operand === null) missing = loadOther(unit, namedRegister(instruction));
    else if (!read(unit, processor, operand, unit.b)) return FAULT;
    const order = compareTop(unit, missing, quiet);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    unit.setCodes(CONDITION_CODES, order);
    for (let left = pops; left > 0; left--) unit.pop();
    return NEXT;
  });
}

/** fcomi and its relatives: the condition codes sit where ZF, PF and CF do in AH, and so translate one by one. */
function intoFlags({ quiet = false, pops = 0 }: Shape): Service {
  return computing((unit, processor, instruction) => {
    const missing = loadOther(unit, namedRegister(instruction));
    const order = compareTop(unit, missing, quiet);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    setFlags(processor.state, order);
    for (let left = pops; left > 0; left--) unit.pop();
    return NEXT;
  });
}

const at = stateLayout.at;
const FLAG_ZERO = at.flagZero;
const FLAG_PARITY = at.flagParity;
const FLAG_CARRY = at.flagCarry;
const FLAGS_CLEARED = [at.flagSign, at.flagOverflow, at.flagAdjust] as const;

/** ZF is set where its word is zero, PF where the low byte of its word has even parity; the rest are cleared. */
function setFlags(state: State, order: number): void {
  state.set(FLAG_CARRY, (order & status.c0) !== 0 ? 1 : 0);
  state.set(FLAG_PARITY, (order & status.c2) !== 0 ? 0 : 1);
  state.set(FLAG_ZERO, (order & status.c3) !== 0 ? 0 : 1);
  for (const flag of FLAGS_CLEARED) state.set(flag, 0);
}

const ftst = computing((unit) => {
  unit.b.setZero(0);
  unit.b.kind = kind.zero;
  const order = compareTop(unit, false, false);
  if (unit.settle(BEFORE_COMPUTING)) unit.setCodes(CONDITION_CODES, order);
  return NEXT;
});

const fxam = computing((unit) => {
  unit.load(0, unit.a);
  const codes = unit.isEmpty(0) ? EXAMINED_EMPTY | (unit.a.sign !== 0 ? status.c1 : 0) : examine(unit.a);
  unit.setCodes(CONDITION_CODES, codes);
  return NEXT;
});

export const comparisonServices: Record<string, Service> = {
  fcom: intoCodes({}),
  fcomp: intoCodes({ pops: 1 }),
  fcompp: intoCodes({ pops: 2 }),
  ficom: intoCodes({ integer: true }),
  ficomp: intoCodes({ integer: true, pops: 1 }),
  fucom: intoCodes({ quiet: true }),
  fucomp: intoCodes({ quiet: true, pops: 1 }),
  fucompp: intoCodes({ quiet: true, pops: 2 }),
  fcomi: intoFlags({}),
  fcomip: intoFlags({ pops: 1 }),
  fucomi: intoFlags({ quiet: true }),
  fucomip: intoFlags({ quiet: true, pops: 1 }),
  ftst,
  fxam,
};
