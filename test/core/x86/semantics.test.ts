import { describe, expect } from 'vitest';
import { eflag } from '../../../core/x86/state.ts';
import { onEachEngine } from './on-each-engine.ts';
import { page, pageEntry, selectors, world, writeDescriptor } from './small-world.ts';

describe('faults', () => {
  onEachEngine('a page fault leaves the registers as they were', (machine) => {
    machine.run(`
      mov  eax, 0xC0000000   ; nothing is mapped here
      mov  ecx, 5
      mov  ecx, [eax]        ; so this must fault
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: 0xc0000000, write: false });
    expect(machine.registers).toMatchObject({ eax: 0xc0000000, ecx: 5, eip: world.code + 10 });
  });

  onEachEngine('a push into nothing leaves esp where it was', (machine) => {
    machine.run(`
      mov  esp, ${world.absent + 0x1000}   ; the slot below is not present
      push 1
    `);
    // With no stack left, ring 0 cannot even be told: this is a double fault, and then a triple one.
    expect(machine.exit.why).toBe('shut down');
  });

  onEachEngine('a push into nothing faults at the slot, in ring 3', (machine) => {
    machine.run(`push 1`, { ring: 3, registers: { esp: world.absent + 0x1000 } });
    expect(machine.exit).toEqual({ why: 'page fault', at: world.absent + 0xffc, write: true });
    expect(machine.registers.esp).toBe(world.absent + 0x1000);
    expect(machine.frame?.errorCode).toBe(6);
  });

  onEachEngine('a store across a page edge writes neither half', (machine) => {
    machine.run(`
      mov  dword ptr [${world.absent - 2}], 0x11223344   ; two bytes are there, two are not
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.absent, write: true });
    expect(machine.memory.read16(world.absent - 2)).toBe(0);
  });

  onEachEngine('ring 0 may not write a read-only page while WP is set', (machine) => {
    machine.run(`mov byte ptr [${world.readOnly}], 1`);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.readOnly, write: true });
    expect(machine.frame?.errorCode).toBe(3);
    machine.run(`
      mov  eax, cr0
      and  eax, 0xFFFEFFFF          ; clear WP
      mov  cr0, eax
      mov  byte ptr [${world.readOnly}], 1
    `);
    expect(machine.exit).toEqual({ why: 'end' });
    expect(machine.memory.read8(world.readOnly)).toBe(1);
  });

  onEachEngine('ring 0 may not write it any more once WP is set again', (machine) => {
    machine.run(`
      mov  ebx, cr0
      mov  ecx, ebx
      and  ecx, 0xFFFEFFFF
      mov  cr0, ecx
      mov  byte ptr [${world.readOnly}], 1
      mov  cr0, ebx
      mov  byte ptr [${world.readOnly}], 2
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.readOnly, write: true });
    expect(machine.memory.read8(world.readOnly)).toBe(1);
  });

  onEachEngine('nor if code was decoded there, and each write is looked at', (machine) => {
    machine.run(`
      mov  ebx, cr0
      mov  ecx, ebx
      and  ecx, 0xFFFEFFFF
      mov  edi, ${world.readOnly}
      mov  cr0, ecx
      mov  byte ptr [edi], 0xC3     ; ret
      call edi
      mov  byte ptr [edi+8], 1
      mov  byte ptr [edi+8], 2
      mov  cr0, ebx
      mov  byte ptr [edi+8], 3
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.readOnly + 8, write: true });
    expect(machine.memory.read8(world.readOnly + 8)).toBe(2);
  });

  onEachEngine('a divide that overflows is a fault, not a wrong answer', (machine) => {
    machine.run(`
      mov  edx, 5
      mov  ecx, 5
      div  ecx               ; 5 << 32 over 5 does not fit
    `);
    expect(machine.exit).toEqual({ why: 'exception', vector: 0, errorCode: 0 });
    expect(machine.registers.edx).toBe(5);
  });
});

