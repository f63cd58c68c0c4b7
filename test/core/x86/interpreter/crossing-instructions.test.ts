/** Instructions that run over into a second page, which may be taken away, exchanged or written to. */

import { describe, expect, it } from 'vitest';
import { stateLayout } from '../../../../core/x86/state.ts';
import { onEachEngine } from '../on-each-engine.ts';
import { page, pageEntry, world } from '../small-world.ts';
import { EnginePair, type Side } from './engine-pair.ts';

const FIRST = world.code + 0x1000;
const SECOND = FIRST + 0x1000;
/** Another page that may lie behind the first. */
const OTHER = SECOND + 0x1000;
const ALL = page.present | page.writable | page.user;
const CARRY = 1;
/** cr0.AM and eflags.AC. */
const ALIGNMENT_MASK = 1 << 18;
const ALIGNMENT_CHECK = 1 << 18;
const ROUNDS = 100;
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('an instruction that runs over into the next page', () => {
  onEachEngine('faults at the first byte that is gone, and shows the flags as they are', (machine) => {
    // add eax, ecx; cmp eax, 5; ret
    machine.memory.writeBytes(SECOND - 4, bytes(0x01, 0xc8, 0x3d, 0x05, 0x00, 0x00, 0x00, 0xc3));
    machine.run(`
      mov  edx, ${SECOND - 4}
      xor  ecx, ecx
      mov  eax, 5
      call edx                               ; decoded, with both pages there
      mov  dword ptr [${pageEntry(SECOND)}], 0
      invlpg [${SECOND}]
      mov  ecx, -1
      mov  eax, 5
      call edx                               ; the sum leaves a carry, which no comparison takes away
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: SECOND, write: false });
    expect(machine.registers.eip).toBe(SECOND - 2);
    expect(machine.frame?.eflags).toBeDefined();
    expect((machine.frame?.eflags ?? 0) & CARRY).toBe(CARRY);
  });

  onEachEngine('is what the bytes of the page say that is there now', (machine) => {
    machine.memory.writeBytes(SECOND - 3, bytes(0x40, 0x05, 0x01)); // inc eax; add eax, …01
    machine.memory.writeBytes(SECOND, bytes(0x00, 0x00, 0x00, 0xc3)); // … 1; ret
    machine.memory.writeBytes(OTHER, bytes(0x01, 0x00, 0x00, 0x40, 0xc3)); // … 0x101; inc eax; ret
    machine.run(`
      xor  eax, eax
      mov  edx, ${SECOND - 3}
      mov  ecx, ${ROUNDS}
    again:
      mov  dword ptr [${pageEntry(SECOND)}], ${SECOND | ALL}
      invlpg [${SECOND}]
      call edx                               ; 2 more
      mov  dword ptr [${pageEntry(SECOND)}], ${OTHER | ALL}
      invlpg [${SECOND}]
      call edx                               ; 0x103 more
      inc  edx
      call edx                               ; 0x102 more
      dec  edx
      loop again
    `);
    expect(machine.registers.eax).toBe(ROUNDS * (2 + 0x103 + 0x102));
  });

  onEachEngine('is so too if it was first met while alignment was checked, where no translation is kept', (machine) => {
    machine.memory.writeBytes(SECOND - 3, bytes(0x40, 0x05, 0x01)); // inc eax; add eax, …01
    machine.memory.writeBytes(SECOND, bytes(0x00, 0x00, 0x00, 0xc3)); // … 1; ret
    machine.memory.writeBytes(OTHER, bytes(0x01, 0x00, 0x00, 0xc3)); // … 0x101; ret
    machine.board.registers.cr0 |= ALIGNMENT_MASK;
    const calls = `
      mov  edx, ${SECOND - 3}
      call edx
      call edx
    `;
    machine.run(`xor eax, eax\n${calls}`, { ring: 3, registers: { eflags: ALIGNMENT_CHECK | 2 } });
    expect(machine.exit).toEqual({ why: 'end' });
    expect(machine.registers.eax).toBe(2 * 2);
    machine.run(`mov dword ptr [${pageEntry(SECOND)}], ${OTHER | ALL}`);
    machine.run(calls, { ring: 3 });
    expect(machine.registers.eax).toBe(2 * 2 + 2 * 0x102);
    machine.run(`mov dword ptr [${pageEntry(SECOND)}], 0`);
    machine.run(calls, { ring: 3, registers: { eflags: ALIGNMENT_CHECK | 2 } });
    expect(machine.exit).toEqual({ why: 'page fault', at: SECOND, write: false });
  });

  onEachEngine('jumps to where the page that is there now says', (machine) => {
    machine.memory.writeBytes(SECOND - 1, bytes(0xe9)); // jmp
    machine.memory.writeBytes(SECOND, bytes(0xec, 0xff, 0xff, 0xff)); // to SECOND - 16
    machine.memory.writeBytes(OTHER, bytes(0xdc, 0xff, 0xff, 0xff)); // to SECOND - 32
    machine.memory.writeBytes(SECOND - 16, bytes(0x40, 0xc3)); // inc eax; ret
    machine.memory.writeBytes(SECOND - 32, bytes(0x41, 0xc3)); // inc ecx; ret
    machine.run(`
      xor  eax, eax
      xor  ecx, ecx
      mov  edx, ${SECOND - 1}
      mov  dword ptr [${pageEntry(SECOND)}], ${OTHER | ALL}
      call edx                               ; ecx 1
      mov  dword ptr [${pageEntry(SECOND)}], ${SECOND | ALL}
      invlpg [${SECOND}]
      mov  ebx, ${SECOND - 32}
      call edx                               ; eax 1
      call ebx                               ; ecx 2
      call edx                               ; eax 2
    `);
    expect([machine.registers.eax, machine.registers.ecx]).toEqual([2, 1 + 1]);
  });

  onEachEngine('sees a new byte on the page where it begins, and one on the other', (machine) => {
    machine.memory.writeBytes(SECOND - 3, bytes(0xb8, 1, 0, 0, 0, 0xc3)); // mov eax, 1; ret
    machine.run(`
      mov  edx, ${SECOND - 3}
      call edx
      mov  esi, eax                          ; 1
      mov  byte ptr [${SECOND - 2}], 2
      call edx
      mov  edi, eax                          ; 2
      mov  byte ptr [${SECOND}], 1
      call edx                               ; 0x10002
    `);
    expect([machine.registers.esi, machine.registers.edi, machine.registers.eax]).toEqual([1, 2, 0x10002]);
  });

  it('leaves all other code decoded, whether its second page is gone or another', () => {
    const pair = new EnginePair({});
    let forgotten = 0;
    const call = (side: Side, to: number) => {
      side.state.set(stateLayout.at.eip, to);
      return side.engine.execute(3);
    };
    pair.each((side) => {
      const { memory, processor } = side;
      side.engine.cache.onForgotten = () => forgotten++;
      memory.writeBytes(SECOND - 3, bytes(0x40, 0x05, 0x01));
      memory.writeBytes(SECOND, bytes(0x00, 0x00, 0x00, 0x90));
      memory.writeBytes(OTHER, bytes(0x01, 0x00, 0x00, 0x90));
      expect(call(side, SECOND - 3)).toBe('budget spent');
      memory.write32(pageEntry(SECOND), 0);
      processor.spaces.invalidatePage(SECOND);
      expect(call(side, SECOND - 3)).toBe('fault');
      memory.write32(pageEntry(SECOND), OTHER | ALL);
      expect(call(side, SECOND - 3)).toBe('budget spent');
      expect(side.state.register(0)).toBe(2 + 1 + 0x102);
    });
    expect(forgotten).toBe(0);
  });
});
