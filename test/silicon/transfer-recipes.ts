/**
 * Recipes for whatever uses the stack, a selector or a code address: calls, returns, jumps, segment loads.  Return
 * addresses must lead among the int3s of the code window, and selectors to descriptors the case brings along.
 */

import { registerNumber } from '../../core/x86/instruction.ts';
import {
  addDescriptor,
  type Draft,
  ldtFlag,
  littleEndian,
  patch,
  type Recipe,
  registerValue,
  setOperand,
  setRegister,
} from './draft.ts';
import { CODE_START, ldtSelector, selector, window } from './windows.ts';

const { ecx, esp, ebp } = registerNumber;

/** Mostly the middle of the stack, sometimes an edge, sometimes a stack segment of its own. */
function placeStack(draft: Draft, mayBeNarrow = true): void {
  const { dice } = draft;
  const { at, bytes } = window.stack;
  const kind = dice.below(12);
  if (kind < 8) setRegister(draft, esp, at + 0x800 + dice.below(0x1000));
  else if (kind < 10) setRegister(draft, esp, dice.pick([at, at + bytes, window.readOnly.at]) + dice.below(80) - 40);
  else {
    const offset = dice.once(3) ? dice.below(12) : 0x400 + dice.below(0x1000);
    const narrow = mayBeNarrow && dice.once(2);
    const limit = dice.once(3) ? offset + dice.below(8) - 4 : narrow ? 0xffff : 0x1fff;
    draft.segments.ss = addDescriptor(draft, at, Math.max(0, limit), narrow ? 0 : ldtFlag.big);
    setRegister(draft, esp, narrow ? (dice.word() & 0xffff0000) | offset : offset);
  }
}

/** The linear address esp points at. */
function stackTop(draft: Draft): number {
  const stack = draft.ldt.find(({ entry }) => draft.segments.ss === ldtSelector(entry));
  if (!stack) return registerValue(draft, esp);
  return stack.base + (stack.flags & ldtFlag.big ? registerValue(draft, esp) : registerValue(draft, esp) & 0xffff);
}

/** Somewhere among the int3s, rarely where nothing is. */
const someCodeAddress = ({ dice }: Draft) =>
  dice.once(10)
    ? dice.pick([0x50000000, window.code.at - 2, window.code.at + 0xffd, 0])
    : CODE_START + 0x40 + dice.below(0x400);

/** Data, code, read-only, absent: the four LDT entries selector loads choose among. */
function addSomeDescriptors(draft: Draft): void {
  const { dice } = draft;
  const { big, code, absent } = ldtFlag;
  // Linux lets nobody have a conforming code segment that is present.
  addDescriptor(draft, window.data.at, 0xfff + dice.below(0x1000), big | (dice.below(3) << 1) | (dice.below(2) << 3));
  addDescriptor(draft, window.code.at, 0xfff, big | code | (dice.below(2) << 3));
  addDescriptor(draft, window.stack.at, 0x1fff, dice.below(2));
  addDescriptor(draft, window.data.at, 0xfff, absent | dice.below(16));
}

function someSelector(draft: Draft): number {
  const { dice } = draft;
  if (draft.ldt.length === 0 || dice.once(3))
    return dice.pick([0, 3, selector.userCode, selector.userData, 0x20, 0x29, 0x18, 0x08, 0xfff3, 0x800b]);
  return ldtSelector(dice.below(draft.ldt.length + 1)) - (dice.once(5) ? dice.below(4) : 0);
}

const withDescriptors = (draft: Draft) => addSomeDescriptors(draft);

/** A selector in the r/m. */
const selectorOperand: Recipe = {
  before: withDescriptors,
  after: (draft) => setOperand(draft, someSelector(draft) | (draft.dice.word() << 16), 2),
};

function farPointer(draft: Draft, offset: number, where: number): number[] {
  return [...littleEndian(offset, draft.operandSize), ...littleEndian(where, 2)];
}

/** A selector and an offset that suits its base; no code segment whose code nobody wrote. */
function someCodePointer(draft: Draft): { where: number; offset: number } {
  const wanted = draft.dice.once(2) ? selector.userCode : someSelector(draft);
  const local = draft.ldt.find(({ entry }) => (wanted | 3) === ldtSelector(entry));
  const isForeign = local !== undefined && (local.flags & ldtFlag.code) !== 0 && local.base !== window.code.at;
  const where = isForeign ? selector.userCode : wanted;
  const address = someCodeAddress(draft);
  return { where, offset: local && !isForeign ? address - window.code.at : address };
}

