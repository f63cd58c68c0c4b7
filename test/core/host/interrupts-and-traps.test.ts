import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import { GUEST_KERNEL_CS, GUEST_KERNEL_DS, GUEST_USER_CS, GUEST_USER_DS } from '../../../core/agreement/segments.ts';
import { eflags, gate, VECTORS, vector } from '../../../core/agreement/traps.ts';
import { goesDirect, reflectTrap, stubPrivilege } from '../../../core/host/interrupts-and-traps.ts';
import { readIrqEnabled, writeIrqEnabled } from '../../../core/host/lguest-data.ts';
import {
  A,
  call,
  D,
  DIRECTORY_AT,
  guestEntryAt,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  mapInGuest,
  P,
  RW,
  US,
} from './fake-guest.ts';

const HANDLER = 0xc012_3456;
const trapGate = gate.present | gate.trapGate;
const interruptGate = gate.present | gate.interruptGate;
const forRing3 = 3 << gate.privilegeShift;

type Guest = ReturnType<typeof initializedGuest>;
const setGate = (cpu: Guest, number: number, rights: number, offset = HANDLER) =>
  call(
    cpu,
    hypercall.loadIdtEntry,
    number,
    (0x0060_0000 | (offset & 0xffff)) >>> 0,
    ((offset & 0xffff_0000) | rights) >>> 0,
  );

describe('LOAD_IDT_ENTRY', () => {
  test('keeps offset, type and privilege, and puts in the guest kernel’s own code segment', () => {
    const cpu = initializedGuest();
    setGate(cpu, 3, trapGate | forRing3);
    expect(cpu.idt[6]).toBe(0x0061_3456);
    expect(cpu.idt[7]).toBe(0xc012_ef00);
  });

  test.each([vector.nmi, vector.doubleFault, vector.spurious, vector.lguestEntry])(
    'vector %i is taken and forgotten, even as a task gate',
    (number) => {
      const cpu = initializedGuest();
      setGate(cpu, number, gate.present | 0x0500);
      expect(cpu.dead).toBeNull();
      expect(cpu.idt[number * 2 + 1]).toBe(0);
    },
  );

  test.each([0x0500, 0x0c00, 0x0900, 0x0600, 0x1e00, 0x0000])('a gate of type %i is the end', (type) => {
    const cpu = initializedGuest();
    setGate(cpu, 3, gate.present | type);
    expect(cpu.dead?.reason).toContain('neither an interrupt nor a trap gate');
  });

  test('a gate that is not present is none', () => {
    const cpu = initializedGuest();
    setGate(cpu, 3, trapGate);
    setGate(cpu, 3, 0x0500);
    expect([cpu.idt[6], cpu.idt[7]]).toEqual([0, 0]);
    expect(cpu.dead).toBeNull();
  });

  test.each([256, 0xffff_ffff])('vector %i does not exist', (number) => {
    const cpu = initializedGuest();
    setGate(cpu, number, trapGate);
    expect(cpu.dead?.reason).toContain('beyond the last');
  });

  test('a handler inside the Switcher is the guest’s own fun: ring 1 may not do anything there', () => {
    const cpu = initializedGuest();
    setGate(cpu, 3, trapGate, SWITCHER_ADDRESS);
    expect(cpu.dead).toBeNull();
    expect(cpu.idt[6] >>> 16).toBe(GUEST_KERNEL_CS);
  });
});

describe('which gates the processor may take by itself', () => {
  const directIfTrapGate = (cpu: Guest) => {
    for (let number = 0; number < VECTORS; number++) setGate(cpu, number, trapGate | forRing3);
    return Array.from({ length: VECTORS }, (_, number) => number).filter((number) => goesDirect(cpu, number));
  };

  test('exceptions that need no host, and system calls; never a host interrupt’s vector', () => {
    const direct = directIfTrapGate(initializedGuest());
    expect(direct).toEqual([
      0, 1, 3, 4, 5, 9, 10, 11, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 128,
    ]);
  });

  test('never an interrupt gate: the processor cannot clear a flag it does not know', () => {
    const cpu = initializedGuest();
    for (let number = 0; number < VECTORS; number++) setGate(cpu, number, interruptGate | forRing3);
    for (let number = 0; number < VECTORS; number++) expect(goesDirect(cpu, number)).toBe(false);
  });

  test('a stub is open to software only where it cannot be mistaken', () => {
    const cpu = initializedGuest();
    for (let number = 0; number < VECTORS; number++) setGate(cpu, number, interruptGate | forRing3);
    const open = Array.from({ length: VECTORS }, (_, number) => number).filter((n) => stubPrivilege(cpu, n) === 3);
    expect(open.filter((number) => [8, 10, 11, 12, 13, 14, 17].includes(number))).toEqual([]);
    expect(open.filter((number) => number >= vector.firstIrq)).toEqual([vector.systemCall]);
    expect(open).toContain(vector.breakpoint);
    expect(stubPrivilege(cpu, vector.lguestEntry)).toBe(1);
  });
});

const STACK = KERNEL_ADDRESS + 0x8000;

