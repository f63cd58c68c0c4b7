import { expect, it } from 'vitest';
import { createBoard, type EngineName } from '../../../../core/x86/board.ts';
import { assemble } from '../assemble.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';

const HLT = 0xf4;

/** What a program leaves in the general registers, flags and count, on an engine that translates soon. */
function run(engine: EngineName, text: string) {
  const board = createBoard({ ramBytes: world.bytes, engine, hotAfter: 3 });
  buildSmallWorld(board);
  const code = assemble(text);
  board.memory.writeBytes(world.code, code);
  board.memory.write8(world.code + code.length, HLT);
  enterRing(board, 0);
  const exits: string[] = [];
  for (let slice = 0; slice < 400; slice++) {
    const exit = board.run(1009);
    exits.push(exit.why);
    if (exit.why !== 'budget spent') break;
  }
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = board.registers;
  const { tlbFills, pageWalks, deliveries, segmentLoads } = board.events;
  const events = { tlbFills, pageWalks, deliveries, segmentLoads };
  const registers = [eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags];
  return { registers, instructions: board.instructions, exits, events };
}

function expectAlike(text: string): void {
  const believed = run('interpreter', text);
  expect(believed.exits.at(-1)).toBe('halted');
  expect(run('translator', text)).toEqual(believed);
}

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
