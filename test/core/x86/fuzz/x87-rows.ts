/**
 * Rows of x87 instructions, as compilers write them: loads, sums, and stores that leave about as much on the stack as
 * they found.  One by one among others these instructions find the stack empty or full and answer with the same NaN; in
 * rows they compute, and an engine that holds the stack somewhere of its own has something to get wrong.
 */

import { registerNumber } from '../../../../core/x86/instruction.ts';
import type { Random } from '../encoding/random.ts';

type Memory = (dice: Random, middle: number) => readonly number[];
/** First byte, and the middle bits of ModR/M. */
type Form = readonly [opcode: number, middle: number];

const loads: readonly Form[] = [[0xdd, 0], [0xdd, 0], [0xd9, 0], [0xdb, 0], [0xdf, 0], [0xdf, 5], [0xdb, 5]]; // biome-ignore format: pairs
const stores: readonly Form[] = [[0xdd, 2], [0xd9, 2], [0xdb, 2], [0xdf, 2]]; // biome-ignore format: pairs
const poppingStores: readonly Form[] = [[0xdd, 3], [0xdd, 3], [0xd9, 3], [0xdb, 3], [0xdf, 3], [0xdf, 7], [0xdb, 7]]; // biome-ignore format: pairs
const words: readonly Form[] = [[0xd9, 5], [0xd9, 7], [0xdd, 7]]; // biome-ignore format: pairs
/** fadd, fmul, fcom, fcomp, fsub, fsubr, fdiv, fdivr; but fcomp pops. */
const operations = [0, 1, 2, 4, 5, 6, 7];
const arithmeticInMemory = [0xd8, 0xdc, 0xdc, 0xda, 0xde];
/** Second bytes behind D9: constants, fld st. */
const pushes = [0xe8, 0xe8, 0xeb, 0xee, 0xe9, 0xc0, 0xc1, 0xc2];
/** fchs, fabs, ftst, fxam, fsqrt, frndint, fscale, fxch. */
const inPlace = [0xe0, 0xe0, 0xe1, 0xe4, 0xe5, 0xfa, 0xfc, 0xfd, 0xc9, 0xc9, 0xca];
/** Popping: faddp, fmulp, fsubrp, fsubp, fdivrp, fdivp st1; fstp st0 and st1; fucomip, fcomip, fcompp, fucompp. */
const pops = [[0xde, 0xc1], [0xde, 0xc9], [0xde, 0xe1], [0xde, 0xe9], [0xde, 0xf1], [0xde, 0xf9], [0xdd, 0xd8], [0xdd, 0xd9], [0xdf, 0xe9], [0xdf, 0xf1]]; // biome-ignore format: pairs
/** fcomi, fucomi, fcmovb, fcmovnbe, ffree, fnstsw ax, fnclex, fincstp, fdecstp, wait. */
const odd = [[0xdb, 0xf1], [0xdb, 0xe9], [0xda, 0xc1], [0xdb, 0xd1], [0xdd, 0xc3], [0xdf, 0xe0], [0xdb, 0xe2], [0xd9, 0xf7], [0xd9, 0xf6], [0x9b]]; // biome-ignore format: pairs

/** [esi + a multiple of 8]: few places, so that what is stored is loaded again. */
export function numberAtEsi(dice: Random, middle: number): readonly number[] {
  return [0x40 | (middle << 3) | registerNumber.esi, (8 * (dice.below(8) - 4)) & 0xff];
}

const FEW = 2;
const MANY = 5;

export class X87Row {
  private readonly dice: Random;
  private readonly memory: Memory;
  /** What the stack holds if the row began with an empty one. */
  private depth = 0;

  /** `memory` writes the ModR/M byte of a memory operand, and what belongs to it. */
  constructor(dice: Random, memory: Memory) {
    this.dice = dice;
    this.memory = memory;
  }

  /** The bytes of so many instructions, and then of those that bring the stack back to where it was. */
  *write(count: number): Generator<readonly number[]> {
    const before = this.depth;
    for (let left = count; left > 0; left--) yield this.one();
    for (; this.depth > before; this.depth--) yield this.dice.pick(pops);
    for (; this.depth < before; this.depth++) yield [0xd9, this.dice.pick(pushes)];
  }

  private one(): readonly number[] {
    const { dice, depth } = this;
    const roll = dice.below(20);
    if (depth < FEW ? roll < 12 : depth < MANY && roll < 5) return this.push();
    if (depth > FEW && roll < 9) return this.pop();
    if (roll < 15) return this.arithmetic();
    if (roll < 17) return [0xd9, dice.pick(inPlace)];
    if (roll < 19) return this.inMemory(dice.pick(stores));
    return dice.once(3) ? this.inMemory(dice.pick(words)) : dice.pick(odd);
  }

  private push(): readonly number[] {
    this.depth++;
    return this.dice.once(3) ? [0xd9, this.dice.pick(pushes)] : this.inMemory(this.dice.pick(loads));
  }

  private pop(): readonly number[] {
    this.depth--;
    return this.dice.once(2) ? this.dice.pick(pops) : this.inMemory(this.dice.pick(poppingStores));
  }

  private arithmetic(): readonly number[] {
    const { dice } = this;
    const operation = dice.pick(operations);
    if (dice.once(2)) return this.inMemory([dice.pick(arithmeticInMemory), operation]);
    return [dice.pick([0xd8, 0xdc]), 0xc0 | (operation << 3) | dice.below(3)];
  }

  private inMemory([opcode, middle]: Form): readonly number[] {
    return [opcode, ...this.memory(this.dice, middle)];
  }
}
