/**
 * Flags that wait from one turn of a loop to the next.  Whoever leaves in the middle of a turn finds those of the turn
 * before, though what they were made of has been computed once more by then.
 */

import { describe, it } from 'vitest';
import { expectAlike } from './alike.ts';

/** The loop's counter goes into the flags, and is counted down once more before they are looked at. */
const countedTwice = (flags: string, jump: string) => `
    mov  ebp, 6
  outer:
    mov  ecx, 202
    stc
  again:
    ${flags}
    ${jump}
    nop
  over:
    loop again
    pushf
    pop  esi
    xor  edi, esi
    rol  edi, 3
    cmp  ebp, ecx
    dec  ebp
    jnz  outer
  `;

describe('flags of the turn before', () => {
  const makers = ['dec ecx', 'dec cx', 'dec cl', 'sub cx, 1', 'sub cl, 1'];
  const jumps = ['', 'jnz over', 'jno over', 'jns over', 'jp over', 'jb over'];
  const pairs = makers.flatMap((maker) => jumps.map((jump) => [maker, jump] as const));

  it.each(pairs)('%s; %s; loop', (maker, jump) => expectAlike(countedTwice(maker, jump)));

  it.each([
    'shr cl, 1',
    'shl cl, 1',
    'sar cl, 1',
    'neg cl',
    'ror cl, 1',
    'adc cl, 0xF0',
    'xadd cl, cl',
    'bsf ecx, ecx',
  ])('of %s, from a register that changes before they are wanted', (maker) =>
    expectAlike(`
        mov  ebx, 400
      again:
        mov  ecx, ebx
        jecxz over             ; looks at no flags
        lea  ecx, [ecx*8+ecx]
      over:
        ${maker}
        jmp  join
        nop
      join:
        mov  edx, ecx          ; a use of its own before the next turn
        lea  ebx, [ebx-1]
        test bl, 7
        jnz  again
        ${maker}
        jmp  look
      look:
        pushf
        pop  eax
        and  eax, 0x8D5
        add  edi, eax
        rol  edi, 1
        test ebx, ebx
        jnz  again
      `),
  );
});
