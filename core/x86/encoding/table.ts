/**
 * Every encoding the processor knows, one line each, to be held beside appendix B of the SDM (volume 2) and checked by
 * eye.  The decoder, the disassembler, the list of what is supported and the random tester all read this and nothing
 * else; whoever adds an instruction adds a line.  A line that comes earlier wins over a later one with the same bits.
 *
 * First the bits of the opcode, then what follows it:
 *
 *     w      0: a byte form, 1: the operand size        rrr    a general register
 *     cccc   a condition                                ss     a segment register
 *     ooo    which of the names listed                  iii    an x87 stack register
 *     /r     a ModR/M byte with a register in it        /0     a ModR/M byte whose middle bits say 0
 *     /o     a ModR/M byte whose middle bits say which of the names listed
 *
 * Then the operands, destination first.  A letter says where, and what follows says how wide (nothing: operand size):
 *
 *     E      r/m: register or memory                    M      r/m, memory only (a register is undefined)
 *     G      the register of ModR/M                     F      r/m, taken for a register whatever mod says
 *     R      the register in the opcode                 Z      the segment register in the opcode
 *     S      segment register of ModR/M                 K, D   control, debug register of ModR/M
 *     A      al, ax or eax                              O      memory at an offset in the instruction
 *     I      immediate; Is a byte sign-extended, Iu a byte and Iw a word not extended by sign
 *     J      relative distance; Jb always a byte        P      selector and offset
 *     T, Ti  x87 stack top, x87 register of the opcode  cl, dx, ax, fs, gs, 1 are themselves
 *     b w d q t  1, 2, 4, 8, 10 bytes                   0      no access, or one the instruction sizes itself
 *     a      two of the operand size (bound)            p      selector and offset in memory
 *     m      a register of the operand size, but a word of memory
 */

export interface Encoding {
  readonly bits: string;
  /** One name, or eight for `ooo` and `/o` with `-` where there is none. */
  readonly mnemonic: string;
  readonly operands: string;
  /** Where the condition is not in the opcode's low bits. */
  readonly condition?: number;
}

const line = (bits: string, mnemonic: string, operands = '', condition?: number): Encoding => ({
  bits,
  mnemonic,
  operands,
  condition,
});

const arithmetic = 'add or adc sbb and sub xor cmp';
const shifts = 'rol ror rcl rcr shl shr shl sar';
const floating = 'fadd fmul fcom fcomp fsub fsubr fdiv fdivr';

const integer: readonly Encoding[] = [
  line('00ooo00w /r', arithmetic, 'E G'),
  line('00ooo01w /r', arithmetic, 'G E'),
  line('00ooo10w', arithmetic, 'A I'),
  line('1000000w /o', arithmetic, 'E I'),
  line('10000010 /o', arithmetic, 'Eb Is'),
  line('10000011 /o', arithmetic, 'E Is'),
  line('01000rrr', 'inc', 'R'),
  line('01001rrr', 'dec', 'R'),
  line('1111111w /0', 'inc', 'E'),
  line('1111111w /1', 'dec', 'E'),
  line('1000010w /r', 'test', 'E G'),
  line('1010100w', 'test', 'A I'),
  line('1111011w /0', 'test', 'E I'),
  line('1111011w /1', 'test', 'E I'),
  line('1111011w /2', 'not', 'E'),
  line('1111011w /3', 'neg', 'E'),
  line('1111011w /4', 'mul1', 'E'),
  line('1111011w /5', 'imul1', 'E'),
  line('1111011w /6', 'div', 'E'),
  line('1111011w /7', 'idiv', 'E'),
  line('01101001 /r', 'imul', 'G E I'),
  line('01101011 /r', 'imul', 'G E Is'),
  line('00001111 10101111 /r', 'imul', 'G G E'),
  line('1100000w /o', shifts, 'E Iu'),
  line('1101000w /o', shifts, 'E 1'),
  line('1101001w /o', shifts, 'E cl'),
  line('00001111 10100100 /r', 'shld', 'E G Iu'),
  line('00001111 10100101 /r', 'shld', 'E G cl'),
  line('00001111 10101100 /r', 'shrd', 'E G Iu'),
  line('00001111 10101101 /r', 'shrd', 'E G cl'),
  line('00001111 10100011 /r', 'bt', 'E G'),
  line('00001111 10101011 /r', 'bts', 'E G'),
  line('00001111 10110011 /r', 'btr', 'E G'),
  line('00001111 10111011 /r', 'btc', 'E G'),
  line('00001111 10111010 /o', '- - - - bt bts btr btc', 'E Iu'),
  line('00001111 10111100 /r', 'bsf', 'G E'),
  line('00001111 10111101 /r', 'bsr', 'G E'),
  line('00100111', 'daa'),
  line('00101111', 'das'),
  line('00110111', 'aaa'),
  line('00111111', 'aas'),
  line('11010100', 'aam', 'Iu'),
  line('11010101', 'aad', 'Iu'),
  line('11010110', 'salc'),
  line('10011000', 'cwde'),
  line('10011001', 'cdq'),
  line('10011110', 'sahf'),
  line('10011111', 'lahf'),
  line('11110101', 'cmc'),
  line('11111000', 'clc'),
  line('11111001', 'stc'),
  line('11111100', 'cld'),
  line('11111101', 'std'),
];

