import { it } from 'vitest';
import { expectAlike } from './alike.ts';

it('a carry is spared where somebody may look before it is overwritten', () => {
  expectAlike(`
    mov  ecx, 6000
  again:
    add  eax, 0x12345678
    jc   over
    sub  edx, eax
  over:
    inc  edi
    cmp  edi, 100
    jb   on
    cmp  eax, edx
    dec  ebx               ; the carry of the comparison lives until the store, which may fault
    mov  [0x100000], ebx
    cmp  ebx, edi
  on:
    adc  esi, 0
    dec  ecx
    jnz  again
  `);
});

it('flags that wait between blocks are there for whoever looks late', () => {
  expectAlike(`
    mov  ecx, 5000
  again:
    cmp  ecx, 2500
    jb   low
    add  eax, 0x7FFFFFFF
    jmp  join
  low:
    sub  eax, ecx
  join:
    inc  edx
    adc  ebx, eax          ; the carry of the add or the sub, past an inc
    pushf
    pop  esi
    xor  edi, esi
    dec  ecx
    jnz  again
  `);
});

it('a return to four places finds each of them', () => {
  expectAlike(`
    mov  ecx, 3000
  again:
    call work
    add  eax, 1
    call work
    add  eax, 2
    call work
    add  eax, 3
    call work
    dec  ecx
    jnz  again
    jmp  end
  work:
    lea  eax, [eax+eax*2]
    ret
  end:
    nop
  `);
});

it('code that writes over the loop it is in goes on with what it wrote', () => {
  expectAlike(`
    mov  ecx, 600
  again:
    call here
  here:
    pop  ebx
    mov  edx, ecx
    and  edx, 0x7F
    mov  [ebx+15], dl      ; the number that the add below adds
    nop
    nop
    nop
    nop
    add  eax, 0x11
    dec  ecx
    jnz  again
  `);
});

it('a carry set by hand decides with the zero flag of the comparison before it', () => {
  expectAlike(`
    mov  ecx, 3000
  again:
    cmp  ecx, 1500
    stc
    jbe  first             ; taken always
    add  eax, 1
  first:
    cmp  ecx, 700
    clc
    ja   second            ; only zero decides
    add  ebx, 1
  second:
    cmp  edx, ecx
    cmc
    setbe dl
    bt   ecx, 0
    jl   third
    add  edi, 3
  third:
    dec  ecx
    jnz  again
  `);
});

it('a fault in a region goes to its handler, and what it changed is seen behind it', () => {
  expectAlike(`
    call over
    mov  dword [0x2680], 0x1A0007
    add  esp, 4
    iret
  over:
    pop  eax
    mov  [0x4070], ax      ; page faults go behind the call
    mov  word [0x4072], 8
    mov  ecx, 2000
  again:
    mov  dword [0x2680], 0 ; 0x1a0000 is gone
    invlpg [0x1A0000]
    mov  ebx, ecx
    sub  ebx, 7
    mov  [0x1A0004], ebx   ; and comes back
    adc  edx, [0x1A0004]
    dec  ecx
    jnz  again
  `);
});

it('system instructions in the middle of a loop do what they do outside', () => {
  expectAlike(`
    mov  ecx, 3000
  again:
    pusha
    push es
    push ds
    mov  eax, 0x10
    mov  es, ax
    mov  ds, ax
    cmp  ecx, 1500
    pushf
    cli
    pop  eax
    xor  eax, 1
    push eax
    popf
    adc  ebx, ecx          ; a carry that came from the stack
    mov  edx, ds
    add  ebx, edx
    mov  edx, cr3
    add  ebx, edx
    mov  [0x100000], ebx
    sidt [0x100010]
    lidt [0x100010]
    push ecx
    and  dword [esp], 1
    jz   even
    mov  word [esp], 0     ; a null selector for es: another mode
    pop  es
    jmp  odd
  even:
    mov  word [esp], 0x23
    pop  es
  odd:
    pop  ds
    pop  es
    popa
    add  edi, [0x100000]
    dec  ecx
    jnz  again
  `);
});

it('a call and a jump through pointers that change go where these point', () => {
  expectAlike(`
    call past_first
    add  eax, ecx
    ret
  past_first:
    pop  esi
    call past_second
    xor  eax, ecx
    ret
  past_second:
    pop  edi
    mov  [0x100000], esi
    mov  ebp, 1
    mov  ecx, 6000
    call past_jumps
  there:
    inc  edx
  here:
    cmp  ecx, 3000
    ja   next
    mov  [0x100000], edi
    test ecx, 7
    jnz  next
    mov  [0x100000], esi
    add  [0x100004], ebp
    neg  ebp
  next:
    dec  ecx
    jnz  again
    jmp  end
  past_jumps:
    pop  dword [0x100004]
  again:
    call dword [0x100000]
    jmp  dword [0x100004]
  end:
  `);
});

/** Strings of all lengths, in one page and across two, that end early, late and not at all. */
const stringLoop = (body: string, before = '') => `
    mov  edi, 0x100000
    mov  ecx, 2000
    mov  eax, 0x5a5a5a5a
  fill:
    mov  [edi], ecx
    add  edi, 3
    dec  ecx
    jnz  fill
    mov  ebx, 3000
  again:
    mov  esi, ebx
    and  esi, 0xfff
    lea  edi, [esi + 0x100800]
    add  esi, 0x100000
    mov  ecx, ebx
    and  ecx, 0x7f
    mov  eax, ebx
    shr  eax, 3
    ${before}
    cmp  ecx, 5
    ${body}
    cld
    pushf
    pop  edx
    xor  ebp, edx
    add  ebp, edi
    rol  ebp, 1
    add  ebp, esi
    lea  ebp, [ebp + ecx*8]
    mov  edx, [edi + 16]
    add  ebp, edx
    dec  ebx
    jnz  again
`;

it.each(['b', 'w', 'd'])('repeated string instructions inside regions: %s', (size) => {
  expectAlike(stringLoop(`rep movs${size}`));
  expectAlike(stringLoop(`rep stos${size}`));
  expectAlike(stringLoop(`rep movs${size}`, 'std'));
  expectAlike(stringLoop(`repe cmps${size}`));
  expectAlike(stringLoop(`repne cmps${size}`));
  expectAlike(stringLoop(`repne scas${size}`));
  expectAlike(stringLoop(`repe scas${size}`, 'lea edi, [esi + 3]'));
  expectAlike(stringLoop(`repne scas${size}`, 'mov ecx, -1'));
});
