/**
 * A decoder for d8 … df, so that the x87 can be tested before and apart from the rest of the processor.  It is written
 * from the manual's opcode map (SDM 2D A.5) and not from ours, which makes it a second opinion on the operand order.
 */

import type { Instruction, MemoryOperand, Operand } from '../../../../core/x86/instruction.ts';

const basic = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsub', 'fsubr', 'fdiv', 'fdivr'];
const integerNames = ['fiadd', 'fimul', 'ficom', 'ficomp', 'fisub', 'fisubr', 'fidiv', 'fidivr'];

/** Memory forms: [mnemonic, operand bytes] by first byte and /digit. */
const memoryForms: Record<number, readonly (readonly [string, number] | null)[]> = {
  216: basic.map((name) => [name, 4] as const),
  217: [['fld', 4], null, ['fst', 4], ['fstp', 4], ['fldenv', 0], ['fldcw', 2], ['fnstenv', 0], ['fnstcw', 2]],
  218: integerNames.map((name) => [name, 4] as const),
  219: [['fild', 4], null, ['fist', 4], ['fistp', 4], null, ['fld', 10], null, ['fstp', 10]],
  220: basic.map((name) => [name, 8] as const),
  221: [['fld', 8], null, ['fst', 8], ['fstp', 8], ['frstor', 0], null, ['fnsave', 0], ['fnstsw', 2]],
  222: integerNames.map((name) => [name, 2] as const),
  223: [['fild', 2], null, ['fist', 2], ['fistp', 2], ['fbld', 10], ['fild', 8], ['fbstp', 10], ['fistp', 8]],
};

/** d9 e0 … d9 ff. */
const d9Names = (
  'fchs fabs - - ftst fxam - - fld1 fldl2t fldl2e fldpi fldlg2 fldln2 fldz - ' +
  'f2xm1 fyl2x fptan fpatan fxtract fprem1 fdecstp fincstp fprem fyl2xp1 fsqrt fsincos frndint fscale fsin fcos'
).split(' ');

type Form = readonly [name: string, operands: 'none' | 'i' | '0,i' | 'i,0' | 'ax', condition?: number];

function registerForm(first: number, digit: number, i: number): Form | null {
  const reversed = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsubr', 'fsub', 'fdivr', 'fdiv'];
  switch (first) {
    case 0xd8:
      return digit === 2 || digit === 3 ? [basic[digit], 'i'] : [basic[digit], '0,i'];
    case 0xd9:
      if (digit < 2) return [digit === 0 ? 'fld' : 'fxch', 'i'];
      if (digit === 2) return i === 0 ? ['fnop', 'none'] : null;
      if (digit === 3 || d9Names[(digit - 4) * 8 + i] === '-') return null;
      return [d9Names[(digit - 4) * 8 + i], 'none'];
    case 0xda:
      if (digit < 4) return ['fcmovcc', '0,i', [2, 4, 6, 10][digit]];
      return digit === 5 && i === 1 ? ['fucompp', 'none'] : null;
    case 0xdb:
      if (digit < 4) return ['fcmovcc', '0,i', [3, 5, 7, 11][digit]];
      if (digit === 4) return i === 2 ? ['fnclex', 'none'] : i === 3 ? ['fninit', 'none'] : null;
      return digit === 5 ? ['fucomi', '0,i'] : digit === 6 ? ['fcomi', '0,i'] : null;
    case 0xdc:
      return digit === 2 || digit === 3 ? null : [reversed[digit], 'i,0'];
    case 0xdd:
      return (
        [['ffree', 'i'], null, ['fst', 'i'], ['fstp', 'i'], ['fucom', 'i'], ['fucomp', 'i'], null, null] as const
      )[digit];
    case 0xde:
      if (digit === 3) return i === 1 ? ['fcompp', 'none'] : null;
      return digit === 2 ? null : [`${reversed[digit]}p`, 'i,0'];
    default:
      if (digit === 4) return i === 0 ? ['fnstsw', 'ax'] : null;
      return ([['ffreep', 'i'], null, null, null, null, ['fucomip', '0,i'], ['fcomip', '0,i'], null] as const)[digit];
  }
}

function operandsOf(form: Form, i: number): Operand[] {
  const stack = (number: number): Operand => ({ kind: 'x87 register', number });
  switch (form[1]) {
    case 'none':
      return [];
    case 'i':
      return [stack(i)];
    case '0,i':
      return [stack(0), stack(i)];
    case 'i,0':
      return [stack(i), stack(0)];
    default:
      return [{ kind: 'register', size: 2, number: 0 }];
  }
}

const plain = { addressSize: 4, repeat: 'none', lock: false, segment: 3 } as const;

/** Decodes an x87 instruction whose memory forms are [disp32]; null if there is none at these bytes. */
export function decodeX87(code: Uint8Array): Instruction | null {
  const prefixed = code[0] === 0x66;
  const operandSize = prefixed ? 2 : 4;
  const [first, modrm] = code.subarray(prefixed ? 1 : 0);
  const digit = (modrm >> 3) & 7;
  const length = code.length;
  if (first === 0x9b) return { ...plain, mnemonic: 'wait', length, operandSize, operands: [], condition: 0 };
  if (modrm < 0xc0) {
    const form = memoryForms[first][digit];
    if (form === null) return null;
    const displacement = new DataView(code.buffer, code.byteOffset).getInt32(length - 4, true);
    const place = { segment: 3, base: null, index: null, shift: 0, displacement, addressSize: 4 } as const;
    const operand: MemoryOperand = { kind: 'memory', size: form[1], ...place };
    return { ...plain, mnemonic: form[0], length, operandSize, operands: [operand], condition: 0 };
  }
  const form = registerForm(first, digit, modrm & 7);
  if (form === null) return null;
  const operands = operandsOf(form, modrm & 7);
  return { ...plain, mnemonic: form[0], length, operandSize, operands, condition: form[2] ?? 0 };
}