const moves: readonly Encoding[] = [
  line('1000100w /r', 'mov', 'E G'),
  line('1000101w /r', 'mov', 'G E'),
  line('1010000w', 'mov', 'A O'),
  line('1010001w', 'mov', 'O A'),
  line('1011wrrr', 'mov', 'R I'),
  line('1100011w /0', 'mov', 'E I'),
  line('00001111 10110110 /r', 'movzx', 'G Eb'),
  line('00001111 10110111 /r', 'movzx', 'G Ew'),
  line('00001111 10111110 /r', 'movsx', 'G Eb'),
  line('00001111 10111111 /r', 'movsx', 'G Ew'),
  line('00001111 0100cccc /r', 'cmovcc', 'G E'),
  line('00001111 1001cccc /r', 'setcc', 'Eb'),
  line('10001101 /r', 'lea', 'G M0'),
  line('10010000', 'nop'),
  line('10010rrr', 'xchg', 'A R'),
  line('1000011w /r', 'xchg', 'E G'),
  line('00001111 1011000w /r', 'cmpxchg', 'E G'),
  line('00001111 1100000w /r', 'xadd', 'E G'),
  line('00001111 11000111 /1', 'cmpxchg8b', 'Mq'),
  line('00001111 11001rrr', 'bswap', 'R'),
  line('00001111 00001101 /r', 'nop', 'E0'),
  line('00001111 00011ooo /r', 'nop nop nop nop nop nop nop nop', 'E0'),
  line('11010111', 'xlat'),
  line('01010rrr', 'push', 'R'),
  line('01011rrr', 'pop', 'R'),
  line('01101000', 'push', 'I'),
  line('01101010', 'push', 'Is'),
  line('11111111 /6', 'push', 'E'),
  line('10001111 /0', 'pop', 'E'),
  line('01100000', 'pusha'),
  line('01100001', 'popa'),
  line('10011100', 'pushf'),
  line('10011101', 'popf'),
  line('1010010w', 'movs'),
  line('1010011w', 'cmps'),
  line('1010101w', 'stos'),
  line('1010110w', 'lods'),
  line('1010111w', 'scas'),
];

const transfers: readonly Encoding[] = [
  line('0111cccc', 'jcc', 'Jb'),
  line('00001111 1000cccc', 'jcc', 'J'),
  line('11101011', 'jmp', 'Jb'),
  line('11101001', 'jmp', 'J'),
  line('11111111 /4', 'jmp', 'E'),
  line('11101010', 'jmpf', 'P'),
  line('11111111 /5', 'jmpf', 'Mp'),
  line('11101000', 'call', 'J'),
  line('11111111 /2', 'call', 'E'),
  line('10011010', 'callf', 'P'),
  line('11111111 /3', 'callf', 'Mp'),
  line('11000010', 'ret', 'Iw'),
  line('11000011', 'ret'),
  line('11001010', 'retf', 'Iw'),
  line('11001011', 'retf'),
  line('11100000', 'loopne', 'Jb'),
  line('11100001', 'loope', 'Jb'),
  line('11100010', 'loop', 'Jb'),
  line('11100011', 'jcxz', 'Jb'),
  line('11001000', 'enter', 'Iw Iu'),
  line('11001001', 'leave'),
  line('11001100', 'int3'),
  line('11001101', 'int', 'Iu'),
  line('11001110', 'into'),
  line('11001111', 'iret'),
  line('11110001', 'int1'),
  line('01100010 /r', 'bound', 'G Ma'),
];

