/** Arithmetic whose operands a region knows, all but the carry: what is computed at once must be what a processor computes. */

import { it } from 'vitest';
import { expectAlike } from './alike.ts';

const edges = [0, 1, 0x10, 0x7f, 0x8000, 0x753acc20, 0x80000000, 0xc3f380ca, 0xffffffff];
const conditions = ['o', 'b', 'e', 'be', 's', 'p', 'l', 'le'];
const accumulators = { 1: 'al', 2: 'ax', 4: 'eax' } as const;

/** In every other turn with a carry. Two conditions are read at once, and adc waits for its flag across a branch. */
const one = (instruction: string, left: number, index: number) => `
    mov  eax, ${left}
    mov  edx, ebp
    shr  edx, 1
    ${instruction}
    set${conditions[index % conditions.length]} [esi]
    set${conditions[(index + 3) % conditions.length]} [esi+1]
    jl   less${index}
    lea  edi, [edi+3]
  less${index}:
    adc  edi, eax
    rol  edi, 5
    add  edi, [esi]
`;

for (const name of ['sbb', 'adc', 'sub', 'cmp']) {
  for (const size of [1, 2, 4] as const) {
    it(`${name} of two known numbers of ${8 * size} bits`, () => {
      const rights = edges.filter((number) => number <= 2 ** (8 * size) - 1);
      for (const left of edges) {
        const each = rights.map((right, index) => one(`${name} ${accumulators[size]}, ${right}`, left, index));
        expectAlike(`
          mov  ebp, 40
          xor  edi, edi
          mov  esi, 0x100000
        again:
          ${each.join('')}
          dec  ebp
          jnz  again
        `);
      }
    });
  }
}
