/** Code that is written over, by itself and beside itself. */

import { describe, expect } from 'vitest';
import { onEachEngine } from '../on-each-engine.ts';
import { world } from '../small-world.ts';

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
});