const farTransfer: Recipe = {
  before: (draft) => {
    placeStack(draft);
    addSomeDescriptors(draft);
  },
  after: (draft) => {
    const { where, offset } = someCodePointer(draft);
    if (draft.target !== null) patch(draft, draft.target, farPointer(draft, offset, where));
    else draft.immediate = farPointer(draft, offset, where);
  },
};

const onStack: Recipe = { before: (draft) => placeStack(draft) };

const returnNear: Recipe = {
  before: (draft) => placeStack(draft),
  after: (draft) => patch(draft, stackTop(draft), littleEndian(someCodeAddress(draft), draft.operandSize)),
};

const USER_FLAGS = 0xcd5;

function returnFar(draft: Draft, withFlags: boolean): void {
  const { where, offset } = someCodePointer(draft);
  const slot = (value: number) => littleEndian(value, draft.operandSize);
  const flags = withFlags ? slot((draft.dice.word() & USER_FLAGS) | 2) : [];
  const selectorSlot = slot(where | (draft.dice.word() << 16));
  patch(draft, stackTop(draft), [...slot(offset), ...selectorSlot, ...flags]);
}

const counted: Recipe = {
  before: (draft) => {
    if (draft.dice.once(3)) return;
    setRegister(draft, ecx, draft.dice.pick([0, 1, 2, 0x10000, 0x10001]));
  },
};

const popFlags: Recipe = {
  before: (draft) => placeStack(draft),
  // Arithmetic, DF, TF, IF, IOPL, NT, AC, ID: all that user code may change, and some it may not.
  after: (draft) => patch(draft, stackTop(draft), littleEndian((draft.dice.word() & 0x247fd5) | 2, draft.operandSize)),
};

const frame: Recipe = {
  before: (draft) => {
    // Which half of ebp a 16-bit stack leaves alone, the makers do not agree on.
    placeStack(draft, draft.operandSize === 2);
    setRegister(draft, ebp, window.stack.at + 0x800 + draft.dice.below(0x1000));
    if (draft.dice.once(12)) setRegister(draft, ebp, window.stack.at + draft.dice.below(24) - 12);
  },
  immediate: ({ dice }, bytes) =>
    bytes === 2 ? dice.below(dice.once(8) ? 0x10000 : 64) : dice.pick([0, 0, 0, 1, 2, 3, 5, 31, 34]),
};

const indirectNear: Recipe = {
  before: (draft) => placeStack(draft),
  after: (draft) => setOperand(draft, someCodeAddress(draft), draft.operandSize),
};

/** No wild jumps: among the int3s, or into nothing. Never back into the instruction itself. */
const relative: Recipe = {
  immediate: ({ dice }, bytes) => {
    if (bytes === 4 && dice.once(10)) return 0x40000000;
    return dice.once(3) ? -32 - dice.below(96) : dice.below(96);
  },
};

const callRelative: Recipe = { ...relative, before: (draft) => placeStack(draft) };

const loadFar: Recipe = {
  before: withDescriptors,
  after: (draft) => {
    if (draft.target !== null) patch(draft, draft.target, farPointer(draft, draft.dice.word(), someSelector(draft)));
  },
};

/** By mnemonic. */
export const transferRecipes: Readonly<Record<string, Recipe>> = {
  push: onStack,
  pop: onStack,
  pusha: onStack,
  popa: onStack,
  pushf: onStack,
  pushseg: onStack,
  popf: popFlags,
  popseg: {
    before: (draft) => {
      placeStack(draft);
      addSomeDescriptors(draft);
    },
    after: (draft) => patch(draft, stackTop(draft), littleEndian(someSelector(draft), 2)),
  },
  enter: frame,
  leave: frame,
  call: { ...callRelative, after: indirectNear.after },
  jmp: { ...relative, after: indirectNear.after },
  jcc: relative,
  jcxz: { ...counted, ...relative },
  loop: { ...counted, ...relative },
  loope: { ...counted, ...relative },
  loopne: { ...counted, ...relative },
  ret: returnNear,
  retf: { ...farTransfer, after: (draft) => returnFar(draft, false) },
  iret: { ...farTransfer, after: (draft) => returnFar(draft, true) },
  jmpf: farTransfer,
  callf: farTransfer,
  int: { immediate: ({ dice }) => dice.pick([0, 1, 2, 3, 4, 5, 8, 13, 14, 0x1f, 0x20, 0x81, 0xff]) },
  les: loadFar,
  lds: loadFar,
  lfs: loadFar,
  lgs: loadFar,
  lss: loadFar,
  movseg: selectorOperand,
  lar: selectorOperand,
  lsl: selectorOperand,
  verr: selectorOperand,
  verw: selectorOperand,
};