const system: readonly Encoding[] = [
  line('10001100 /r', 'movseg', 'Em S'),
  line('10001110 /r', 'movseg', 'S Ew'),
  line('000ss110', 'pushseg', 'Z'),
  line('00001111 10100000', 'pushseg', 'fs'),
  line('00001111 10101000', 'pushseg', 'gs'),
  line('000ss111', 'popseg', 'Z'),
  line('00001111 10100001', 'popseg', 'fs'),
  line('00001111 10101001', 'popseg', 'gs'),
  line('11000100 /r', 'les', 'G Mp'),
  line('11000101 /r', 'lds', 'G Mp'),
  line('00001111 10110010 /r', 'lss', 'G Mp'),
  line('00001111 10110100 /r', 'lfs', 'G Mp'),
  line('00001111 10110101 /r', 'lgs', 'G Mp'),
  line('01100011 /r', 'arpl', 'Ew Gw'),
  line('00001111 00000010 /r', 'lar', 'G Ew'),
  line('00001111 00000011 /r', 'lsl', 'G Ew'),
  line('00001111 00000000 /0', 'sldt', 'Em'),
  line('00001111 00000000 /1', 'str', 'Em'),
  line('00001111 00000000 /2', 'lldt', 'Ew'),
  line('00001111 00000000 /3', 'ltr', 'Ew'),
  line('00001111 00000000 /4', 'verr', 'Ew'),
  line('00001111 00000000 /5', 'verw', 'Ew'),
  line('00001111 00000001 /0', 'sgdt', 'M0'),
  line('00001111 00000001 /1', 'sidt', 'M0'),
  line('00001111 00000001 /2', 'lgdt', 'M0'),
  line('00001111 00000001 /3', 'lidt', 'M0'),
  line('00001111 00000001 /4', 'smsw', 'Em'),
  line('00001111 00000001 /6', 'lmsw', 'Ew'),
  line('00001111 00000001 /7', 'invlpg', 'M0'),
  line('00001111 00000110', 'clts'),
  line('00001111 00001000', 'invd'),
  line('00001111 00001001', 'wbinvd'),
  line('00001111 00001011', 'ud2'),
  line('00001111 10111001 /r', 'ud2'),
  line('00001111 11111111 /r', 'ud2'),
  line('00001111 00100000 /r', 'movcr', 'Fd K'),
  line('00001111 00100010 /r', 'movcr', 'K Fd'),
  line('00001111 00100001 /r', 'movdr', 'Fd D'),
  line('00001111 00100011 /r', 'movdr', 'D Fd'),
  line('00001111 00110000', 'wrmsr'),
  line('00001111 00110001', 'rdtsc'),
  line('00001111 00110010', 'rdmsr'),
  line('00001111 00110011', 'rdpmc'),
  line('00001111 00110100', 'sysenter'),
  line('00001111 00110101', 'sysexit'),
  line('00001111 10100010', 'cpuid'),
  line('00001111 10101010', 'rsm'),
  line('1110010w', 'in', 'A Iu'),
  line('1110110w', 'in', 'A dx'),
  line('1110011w', 'out', 'Iu A'),
  line('1110111w', 'out', 'dx A'),
  line('0110110w', 'ins'),
  line('0110111w', 'outs'),
  line('11110100', 'hlt'),
  line('11111010', 'cli'),
  line('11111011', 'sti'),
  line('10011011', 'wait'),
  line('00001111 10101110 /0', 'fxsave', 'M0'),
  line('00001111 10101110 /1', 'fxrstor', 'M0'),
];

const x87Memory: readonly Encoding[] = [
  line('11011000 /o', floating, 'Md'),
  line('11011100 /o', floating, 'Mq'),
  line('11011010 /o', 'fiadd fimul ficom ficomp fisub fisubr fidiv fidivr', 'Md'),
  line('11011110 /o', 'fiadd fimul ficom ficomp fisub fisubr fidiv fidivr', 'Mw'),
  line('11011001 /0', 'fld', 'Md'),
  line('11011001 /2', 'fst', 'Md'),
  line('11011001 /3', 'fstp', 'Md'),
  line('11011001 /4', 'fldenv', 'M0'),
  line('11011001 /5', 'fldcw', 'Mw'),
  line('11011001 /6', 'fnstenv', 'M0'),
  line('11011001 /7', 'fnstcw', 'Mw'),
  line('11011011 /0', 'fild', 'Md'),
  line('11011011 /2', 'fist', 'Md'),
  line('11011011 /3', 'fistp', 'Md'),
  line('11011011 /5', 'fld', 'Mt'),
  line('11011011 /7', 'fstp', 'Mt'),
  line('11011101 /0', 'fld', 'Mq'),
  line('11011101 /2', 'fst', 'Mq'),
  line('11011101 /3', 'fstp', 'Mq'),
  line('11011101 /4', 'frstor', 'M0'),
  line('11011101 /6', 'fnsave', 'M0'),
  line('11011101 /7', 'fnstsw', 'Mw'),
  line('11011111 /0', 'fild', 'Mw'),
  line('11011111 /2', 'fist', 'Mw'),
  line('11011111 /3', 'fistp', 'Mw'),
  line('11011111 /4', 'fbld', 'Mt'),
  line('11011111 /5', 'fild', 'Mq'),
  line('11011111 /6', 'fbstp', 'Mt'),
  line('11011111 /7', 'fistp', 'Mq'),
];

