import { expect, it } from 'vitest';
import { createBoard, type EngineName } from '../../../../core/x86/board.ts';
import { assemble } from '../assemble.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';
import { expectAlike } from './alike.ts';

it('a frame that lies across two pages is looked up access by access in the end', () => {
  expectAlike(`
    and  esp, 0xFFFFF000
    add  esp, 8           ; [esp-12] and [esp] are pages apart
    mov  ecx, 40000
  again:
    mov  [esp], ecx
    mov  [esp-12], eax
    add  eax, [esp]
    adc  eax, [esp-12]
    dec  ecx
    jnz  again
  `);
});

it('a frame across two pages is one stretch as long as they lie behind each other, and after that two', () => {
  expectAlike(`
    mov  ecx, 30000
    mov  ebx, 0x101FF8     ; [ebx] and [ebx+8] are pages apart
  again:
    cmp  ecx, 15000
    jne  same
    mov  dword [0x2408], 0x105007   ; the entry of 0x102000
    invlpg [0x102000]
  same:
    mov  [ebx], ecx
    add  [ebx+8], ecx
    add  eax, [ebx]
    adc  eax, [ebx+8]
    mov  edx, [ebx+6]      ; across the boundary by itself
    xor  esi, edx
    mov  [ebx+7], cl
    dec  ecx
    jnz  again
    mov  edi, [0x105000]
    mov  edx, [0x102000]
  `);
});

it('tables and variables whose page is known are found where they are, at the ends of their pages, too', () => {
  expectAlike(`
    mov  ecx, 6000
  again:
    mov  edx, ecx
    and  edx, 0xFF
    add  [edx*4+0x100C00], ecx     ; up to the last word of a page
    mov  eax, [edx*4+0x100C04]     ; or one further
    movsx esi, cl
    add  ebx, [esi*2+0x101100]     ; from the first word
    mov  [esi*2+0x1010FE], bl      ; or one before
    mov  [0x101FFC], eax
    add  edi, [0x101FFE]
    mov  edx, [0x101FFC]
    xor  edi, edx
    dec  ecx
    jnz  again
  `);
});

it('the end of a budget asks for no translation that a region would not have asked for', () => {
  const LOOP = 3;
  const run = (engine: EngineName) => {
    const board = createBoard({ ramBytes: world.bytes, engine, hotAfter: 3 });
    buildSmallWorld(board);
    const text = `
      mov  ebx, 2                  ; the second time everything is decoded already, and nothing asks for the code's page
    prepare:
      pushf
      or   dword [esp], 0x40000
      popf                         ; accesses of ring 3 are checked: it loses its translations
      pushf
      and  dword [esp], 0xFFFBFFFF
      popf                         ; now it might have them again, but asks for none
      dec  ebx
      jnz  prepare
      mov  ecx, 4000
    again:
      add  eax, 3
      dec  ecx
      jnz  again
      ${'inc edx\n'.repeat(20)}`; // one block with the loop, for the interpreter
    board.memory.writeBytes(world.code, assemble(text));
    enterRing(board, 3);
    board.run(18 + 2000 * LOOP);
    const fills = board.events.tlbFills;
    board.run(500 * LOOP);
    return [fills, board.events.tlbFills, board.registers.ecx];
  };
  const believed = run('interpreter');
  expect(believed.at(-1)).toBe(1500);
  expect(run('translator')).toEqual(believed);
});

it('a page that moves in each turn is asked for in place, and seen where it is', () => {
  expectAlike(`
    mov  ecx, 3000
  again:
    mov  eax, ecx
    and  eax, 0xF000
    add  eax, 0x100007     ; one data page or another
    mov  [0x2400], eax     ; the entry of 0x100000
    invlpg [0x100000]
    mov  edx, [0x100010]
    add  edx, ecx
    mov  [0x100010], edx
    add  ebx, edx
    mov  esi, [0x100010]   ; what was looked for before the entry was written is forgotten
    mov  dword [0x2400], 0x101007
    sub  esi, [0x100010]
    add  edi, esi
    dec  ecx
    jnz  again
  `);
});

it('a loop goes on through loads of cr3, and finds in each space what is there, or that its code is elsewhere', () => {
  expectAlike(`
    mov  esi, 0x1000
    mov  edi, 0x20000      ; another directory and table, copies of the first
    mov  ecx, 0x800
    rep movsd
    mov  dword [0x20000], 0x21007
    mov  dword [0x21400], 0x101007 ; but for the page at 0x100000
    mov  dword [0x100000], 3
    mov  dword [0x101000], 5
    mov  ecx, 3000
    mov  esi, 0x1000
    mov  edi, 0x20000
  again:
    mov  ebp, [0x100000]
    cmp  ecx, 1500         ; flags that have to survive
    mov  cr3, edi
    adc  ebp, 0
    add  eax, [0x100000]
    add  [0x100000], ebp
    mov  cr3, esi
    imul edx, [0x100000]
    sub  edx, ebp
    test ecx, 0xFF
    jnz  same
    mov  ebx, [0x21040]    ; the other space's entry for this code is written anew
    mov  [0x21040], ebx
  same:
    dec  ecx
    jnz  again
  `);
});
