import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { lguestEras } from '../../../core/agreement/lguest-data.ts';
import { GUEST_USER_CS } from '../../../core/agreement/segments.ts';
import { eflags } from '../../../core/agreement/traps.ts';
import type { GuestSurroundings } from '../../../core/host/guest-events.ts';
import { emulateInstruction, stepOverVmcall } from '../../../core/host/privileged-instructions.ts';
import {
  call,
  DIRECTORY_AT,
  fakeGuest,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  mapInGuest,
  P,
  RW,
} from './fake-guest.ts';
import { FakeSurroundings } from './fake-surroundings.ts';

const CODE = KERNEL_ADDRESS + 0x3000;

function guestAt(code: number[], eip = CODE, surroundings?: GuestSurroundings) {
  const cpu = initializedGuest(lguestEras[0], surroundings);
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  mapInGuest(cpu, CODE, 0x33_000 | P | RW);
  cpu.memory.writeBytes(guestPhysical(0x33_000 + (eip - CODE)), Uint8Array.from(code.slice(0, CODE + 0x1000 - eip)));
  cpu.registers.eip = eip;
  cpu.registers.eax = 0x1234_5600;
  cpu.registers.eflags |= eflags.resume;
  return cpu;
}

describe('what the host carries out for a kernel', () => {
  test.each([
    ['cli', [0xfa], 1, 0x1234_5600],
    ['in al, imm8', [0xe4, 0x60], 2, 0x1234_56ff],
    ['in eax, imm8', [0xe5, 0x60], 2, 0xffff_ffff],
    ['in ax, imm8', [0x66, 0xe5, 0x60], 3, 0x1234_ffff],
    ['in al, dx', [0xec], 1, 0x1234_56ff],
    ['in eax, dx', [0xed], 1, 0xffff_ffff],
    ['in ax, dx', [0x66, 0xed], 2, 0x1234_ffff],
    ['in al, dx with a prefix that means nothing', [0x66, 0xec], 2, 0x1234_56ff],
    ['out imm8, al', [0xe6, 0x80], 2, 0x1234_5600],
    ['out imm8, eax', [0xe7, 0x80], 2, 0x1234_5600],
    ['out dx, al', [0xee], 1, 0x1234_5600],
    ['out dx, ax', [0x66, 0xef], 2, 0x1234_5600],
  ] as const)('%s', (_, code, length, eax) => {
    const cpu = guestAt([...code]);
    expect(emulateInstruction(cpu)).toBe(true);
    expect(cpu.registers.eip).toBe(CODE + length);
    expect(cpu.registers.eax).toBe(eax);
    expect(cpu.registers.eflags & eflags.resume).toBe(0);
  });

  /** A kernel of 3.11 that ran into a bug recursed to the end of its stack: show_regs reads them. */
  test.each([
    ['mov eax, db0', 0xc0, 'eax', 0],
    ['mov edi, db3', 0xdf, 'edi', 0],
    ['mov eax, db6', 0xf0, 'eax', 0xffff_0ff0],
    ['mov ecx, db7', 0xf9, 'ecx', 0x400],
    ['mov ecx, db5, which is db7', 0xe9, 'ecx', 0x400],
  ] as const)('%s', (_, registers, name, value) => {
    const cpu = guestAt([0x0f, 0x21, registers]);
    cpu.registers.write(name, 0x5555_5555);
    expect(emulateInstruction(cpu)).toBe(true);
    expect(cpu.registers.read(name)).toBe(value);
    expect(cpu.registers.eip).toBe(CODE + 3);
  });

  test('a segment that does not begin at 0 is reckoned with', () => {
    const cpu = guestAt([0xec]);
    call(cpu, hypercall.loadGdtEntry, 20, 0x1000_ffff, 0xc0cf_bb00);
    cpu.registers.cs = 20 * 8 + 1;
    cpu.registers.eip = 0x2000;
    cpu.registers.eax = 0;
    expect(emulateInstruction(cpu)).toBe(true);
    expect(cpu.registers.eax).toBe(0xff);
    expect(cpu.registers.eip).toBe(0x2001);
  });
});

