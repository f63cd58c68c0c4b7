/**
 * String instructions read and write where esi and edi say, in either direction, as often as ecx says.  The interesting
 * places are where that meets an edge: elements before it are done, the element that faults is not, and the registers
 * say how far it got.
 */

import { prefixBytes } from '../../core/x86/encoding/forms.ts';
import { registerNumber } from '../../core/x86/instruction.ts';
import {
  addDescriptor,
  type Draft,
  ldtFlag,
  patch,
  type Recipe,
  registerValue,
  setRegister,
  someTarget,
} from './draft.ts';
import { eflagsOf, window } from './windows.ts';

const DIRECTION = 0x400;
const { eax, ecx, esi, edi } = registerNumber;

const usesSource = (name: string) => /^(movs|cmps|lods|outs)$/.test(name);
const usesDestination = (name: string) => /^(movs|cmps|stos|scas|ins)$/.test(name);
const compares = (name: string) => /^(cmps|scas)$/.test(name);

/** Near an edge of a window, on the side from which the string runs into it. */
function nearEdge({ dice, operandSize }: Draft, backward: boolean): number {
  const { data, readOnly } = window;
  const distance = dice.below(8) * operandSize + (dice.once(3) ? dice.below(4) : 0);
  if (backward) return dice.pick([data.at, data.at, readOnly.at]) + distance;
  return dice.pick([readOnly.at, readOnly.at + readOnly.bytes]) - distance;
}

const somePlace = (draft: Draft, backward: boolean) =>
  draft.dice.once(3)
    ? nearEdge(draft, backward)
    : draft.dice.once(10)
      ? someTarget(draft.dice)
      : window.data.at + 0x600 + draft.dice.below(0x1000);

/** Registers as offsets into segments of their own, for limits in the middle of a string and 16-bit addresses. */
function throughSegments(draft: Draft, source: number, destination: number): void {
  const { dice } = draft;
  const limit = dice.once(2) ? 0xffff : (destination + dice.below(24)) & 0xfff;
  draft.segments.ds = addDescriptor(draft, window.data.at, 0xffff, ldtFlag.big);
  draft.segments.es = addDescriptor(
    draft,
    window.data.at,
    limit,
    ldtFlag.big | (dice.once(8) ? ldtFlag.readOrExecuteOnly : 0),
  );
  setRegister(draft, esi, source & 0xfff);
  setRegister(draft, edi, destination & 0xfff);
  if (!dice.once(2)) return;
  draft.prefixes.push(prefixBytes.addressSize);
  for (const number of [esi, edi, ecx]) setRegister(draft, number, registerValue(draft, number) | (dice.word() << 16));
}

/** Equal strings, but for one byte somewhere: otherwise a comparison ends where it begins. */
function makeAlike(draft: Draft, name: string, source: number, destination: number): void {
  const { dice } = draft;
  const value = registerValue(draft, eax) & 0xff;
  setRegister(draft, eax, value * 0x01010101);
  const bytes = Array.from({ length: 48 }, () => value);
  if (dice.once(2)) bytes[dice.below(48)] ^= 1 << dice.below(8);
  patch(draft, destination - 24, bytes);
  if (name === 'cmps')
    patch(
      draft,
      source - 24,
      Array.from({ length: 48 }, () => value),
    );
}

export function stringRecipe(name: string): Recipe {
  return {
    before: (draft) => {
      const { dice } = draft;
      const backward = dice.once(2);
      const repeated = !dice.once(3);
      draft.eflags = (eflagsOf(draft.seed) & ~DIRECTION) | (backward ? DIRECTION : 0);
      const source = usesSource(name) ? somePlace(draft, backward) : registerValue(draft, esi);
      const destination = usesDestination(name) ? somePlace(draft, backward) : registerValue(draft, edi);
      setRegister(draft, esi, source);
      setRegister(draft, edi, destination);
      if (repeated) {
        draft.prefixes.push(dice.pick([prefixBytes.repe, prefixBytes.repne]));
        setRegister(draft, ecx, dice.below(13));
      }
      if (compares(name) && dice.once(2)) makeAlike(draft, name, source, destination);
      if (dice.once(6)) throughSegments(draft, source, destination);
      else if (dice.once(8))
        draft.prefixes.push(dice.pick([prefixBytes.es, prefixBytes.cs, prefixBytes.ss, prefixBytes.fs]));
    },
  };
}
