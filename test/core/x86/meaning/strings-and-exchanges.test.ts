import { expect } from 'vitest';
import { onEachEngine } from '../on-each-engine.ts';
import { world } from '../small-world.ts';

const { data, readOnly, absent } = world;

onEachEngine('a string goes up or down, an element at a time', (machine) => {
  machine.memory.write32(data, 0x11223344);
  machine.run(`
    mov  esi, ${data}
    mov  edi, ${data + 0x100}
    movsw                  ; 3344 up …
    lodsb                  ; … 22 into al, and on …
    stosd                  ; … and eax behind it
    std
    dec  esi
    movsb                  ; 22 again, then down
    cld
  `);
  expect(machine.exit).toEqual({ why: 'end' });
  expect(machine.registers).toMatchObject({ eax: 0x22, esi: data + 1, edi: data + 0x105 });
  expect(machine.memory.read32(data + 0x100)).toBe(0x00223344);
  expect(machine.memory.read32(data + 0x104)).toBe(0x00220000);
});

onEachEngine('comparing strings subtracts es:edi from what is left of it', (machine) => {
  machine.memory.write32(data, 5);
  machine.memory.write32(data + 4, 6);
  machine.run(`
    mov  esi, ${data}
    mov  edi, ${data + 4}
    cmpsd                  ; 5 - 6 borrows
    setc bl
    mov  al, 5
    mov  edi, ${data}
    scasb                  ; 5 - 5
    setz bh
  `);
  expect(machine.registers.ebx & 0xffff).toBe(0x0101);
  expect(machine.registers).toMatchObject({ esi: data + 4, edi: data + 1 });
});

onEachEngine('a faulting string instruction leaves its registers', (machine) => {
  machine.run(`
    mov  esi, ${data}
    mov  edi, ${readOnly}
    movsd
  `);
  expect(machine.exit).toEqual({ why: 'page fault', at: readOnly, write: true });
  expect(machine.registers).toMatchObject({ esi: data, edi: readOnly });
  machine.run(`
    mov  esi, ${absent}
    mov  edi, ${readOnly + 0x10000}
    cmpsd                  ; both are bad; es:edi is looked at first
  `);
  expect(machine.exit).toEqual({ why: 'page fault', at: absent, write: false });
});

onEachEngine('16-bit addresses wrap the pointers and leave their upper halves', (machine) => {
  machine.run(`
    mov  esi, 0x1234ffff
    mov  edi, 0x56780000
    mov  al, 7
    std
    db   0x67
    stosb
    cld
    db   0x67
    lodsb
  `);
  expect(machine.registers).toMatchObject({ esi: 0x12340000, edi: 0x5678ffff });
});

onEachEngine('cmpxchg8b changes ZF alone, and what it found is in edx:eax', (machine) => {
  machine.memory.write32(data, 1);
  machine.memory.write32(data + 4, 2);
  const registers = { eax: 1, edx: 2, ebx: 3, ecx: 4, eflags: 0x8d7 & ~0x40 };
  machine.run(`cmpxchg8b [${data}]`, { registers });
  expect([machine.memory.read32(data), machine.memory.read32(data + 4)]).toEqual([3, 4]);
  expect(machine.registers).toMatchObject({ eax: 1, edx: 2, eflags: 0x8d7 });
  machine.run(`cmpxchg8b [${data}]`, { registers: { ...registers, eflags: 0x8d7 } });
  expect(machine.registers).toMatchObject({ eax: 3, edx: 4, eflags: 0x8d7 & ~0x40 });
});

onEachEngine('cmpxchg8b wants to write even where it does not match, and all of it', (machine) => {
  machine.run(`cmpxchg8b [${readOnly}]`, { registers: { eax: 9 } });
  expect(machine.exit).toEqual({ why: 'page fault', at: readOnly, write: true });
  machine.memory.write32(readOnly - 4, 1);
  machine.run(`cmpxchg8b [${readOnly - 4}]`, { registers: { eax: 1, edx: 0, ebx: 3 } });
  expect(machine.exit).toEqual({ why: 'page fault', at: readOnly, write: true });
  expect(machine.memory.read32(readOnly - 4)).toBe(1);
});

onEachEngine('cmpxchg8b across two pages', (machine) => {
  machine.run(`cmpxchg8b [${data + 0xffc}]`, { registers: { eax: 0, edx: 0, ebx: 0x11, ecx: 0x22 } });
  expect(machine.exit).toEqual({ why: 'end' });
  expect([machine.memory.read32(data + 0xffc), machine.memory.read32(data + 0x1000)]).toEqual([0x11, 0x22]);
});