describe('strings', () => {
  onEachEngine('rep movsd stops at the element that faults and goes on from there', (machine) => {
    machine.run(`
      cld
      mov  esi, ${world.data}
      mov  edi, ${world.absent - 8}
      mov  ecx, 5
      rep movsd
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.absent, write: true });
    expect(machine.registers).toMatchObject({ ecx: 3, esi: world.data + 8, edi: world.absent });
    machine.memory.write32(pageEntry(world.absent), world.absent | page.present | page.writable);
    machine.run('rep movsd');
    expect(machine.exit).toEqual({ why: 'end' });
    expect(machine.registers).toMatchObject({ ecx: 0, edi: world.absent + 12 });
  });
});

describe('paging', () => {
  onEachEngine('reading marks a page accessed, writing marks it dirty', (machine) => {
    const bits = () => machine.memory.read32(pageEntry(world.data)) & (page.accessed | page.dirty);
    machine.run(`mov eax, [${world.data}]`);
    expect(bits()).toBe(page.accessed);
    machine.run(`mov [${world.data}], eax`);
    expect(bits()).toBe(page.accessed | page.dirty);
  });

  onEachEngine('ring 3 may not see what is for ring 0 only', (machine) => {
    machine.run(`mov eax, [${world.supervisor}]`, { ring: 3 });
    expect(machine.exit).toEqual({ why: 'page fault', at: world.supervisor, write: false });
    expect(machine.frame?.errorCode).toBe(5);
    machine.run(`mov eax, [${world.supervisor}]`);
    expect(machine.exit).toEqual({ why: 'end' });
  });

  onEachEngine('a page taken away is gone after invlpg', (machine) => {
    machine.run(`
      mov  eax, [${world.data}]              ; now it is in the TLB
      mov  dword ptr [${pageEntry(world.data)}], 0
      invlpg [${world.data}]
      mov  eax, [${world.data}]
    `);
    expect(machine.exit).toEqual({ why: 'page fault', at: world.data, write: false });
  });
});

describe('privilege', () => {
  onEachEngine('ring 3 may not halt, mask interrupts or touch ports and control registers', (machine) => {
    for (const text of ['hlt', 'cli', 'in al, 0x60', 'mov eax, cr0', 'invlpg [eax]', 'clts']) {
      machine.run(text, { ring: 3 });
      expect(machine.exit, text).toEqual({ why: 'exception', vector: 13, errorCode: 0 });
    }
  });

  onEachEngine('a software interrupt from ring 3 changes to the stack of the TSS', (machine) => {
    machine.run(`int 0x80`, { ring: 3, registers: { esp: world.stack } });
    expect(machine.exit).toEqual({ why: 'exception', vector: 0x80, errorCode: 0 });
    expect(machine.frame).toMatchObject({ cs: selectors.code3, eip: world.code + 2 });
    expect(machine.registers.esp).toBe(world.stack);
    expect(machine.memory.read32(world.trapStack - 4)).toBe(selectors.data3);
  });

  onEachEngine('popf in ring 3 changes neither IF nor IOPL', (machine) => {
    machine.run(
      `
      push 0x3ED7            ; IF, IOPL 3, DF and all arithmetic flags
      popf
    `,
      { ring: 3 },
    );
    const kept = eflag.interrupt | eflag.privilege;
    expect(machine.registers.eflags & kept).toBe(0);
    expect(machine.registers.eflags & eflag.direction).toBe(eflag.direction);
  });
});

describe('segments', () => {
  onEachEngine('a byte beyond the limit is #GP(0), and the last byte is not', (machine) => {
    writeDescriptor(machine.board, selectors.free, world.data, 0xfff, 0x409300);
    machine.run(`
      mov  eax, ${selectors.free}
      mov  ds, ax
      mov  bl, [0xFFF]
      mov  bx, [0xFFF]       ; its second byte is one too far
    `);
    expect(machine.exit).toEqual({ why: 'exception', vector: 13, errorCode: 0 });
    expect(machine.registers.eip).toBe(world.code + 13);
  });

  onEachEngine('loading a segment that is not present says which', (machine) => {
    writeDescriptor(machine.board, selectors.free, 0, 0xfff, 0x401300);
    machine.run(`
      mov  eax, ${selectors.free}
      mov  es, ax
    `);
    expect(machine.exit).toEqual({ why: 'exception', vector: 11, errorCode: selectors.free });
  });
});

describe('code', () => {
  onEachEngine('the next instruction may be rewritten by this one', (machine) => {
    machine.run(`
      mov  byte ptr [${world.code + 8}], 2   ; the immediate of the next instruction
      mov  eax, 1
    `);
    expect(machine.registers.eax).toBe(2);
  });

  onEachEngine('a loop sees the code it rewrote on the round before', (machine) => {
    machine.run(`
      xor  ecx, ecx
      again:
      mov  eax, 7
      mov  byte ptr [${world.code + 3}], 9   ; what the mov above loads next time
      inc  ecx
      cmp  ecx, 2
      jne  again
    `);
    expect(machine.registers).toMatchObject({ eax: 9, ecx: 2 });
  });
});
