/** Code that is written over, by itself and beside itself. */

import { describe, expect, it } from 'vitest';
import { assemble } from '../assemble.ts';
import { Machine, onEachEngine } from '../on-each-engine.ts';
import { page, pageEntry, world } from '../small-world.ts';

const ARENA = world.code + 0x800;
const bytes = (...values: number[]) => Uint8Array.from(values);
const MOV_EAX = 0xb8;
const RET = 0xc3;

describe('a page of code', () => {
  onEachEngine('is looked at again each time an instruction in it was patched', (machine) => {
    machine.memory.writeBytes(ARENA, bytes(MOV_EAX, 0, 0, 0, 0, RET));
    machine.run(`
      mov  ecx, 300
      xor  esi, esi
    again:
      mov  [${ARENA + 1}], ecx       ; the immediate of the function's mov
      mov  edx, ${ARENA}
      call edx
      add  esi, eax
      dec  ecx
      jnz  again
    `);
    expect(machine.registers.esi).toBe((300 * 301) / 2);
  });

  onEachEngine('keeps data in a chunk of its own, and sees when code comes into that chunk', (machine) => {
    machine.run(`
      mov  ecx, 300
    again:
      inc  dword ptr [${ARENA}]
      dec  ecx
      jnz  again
      mov  dword ptr [${ARENA}], ${0x90c34090 | 0}    ; nop, inc eax, ret, nop
      xor  eax, eax
      mov  edx, ${ARENA}
      call edx
      mov  byte ptr [${ARENA + 1}], 0x48              ; now it is dec eax
      call edx
      call edx
    `);
    expect(machine.registers.eax).toBe(0xffff_ffff);
  });

  onEachEngine('sees the first byte of a store that ends in the next chunk, and the last', (machine) => {
    const edge = ARENA + 0x40;
    machine.memory.writeBytes(edge - 1, bytes(0x40, 0x41, RET)); // inc eax; inc ecx; ret
    machine.run(`
      xor  eax, eax
      xor  ecx, ecx
      mov  edx, ${edge - 1}
      call edx
      mov  word ptr [${edge - 2}], 0x4890      ; nop, and dec eax in place of inc eax
      call edx
      mov  word ptr [${edge - 1}], 0x4940      ; inc eax again, and dec ecx
      call edx
    `);
    expect([machine.registers.eax, machine.registers.ecx]).toEqual([1, 1]);
  });

  onEachEngine('takes a new constant in an instruction that two blocks contain', (machine) => {
    machine.memory.writeBytes(ARENA, bytes(0x90, MOV_EAX, 1, 0, 0, 0, RET));
    machine.run(`
      mov  ecx, 300
      xor  esi, esi
    again:
      mov  edx, ${ARENA + 1}          ; first without the nop, then with it
      call edx
      add  esi, eax
      dec  edx
      call edx
      add  esi, eax
      inc  byte ptr [${ARENA + 2}]
      dec  ecx
      jnz  again
    `);
    // 1 to 255, then 0 to 44, each seen twice.
    expect(machine.registers.esi).toBe(255 * 256 + 44 * 45);
  });

  onEachEngine('runs the new constant of the very next instruction, and of one in a chunk behind', (machine) => {
    machine.run(`
      call here
    here:
      pop  ebx
      xor  esi, esi
      mov  ecx, 300
    again:
      mov  [ebx + next - here + 1], ecx
    next:
      mov  eax, 0x12345678
      add  esi, eax
      mov  [ebx + later - here + 2], ecx
      jmp  over
      ${'nop\n'.repeat(80)}
    over:
    later:
      add  esi, 0x12345678
      dec  ecx
      jnz  again
    `);
    expect(machine.registers.esi).toBe(300 * 301);
  });

  onEachEngine('notices when a new byte makes another instruction of it, longer, shorter or a jump', (machine) => {
    machine.memory.writeBytes(ARENA, bytes(0x90, 0x40, 0x41, 0x90, 0x90, RET, 0x42, RET)); // nop; inc eax; inc ecx; ret; inc edx; ret
    machine.run(`
      xor  eax, eax
      xor  ecx, ecx
      xor  edx, edx
      mov  ebx, ${ARENA}
      call ebx                                  ; 1 1 0
      mov  byte ptr [ebx + 1], 0x48             ; dec eax
      call ebx                                  ; 0 2 0
      mov  word ptr [ebx + 1], 0xc083           ; add eax, -0x70
      call ebx                                  ; -70 2 0
      mov  byte ptr [ebx + 3], 7                ; add eax, 7
      call ebx                                  ; -69 2 0
      mov  word ptr [ebx + 1], 0x03eb           ; jmp to inc edx
      call ebx                                  ; -69 2 1
      mov  byte ptr [ebx + 2], 0                ; jmp to what was the constant 7: pop es, then nop and ret
      mov  byte ptr [ebx + 3], 0x41             ; inc ecx
      call ebx                                  ; -69 3 1
    `);
    expect([machine.registers.eax, machine.registers.ecx, machine.registers.edx]).toEqual([0xffff_ff97, 3, 1]);
  });

  // Where everything is hot at once, nothing is cheap.
  it('is decoded again after there was more code than is cheap to keep', () => {
    const machine = new Machine('interpreter');
    const length = 400_000;
    machine.memory.writeBytes(world.data, new Uint8Array(length).fill(0x40)); // inc eax, and at the end
    machine.memory.write8(world.data + length, RET);
    machine.run(`
      xor  eax, eax
      mov  edx, ${world.data}
      call edx
      mov  esi, eax
      call edx
    `);
    expect([machine.registers.esi, machine.registers.eax]).toEqual([length, 2 * length]);
  });

  onEachEngine('may no longer be written beside the code once its translation says so', (machine) => {
    const shared = ARENA + 0x1000;
    machine.memory.write8(shared, RET);
    machine.run(`
      mov  edx, ${shared}
      call edx                                   ; code is decoded from the page
      mov  ecx, 10
    again:
      inc  dword ptr [${shared + 0x200}]
      dec  ecx
      jnz  again
    `);
    // By nobody's instruction: a write to a page table is a write to a watched page as well, and the next to be remembered.
    machine.memory.write32(pageEntry(shared), (shared & -0x1000) | page.present | page.user);
    machine.run(`
      invlpg [${shared}]
      mov  eax, [${shared + 0x200}]              ; reading goes on
      inc  dword ptr [${shared + 0x200}]
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: shared + 0x200, write: true });
    expect(machine.registers.eax).toBe(10);
  });

  // The upper half of the entry becomes 0, and with it the page of this code physical page 0.
  for (const [what, store] of [
    ['an instruction', `mov word ptr [${pageEntry(world.code) + 2}], 0`],
    ['a service', `sldt [${pageEntry(world.code) + 2}]`],
  ]) {
    onEachEngine(`is left at once when ${what} has its translation lead elsewhere`, (machine) => {
      const moving = assemble(store);
      machine.memory.writeBytes(ARENA, bytes(...moving, MOV_EAX, 1, 0, 0, 0, RET));
      machine.run(`
        mov  esi, ${world.code}
        xor  edi, edi
        mov  ecx, 0x400
        rep movsd                                  ; a copy of this code in page 0
        mov  byte ptr [${(ARENA & 0xfff) + moving.length + 1}], 2
        mov  edx, ${ARENA}
        call edx
      `);
      expect(machine.registers.eax).toBe(2);
    });
  }
});
