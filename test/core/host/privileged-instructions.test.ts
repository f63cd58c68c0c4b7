import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { GUEST_USER_CS } from '../../../core/agreement/segments.ts';
import { eflags } from '../../../core/agreement/traps.ts';
import { emulateInstruction, stepOverVmcall } from '../../../core/host/privileged-instructions.ts';
import {
  call,
  DIRECTORY_AT,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  mapInGuest,
  P,
  RW,
} from './fake-guest.ts';

const CODE = KERNEL_ADDRESS + 0x3000;

function guestAt(code: number[], eip = CODE) {
  const cpu = initializedGuest();
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
    ['mov cr3', [0x0f, 0x22, 0xd8]],
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