/** A guest with a ring-1 stack whose top two pages lie far apart. */
function guestWithStack(): Guest {
  const cpu = initializedGuest();
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  mapInGuest(cpu, STACK - 0x1000, 0x38_000 | P | RW);
  mapInGuest(cpu, STACK - 0x2000, 0x20_000 | P | RW);
  call(cpu, hypercall.setStack, GUEST_KERNEL_DS, STACK, 2);
  writeIrqEnabled(cpu, 0x200);
  return cpu;
}

function inProgram(cpu: Guest): void {
  const { registers } = cpu;
  registers.cs = GUEST_USER_CS;
  registers.ss = GUEST_USER_DS;
  registers.eip = 0x0804_8123;
  registers.esp = 0xbfff_fff0;
  registers.eflags = eflags.interrupt | eflags.reserved | eflags.trap | eflags.nestedTask | eflags.resume;
}

const words = (cpu: Guest, at: number, count: number) =>
  Array.from({ length: count }, (_, index) => cpu.memory.read32(guestPhysical(at + index * 4)));

describe('handing a trap to the guest', () => {
  test('from a program: onto the kernel’s stack, with the error code on top', () => {
    const cpu = guestWithStack();
    setGate(cpu, 14, interruptGate);
    inProgram(cpu);
    const before = cpu.registers.eflags;
    reflectTrap(cpu, 14, 6);
    expect(words(cpu, 0x39_000 - 24, 6)).toEqual([6, 0x0804_8123, GUEST_USER_CS, before, 0xbfff_fff0, GUEST_USER_DS]);
    const { registers } = cpu;
    expect([registers.cs, registers.eip, registers.ss, registers.esp]).toEqual([
      GUEST_KERNEL_CS,
      HANDLER,
      GUEST_KERNEL_DS,
      STACK - 24,
    ]);
    expect(registers.eflags).toBe(eflags.interrupt | eflags.reserved);
    expect(readIrqEnabled(cpu)).toBe(0);
  });

  test('from the kernel: on the stack it is on, through a trap gate, with interrupts as they were', () => {
    const cpu = guestWithStack();
    setGate(cpu, 6, trapGate);
    cpu.registers.eip = 0xc000_0010;
    cpu.registers.esp = STACK - 0x100;
    reflectTrap(cpu, 6, 0);
    expect(words(cpu, 0x39_000 - 0x100 - 12, 3)).toEqual([0xc000_0010, GUEST_KERNEL_CS, 0x202]);
    expect(cpu.registers.esp).toBe(STACK - 0x100 - 12);
    expect(readIrqEnabled(cpu)).toBe(0x200);
  });

  test('the interrupt flag in the frame is the guest’s own', () => {
    const cpu = guestWithStack();
    setGate(cpu, 14, trapGate);
    writeIrqEnabled(cpu, 0xffff_fdff);
    inProgram(cpu);
    reflectTrap(cpu, 14, 4);
    expect(cpu.memory.read32(guestPhysical(0x39_000 - 12)) & eflags.interrupt).toBe(0);
  });

  test('a frame that straddles two pages goes to both', () => {
    const cpu = guestWithStack();
    setGate(cpu, 6, trapGate);
    cpu.registers.eip = 0xc000_0010;
    cpu.registers.esp = STACK - 0x1000 + 6;
    reflectTrap(cpu, 6, 0);
    expect(cpu.registers.esp).toBe(STACK - 0x1000 - 6);
    const [low, high] = [
      cpu.memory.readBytes(guestPhysical(0x20_ffa), 6),
      cpu.memory.readBytes(guestPhysical(0x38_000), 6),
    ];
    expect([...low, ...high]).toEqual([0x10, 0, 0, 0xc0, 0x61, 0, 0, 0, 0x02, 0x02, 0, 0]);
  });

  test('marks the stack’s pages as written, as the processor would', () => {
    const cpu = guestWithStack();
    setGate(cpu, 6, trapGate);
    mapInGuest(cpu, STACK, 0x39_000 | P | RW);
    cpu.registers.esp = STACK + 0x800;
    reflectTrap(cpu, 6, 0);
    expect(cpu.memory.read32(guestEntryAt(cpu, STACK)) & (A | D)).toBe(A | D);
  });

  test('without a gate is the end', () => {
    const cpu = guestWithStack();
    inProgram(cpu);
    reflectTrap(cpu, vector.doubleFault, 0);
    expect(cpu.dead?.reason).toBe('the guest has no handler for trap 0x8, taken at 0x8048123 with error code 0x0');
  });

  test.each([
    ['unmapped', 0xd000_0000],
    ['at 0', 0],
    ['read-only', KERNEL_ADDRESS + 0x5000],
    ['half unmapped', STACK - 0x2000 + 4],
    ['in the Switcher', SWITCHER_ADDRESS + 0x2000],
    ['wrapping around the end of the world', 4],
  ])('onto a stack that is %s is the end', (_, esp) => {
    const cpu = guestWithStack();
    setGate(cpu, 6, trapGate);
    mapInGuest(cpu, KERNEL_ADDRESS + 0x4000, 0x34_000 | P | US);
    cpu.registers.esp = esp;
    reflectTrap(cpu, 6, 0);
    expect(cpu.dead?.reason).toContain(`no stack at 0x${(esp >>> 0).toString(16)}`);
  });
});
