/**
 * What instructions want beyond a random state, so that they do more than fault: a quotient that fits, a selector that
 * exists, a return address that leads somewhere.  A recipe's `before` runs before operands are aimed (and may lose a
 * register to them), its `after` when it is known where they point.
 */

import { prefixBytes } from '../../core/x86/encoding/forms.ts';
import { registerNumber } from '../../core/x86/instruction.ts';
import { registerNames } from './case.ts';
import {
  type Draft,
  littleEndian,
  middle,
  patch,
  type Recipe,
  registerOperand,
  registerValue,
  setOperand,
  setRegister,
  someTarget,
} from './draft.ts';
import { stringRecipe } from './string-recipes.ts';
import { transferRecipes } from './transfer-recipes.ts';
import { dataBackground, window } from './windows.ts';
import { x87ImageOf } from './x87-image.ts';

const { eax, ecx, edx, ebx } = registerNumber;

/** The high half of the dividend so that the quotient often fits. */
function divisible(signed: boolean): Recipe {
  return {
    before: (draft) => {
      if (draft.dice.once(4)) return;
      const dividend = registerValue(draft, eax);
      const high = signed ? (draft.operandSize === 4 ? dividend : dividend << 16) >> 31 : 0;
      setRegister(draft, edx, draft.dice.once(3) ? high + draft.dice.below(3) - 1 : high);
      if (draft.operandSize === 1) setRegister(draft, eax, signed ? (dividend << 24) >> 24 : dividend & 0xff);
    },
    after: (draft) => {
      if (draft.dice.once(6)) setOperand(draft, draft.dice.below(3), 4);
    },
  };
}

/** What the data window holds at an address before any patch. */
function backgroundAt(address: number): number {
  const at = address - window.data.at;
  if (at < 0 || at + 4 > dataBackground.length) return 0;
  return new DataView(dataBackground.buffer).getUint32(at, true);
}

/** Whether a register is needed for what it holds: it addresses the operand. */
const isTaken = ({ registers, target }: Draft, number: number) => target !== null && registerNames[number] in registers;

function expectOperand(draft: Draft): void {
  const number = registerOperand(draft);
  if (draft.dice.once(2) || isTaken(draft, eax)) return;
  if (number !== null) setRegister(draft, eax, registerValue(draft, number));
  else if (draft.target !== null) setRegister(draft, eax, backgroundAt(draft.target));
}

const shiftByCl: Recipe = {
  before: (draft) => {
    const limit = draft.opening.form.mnemonic.startsWith('sh') && draft.operandSize === 2 ? 17 : 40;
    if (!draft.dice.once(5) || limit === 17)
      setRegister(draft, ecx, (registerValue(draft, ecx) & ~0xff) | draft.dice.below(limit));
  },
  // A double shift of a word by more than a word is anybody's guess.
  immediate: ({ dice, operandSize }) => (operandSize === 2 ? dice.below(17) : dice.below(256)),
};

/** A bit offset that stays in the window when the operand is memory. */
const bitOffset: Recipe = {
  before: (draft) => {
    if (draft.modrm.length > 0 && !draft.dice.once(4))
      setRegister(draft, middle(draft.modrm[0]), draft.dice.below(4096) - 2048);
  },
};

const bounds: Recipe = {
  after: (draft) => {
    if (draft.target === null) return;
    const lower = draft.dice.below(200) - 100;
    const pair = [lower, lower + draft.dice.below(100)].flatMap((value) => littleEndian(value, draft.operandSize));
    patch(draft, draft.target, pair);
    const index = lower + draft.dice.below(130) - 15;
    const register = middle(draft.modrm[0]);
    if (!draft.dice.once(4) && !isTaken(draft, register)) setRegister(draft, register, index);
  },
};

const patchTarget = (bytes: (draft: Draft) => readonly number[]): Recipe => ({
  after: (draft) => {
    if (draft.target !== null) patch(draft, draft.target, bytes(draft));
  },
});

const controlWord = ({ dice }: Draft) => 0x40 | (dice.below(16) << 8) | (dice.once(4) ? dice.below(64) : 0x3f);

const bcd = ({ dice }: Draft) => [
  ...Array.from({ length: 9 }, () => dice.below(10) * 16 + dice.below(10)),
  dice.below(2) * 0x80,
];

/** Of the wide form only: the narrow one has another layout, and random words do there. */
const x87Environment = (bytes: number): Recipe =>
  patchTarget((draft) => (draft.operandSize === 4 ? [...x87ImageOf(draft.dice.word()).subarray(0, bytes)] : []));

const shifts = Object.fromEntries('rol ror rcl rcr shl shr sar shld shrd'.split(' ').map((name) => [name, shiftByCl]));
const bits = Object.fromEntries('bt bts btr btc'.split(' ').map((name) => [name, bitOffset]));
const strings = Object.fromEntries(
  'movs cmps stos lods scas ins outs'.split(' ').map((name) => [name, stringRecipe(name)]),
);

/** By mnemonic; whoever is not here does well with anything. */
export const recipes: Readonly<Record<string, Recipe>> = {
  ...shifts,
  ...bits,
  ...strings,
  ...transferRecipes,
  div: divisible(false),
  idiv: divisible(true),
  cmpxchg: { after: expectOperand },
  cmpxchg8b: {
    after: (draft) => {
      if (draft.target === null || draft.dice.once(2) || isTaken(draft, eax) || isTaken(draft, edx)) return;
      setRegister(draft, eax, backgroundAt(draft.target));
      setRegister(draft, edx, backgroundAt(draft.target + 4));
    },
  },
  xlat: {
    before: (draft) => setRegister(draft, ebx, someTarget(draft.dice) - (registerValue(draft, eax) & 0xff)),
  },
  bound: bounds,
  aam: { immediate: ({ dice }) => (dice.once(3) ? dice.below(256) : dice.pick([10, 10, 16, 0])) },
  fldcw: patchTarget((draft) => littleEndian(controlWord(draft), 2)),
  fbld: patchTarget(bcd),
  fldenv: x87Environment(28),
  frstor: x87Environment(108),
};

/** Prefixes whose effect on the instruction is not ours to know. The makers do not agree on `lock verr`. */
export const refusedPrefixes: Readonly<Record<string, readonly number[]>> = {
  bswap: [prefixBytes.operandSize],
  frstor: [prefixBytes.operandSize],
  verr: [prefixBytes.lock],
  verw: [prefixBytes.lock],
};