describe('what stays the guest’s own trouble', () => {
  test.each([
    ['hlt', [0xf4]],
    ['sti', [0xfb]],
    ['insb', [0x6c]],
    ['rep insd', [0xf3, 0x6d]],
    ['outsb', [0x6e]],
    ['two prefixes', [0x66, 0x66, 0xec]],
    ['mov cr3, eax', [0x0f, 0x22, 0xd8]],
    ['mov eax, cr4', [0x0f, 0x20, 0xe0]],
    ['mov db7, eax', [0x0f, 0x23, 0xf8]],
    ['a prefix before cli', [0x66, 0xfa]],
  ])('%s', (_, code) => {
    const cpu = guestAt(code);
    expect(emulateInstruction(cpu)).toBe(false);
    expect(cpu.registers.eip).toBe(CODE);
  });

  test('the same instruction in a program', () => {
    const cpu = guestAt([0xec]);
    cpu.registers.cs = GUEST_USER_CS;
    expect(emulateInstruction(cpu)).toBe(false);
  });

  test('an instruction whose page is gone, in a program or not, is nobody’s death', () => {
    const cpu = guestAt([0xec]);
    cpu.registers.eip = 0x0804_8000;
    expect(emulateInstruction(cpu)).toBe(false);
    cpu.registers.cs = GUEST_USER_CS;
    expect(emulateInstruction(cpu)).toBe(false);
    expect(cpu.dead).toBeNull();
  });

  test('an instruction of which the second byte is on a page that is not there', () => {
    const cpu = guestAt([0xe4, 0x60], CODE + 0xfff);
    expect(emulateInstruction(cpu)).toBe(false);
    mapInGuest(cpu, CODE + 0x1000, 0x20_000 | P);
    expect(emulateInstruction(cpu)).toBe(true);
    expect(cpu.registers.eip).toBe(CODE + 0x1001);
  });
});

describe('vmcall', () => {
  test('in ring 1 is stepped over', () => {
    const cpu = guestAt([0x0f, 0x01, 0xc1]);
    expect(stepOverVmcall(cpu)).toBe(true);
    expect(cpu.registers.eip).toBe(CODE + 3);
  });

  test.each([
    ['vmmcall', [0x0f, 0x01, 0xd9], false],
    ['ud2', [0x0f, 0x0b, 0xc1], false],
    ['vmcall in a program', [0x0f, 0x01, 0xc1], true],
  ])('%s is not', (_, code, user) => {
    const cpu = guestAt(code);
    if (user) cpu.registers.cs = GUEST_USER_CS;
    expect(stepOverVmcall(cpu)).toBe(false);
    expect(cpu.registers.eip).toBe(CODE);
  });
});

describe('ports that somebody answers', () => {
  function guestBeside(code: number[]) {
    const surroundings = new FakeSurroundings();
    const cpu = guestAt(code, CODE, surroundings);
    cpu.registers.write('edx', 0xffff_0cfc);
    surroundings.take();
    return { cpu, surroundings };
  }

  test.each([
    ['in al, imm8', [0xe4, 0x64], 'in 64 1', 0x1234_56ef],
    ['in ax, dx', [0x66, 0xed], 'in cfc 2', 0x1234_cdef],
    ['in eax, dx', [0xed], 'in cfc 4', 0x89ab_cdef],
    ['out imm8, al', [0xe6, 0x80], 'out 80 1 0', 0x1234_5600],
    ['out dx, ax', [0x66, 0xef], 'out cfc 2 5600', 0x1234_5600],
    ['out dx, eax', [0xef], 'out cfc 4 12345600', 0x1234_5600],
  ] as const)('%s', (_, code, asked, eax) => {
    const { cpu, surroundings } = guestBeside([...code]);
    expect(emulateInstruction(cpu)).toBe(true);
    expect(surroundings.take()).toEqual([asked]);
    expect(cpu.registers.eax).toBe(eax);
    expect(cpu.registers.eip).toBe(CODE + code.length);
  });

  test('are not asked by a program, nor by half an instruction', () => {
    const { cpu, surroundings } = guestBeside([0xed]);
    cpu.registers.cs = GUEST_USER_CS;
    expect(emulateInstruction(cpu)).toBe(false);
    const half = guestAt([0xe5], CODE + 0xfff, surroundings);
    surroundings.take();
    expect(emulateInstruction(half)).toBe(false);
    expect(surroundings.take()).toEqual([]);
  });

  test('hear of the guest’s kernel first, and of nothing before', () => {
    const surroundings = new FakeSurroundings();
    const cpu = fakeGuest(surroundings);
    cpu.memory.writeBytes(guestPhysical(0x3000), Uint8Array.of(0xec));
    cpu.registers.eip = 0x3000;
    expect(emulateInstruction(cpu)).toBe(true);
    expect(cpu.registers.eax).toBe(0xff);
    expect(surroundings.take()).toEqual([]);
    for (const era of lguestEras) {
      initializedGuest(era, surroundings);
      expect(surroundings.take()).toEqual([`handshake ${era.since}`]);
    }
  });
});