/** The second byte is a whole opcode here; 11010iii of DC, DE and the like are the 8087's aliases, which silicon still obeys. */
const x87Registers: readonly Encoding[] = [
  line('11011000 11010iii', 'fcom', 'Ti'),
  line('11011000 11011iii', 'fcomp', 'Ti'),
  line('11011000 11oooiii', floating, 'T Ti'),
  line('11011001 11000iii', 'fld', 'Ti'),
  line('11011001 11001iii', 'fxch', 'Ti'),
  line('11011001 11010000', 'fnop'),
  line('11011001 11011iii', 'fstp', 'Ti'),
  line('11011001 11100ooo', 'fchs fabs - - ftst fxam - -'),
  line('11011001 11101ooo', 'fld1 fldl2t fldl2e fldpi fldlg2 fldln2 fldz -'),
  line('11011001 11110ooo', 'f2xm1 fyl2x fptan fpatan fxtract fprem1 fdecstp fincstp'),
  line('11011001 11111ooo', 'fprem fyl2xp1 fsqrt fsincos frndint fscale fsin fcos'),
  line('11011010 11000iii', 'fcmovcc', 'T Ti', 2),
  line('11011010 11001iii', 'fcmovcc', 'T Ti', 4),
  line('11011010 11010iii', 'fcmovcc', 'T Ti', 6),
  line('11011010 11011iii', 'fcmovcc', 'T Ti', 10),
  line('11011010 11101001', 'fucompp'),
  line('11011011 11000iii', 'fcmovcc', 'T Ti', 3),
  line('11011011 11001iii', 'fcmovcc', 'T Ti', 5),
  line('11011011 11010iii', 'fcmovcc', 'T Ti', 7),
  line('11011011 11011iii', 'fcmovcc', 'T Ti', 11),
  line('11011011 11100ooo', 'fnop fnop fnclex fninit fnop - - -'),
  line('11011011 11101iii', 'fucomi', 'T Ti'),
  line('11011011 11110iii', 'fcomi', 'T Ti'),
  line('11011100 11000iii', 'fadd', 'Ti T'),
  line('11011100 11001iii', 'fmul', 'Ti T'),
  line('11011100 11010iii', 'fcom', 'Ti'),
  line('11011100 11011iii', 'fcomp', 'Ti'),
  line('11011100 11100iii', 'fsubr', 'Ti T'),
  line('11011100 11101iii', 'fsub', 'Ti T'),
  line('11011100 11110iii', 'fdivr', 'Ti T'),
  line('11011100 11111iii', 'fdiv', 'Ti T'),
  line('11011101 11000iii', 'ffree', 'Ti'),
  line('11011101 11001iii', 'fxch', 'Ti'),
  line('11011101 11010iii', 'fst', 'Ti'),
  line('11011101 11011iii', 'fstp', 'Ti'),
  line('11011101 11100iii', 'fucom', 'Ti'),
  line('11011101 11101iii', 'fucomp', 'Ti'),
  line('11011110 11000iii', 'faddp', 'Ti T'),
  line('11011110 11001iii', 'fmulp', 'Ti T'),
  line('11011110 11010iii', 'fcomp', 'Ti'),
  line('11011110 11011001', 'fcompp'),
  line('11011110 11100iii', 'fsubrp', 'Ti T'),
  line('11011110 11101iii', 'fsubp', 'Ti T'),
  line('11011110 11110iii', 'fdivrp', 'Ti T'),
  line('11011110 11111iii', 'fdivp', 'Ti T'),
  line('11011111 11000iii', 'ffreep', 'Ti'),
  line('11011111 11001iii', 'fxch', 'Ti'),
  line('11011111 11010iii', 'fstp', 'Ti'),
  line('11011111 11011iii', 'fstp', 'Ti'),
  line('11011111 11100000', 'fnstsw', 'ax'),
  line('11011111 11101iii', 'fucomip', 'T Ti'),
  line('11011111 11110iii', 'fcomip', 'T Ti'),
];

/** The whole table. */
export const encodings: readonly Encoding[] = [
  ...integer,
  ...moves,
  ...transfers,
  ...system,
  ...x87Memory,
  ...x87Registers,
];

/** Every meaning the table can ask for, each once, in alphabetical order. */
export function supportedMnemonics(): readonly string[] {
  const names = encodings.flatMap(({ mnemonic }) => mnemonic.split(' '));
  return [...new Set(names)].filter((name) => name !== '-').sort();
}
