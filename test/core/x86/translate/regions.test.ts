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
  return { registers: [eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags], instructions: board.instructions, exits };
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
