/** A guest that prints a flood: blocks of lines, each block with its number in front, so that no two are alike. */

import { notify, powerOff, SCRATCH, smallKernel } from '../core/launcher/small-kernel.ts';

const [LINES, LETTERS] = [51, 79];
const DIGITS = 8;
/** Letters count down to the one after this, so all of them can be printed. */
const BEFORE_FIRST_LETTER = 0x2e;

export function floodGuest(blocks: number): Uint8Array {
  return smallKernel(
    '3.0',
    `
    mov  edi, ${SCRATCH}
    mov  ecx, ${LINES}
line:
    mov  edx, ${LETTERS}
letter:
    lea  eax, [edx + ${BEFORE_FIRST_LETTER}]
    mov  [edi], al
    inc  edi
    dec  edx
    jnz  letter
    mov  byte ptr [edi], 10
    inc  edi
    dec  ecx
    jnz  line
    mov  byte ptr [edi], 0             ; a NOTIFY prints up to here
    xor  ebp, ebp                      ; the number of the block
block:
    mov  edi, ${SCRATCH}
    mov  ecx, ${DIGITS}
    mov  edx, ebp
digit:
    rol  edx, 4
    mov  eax, edx
    and  eax, 15
    add  eax, 0x41                     ; 'A' to 'P' for the sixteen digits
    mov  [edi], al
    inc  edi
    dec  ecx
    jnz  digit
    ${notify(SCRATCH)}
    inc  ebp
    cmp  ebp, ${blocks}
    jb   block
    ${powerOff}`,
  );
}

/** What such a guest prints. */
export function floodText(blocks: number): Buffer {
  const line = Buffer.from([...Array.from({ length: LETTERS }, (_, i) => BEFORE_FIRST_LETTER + LETTERS - i), 10]);
  const block = Buffer.concat(Array.from({ length: LINES }, () => line));
  return Buffer.concat(
    Array.from({ length: blocks }, (_, number) => {
      const numbered = Buffer.from(block);
      for (let i = 0; i < DIGITS; i++) numbered[i] = 0x41 + ((number >>> (4 * (DIGITS - 1 - i))) & 15);
      return numbered;
    }),
  );
}
