/**
 * Random cases, directed by the encoding table: a mnemonic, one of its encodings, prefixes, operands that point
 * somewhere, and a state in which it has something to do.  Same seed, same case.
 */

import { prefixBytes } from '../../core/x86/encoding/forms.ts';
import { random } from '../core/x86/encoding/random.ts';
import { makeCase, type SiliconCase } from './case.ts';
import { aimMemory, aimOffset, type Draft, hexOf, littleEndian, mod, type Recipe, someTarget } from './draft.ts';
import { type Opening, openingsByMnemonic } from './openings.ts';
import { recipes, refusedPrefixes } from './recipes.ts';
import { edgeValues, eflagsOf } from './windows.ts';

/**
 * Not tested here, because a user program's answer says nothing of ours: what the time is, which processor this is,
 * where the host keeps its tables, how the host enters its kernel, what SSE registers happen to hold.
 */
const silentOnSilicon = new Set(
  'rdtsc rdpmc cpuid sgdt sidt sldt str smsw int1 sysenter sysexit rsm fxsave fxrstor'.split(' '),
);

const openings = new Map([...openingsByMnemonic()].filter(([mnemonic]) => !silentOnSilicon.has(mnemonic)));
/** What can be tested, in alphabetical order. */
export const testableMnemonics: readonly string[] = [...openings.keys()].sort();

/** Holes in the opcode groups, forms that must have memory, locks on what cannot be locked, sixteen bytes: all faults. */
const holes = [
  ...['fed0', 'fef8', 'fff8', '8fc8', 'c6c8', 'c7d0', '0fbac005', '0fbadb01', '0f00f0', '0f00f8', '0f20c8', '0f20e8'],
  ...['d9d1', 'd9e2', 'd9ef', 'dbe5', 'ddf0', 'dfe1', 'daf0', '8ec8', '8ef0', '8cf8', '8dc0', '0fb2c0', '0fc7c8'],
  ...['f001c8', 'f039c8', 'f0890424', 'f00fafc1', 'f090', 'f0a4', 'f0c3', '0f0b', '0fb9c0', '0f24c0', '0faac0'],
  `${'66'.repeat(13)}89c8`,
  `${'66'.repeat(14)}89c8`,
  `${'2e'.repeat(9)}8b0500000020`,
  `${'2e'.repeat(10)}8b0500000020`,
];
/** The name `--only` knows them by. */
export const HOLES = 'undefined';

const ALIGNMENT_CHECK = 0x40000;

function randomImmediate(draft: Draft, bytes: number): number {
  return draft.dice.once(3)
    ? draft.dice.pick(edgeValues)
    : bytes === 4
      ? draft.dice.word()
      : draft.dice.word() & 0xffff;
}

/** Bytes of the immediates, in the table's order. */
function immediates(draft: Draft, recipe: Recipe): number[] {
  const widths: Record<string, number> = {
    I: draft.operandSize,
    J: draft.operandSize,
    Is: 1,
    Iu: 1,
    Iw: 2,
    Jb: 1,
    P: draft.operandSize + 2,
  };
  return draft.opening.form.encoding.operands.split(' ').flatMap((spelling) => {
    if (spelling === 'O') return aimOffset(draft, someTarget(draft.dice));
    const bytes = widths[spelling];
    if (bytes === undefined) return [];
    return littleEndian(recipe.immediate?.(draft, bytes) ?? randomImmediate(draft, bytes), bytes);
  });
}

/** A register form or a memory form, whichever there is; the memory form is aimed later. */
function pickModrm({ dice, opening }: Draft): number[] {
  if (opening.modrms === null) return [];
  const wanted = opening.modrms.filter((modrm) => (mod(modrm) === 3) === dice.below(20) < 9);
  return [dice.pick(wanted.length > 0 ? wanted : opening.modrms)];
}

const mayHave = ({ form }: Opening, prefix: number) => !refusedPrefixes[form.mnemonic]?.includes(prefix);

function startDraft(seed: number, opening: Opening): Draft {
  const dice = random(seed ^ 0x51110c);
  const draft: Draft = {
    seed,
    dice,
    opening,
    operandSize: opening.form.byteForm ? 1 : 4,
    prefixes: [],
    modrm: [],
    immediate: [],
    registers: {},
    segments: {},
    patches: [],
    ldt: [],
    eflags: undefined,
    target: null,
  };
  if (dice.once(5) && mayHave(opening, prefixBytes.operandSize)) {
    draft.prefixes.push(prefixBytes.operandSize);
    if (!opening.form.byteForm) draft.operandSize = 2;
  }
  draft.modrm = pickModrm(draft);
  return draft;
}

const isX87 = ({ opcode, form }: Opening) => (opcode[0] >= 0xd8 && opcode[0] <= 0xdf) || form.mnemonic === 'wait';

function fill(draft: Draft): void {
  const recipe = recipes[draft.opening.form.mnemonic] ?? {};
  recipe.before?.(draft);
  const [modrm] = draft.modrm;
  if (modrm !== undefined && mod(modrm) !== 3 && !/\bF/.test(draft.opening.form.encoding.operands)) {
    aimMemory(draft, modrm, someTarget(draft.dice));
    const locks = draft.dice.once(draft.opening.form.lockable ? 5 : 100);
    if (locks && mayHave(draft.opening, prefixBytes.lock)) draft.prefixes.push(prefixBytes.lock);
    if (draft.dice.once(30)) draft.eflags = (draft.eflags ?? eflagsOf(draft.seed)) | ALIGNMENT_CHECK;
  }
  draft.immediate = immediates(draft, recipe);
  recipe.after?.(draft);
}

/** One case for the mnemonic, or for what has none. */
export function generateCase(seed: number, mnemonic: string): SiliconCase {
  if (mnemonic === HOLES) return makeCase(seed, holes[seed % holes.length], {});
  const choices = openings.get(mnemonic);
  if (!choices) throw new Error(`${mnemonic} is not a mnemonic silicon can be asked about`);
  const draft = startDraft(seed, choices[seed % choices.length]);
  fill(draft);
  const { prefixes, opening, modrm, immediate, registers, segments, patches, ldt, eflags } = draft;
  const code = hexOf([...prefixes, ...opening.opcode, ...modrm, ...immediate]);
  const step = draft.dice.once(40);
  return makeCase(seed, code, { registers, segments, patches, ldt, eflags, step, x87: isX87(opening) });
}

/** `count` cases over the mnemonics given (all, if none), in turn. */
export function generateCases(count: number, seed: number, only: readonly string[] = []): SiliconCase[] {
  const mnemonics = only.length > 0 ? only : [...testableMnemonics, HOLES];
  const first = (random(seed).word() & 0xffffff) >>> 0;
  return Array.from({ length: count }, (_, index) => generateCase(first + index, mnemonics[index % mnemonics.length]));
}
