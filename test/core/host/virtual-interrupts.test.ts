import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { type LguestEra, lguestEras } from '../../../core/agreement/lguest-data.ts';
import { GUEST_KERNEL_CS, GUEST_KERNEL_DS, GUEST_USER_CS, GUEST_USER_DS } from '../../../core/agreement/segments.ts';
import { gate } from '../../../core/agreement/traps.ts';
import { readField, writeField } from '../../../core/host/lguest-data.ts';
import { deliverInterrupt, nextInterrupt, setPending } from '../../../core/host/virtual-interrupts.ts';
import {
  call,
  DIRECTORY_AT,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  mapInGuest,
  noon,
  P,
  RW,
} from './fake-guest.ts';

const HANDLER = 0xc020_0000;
const STACK = KERNEL_ADDRESS + 0x8000;
const [since41, since30] = lguestEras;

function readyGuest(era: LguestEra = since41) {
  const cpu = initializedGuest(era);
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  mapInGuest(cpu, STACK - 0x1000, 0x38_000 | P | RW);
  call(cpu, hypercall.setStack, GUEST_KERNEL_DS, STACK, 1);
  for (let irq = 0; irq < 32; irq++) {
    call(cpu, hypercall.loadIdtEntry, 32 + irq, irq * 16, (HANDLER | gate.present | gate.interruptGate) >>> 0);
  }
  writeField(cpu, 'blockedInterrupts', 0);
  writeField(cpu, 'irqEnabled', 0x200);
  cpu.registers.eip = KERNEL_ADDRESS + 0x1000;
  cpu.registers.esp = STACK - 0x100;
  return cpu;
}

const handlerOf = (irq: number) => HANDLER + irq * 16;

describe('delivery', () => {
  test('the lowest first, interrupts off in its handler, the next one announced', () => {
    const cpu = readyGuest();
    for (const irq of [9, 4, 31]) setPending(cpu, irq);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(handlerOf(4));
    expect(cpu.registers.cs).toBe(GUEST_KERNEL_CS);
    expect(readField(cpu, 'irqEnabled')).toBe(0);
    expect(readField(cpu, 'irqPending')).toBe(0x200);
    expect(nextInterrupt(cpu)).toBe(9);
    expect(cpu.counters.interrupts).toBe(1);
  });

  test('the note is taken back when nothing more waits', () => {
    const cpu = readyGuest();
    setPending(cpu, 4);
    writeField(cpu, 'irqEnabled', 0);
    deliverInterrupt(cpu, noon);
    expect(readField(cpu, 'irqPending')).toBe(0x200);
    expect(cpu.counters.interrupts).toBe(0);
    writeField(cpu, 'irqEnabled', 0x200);
    deliverInterrupt(cpu, noon);
    expect(readField(cpu, 'irqPending')).toBe(0);
    expect(cpu.counters.interrupts).toBe(1);
  });

  test('a masked interrupt waits without a word', () => {
    const cpu = readyGuest();
    writeField(cpu, 'blockedInterrupts', 0xffff_ffff);
    setPending(cpu, 4);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(KERNEL_ADDRESS + 0x1000);
    expect(readField(cpu, 'irqPending')).toBe(0);
    writeField(cpu, 'blockedInterrupts', 0);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(handlerOf(4));
  });

  test('out of a halt, even with interrupts off', () => {
    const cpu = readyGuest();
    writeField(cpu, 'irqEnabled', 0);
    call(cpu, hypercall.halt);
    expect(cpu.halted).toBe(true);
    deliverInterrupt(cpu, noon);
    expect(cpu.halted).toBe(true);
    setPending(cpu, 0);
    deliverInterrupt(cpu, noon);
    expect(cpu.halted).toBe(false);
    expect(cpu.registers.eip).toBe(handlerOf(0));
    // The frame says that interrupts were on: who halts wants to be woken.
    expect(cpu.memory.read32(guestPhysical(0x38_f00 - 4))).toBe(0x202);
  });

  test('out of a program: onto the kernel’s stack', () => {
    const cpu = readyGuest();
    Object.assign(cpu.registers, { cs: GUEST_USER_CS, ss: GUEST_USER_DS, eip: 0x0804_8000, esp: 0xbfff_0000 });
    setPending(cpu, 1);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.esp).toBe(STACK - 20);
    expect(cpu.memory.read32(guestPhysical(0x39_000 - 20))).toBe(0x0804_8000);
  });

  test('without a gate it stays pending, and only the time is told', () => {
    const cpu = readyGuest();
    call(cpu, hypercall.loadIdtEntry, 33, 0, 0);
    setPending(cpu, 1);
    deliverInterrupt(cpu, { clock: 250_000_000, secondsAtStart: 7 });
    expect(nextInterrupt(cpu)).toBe(1);
    expect(cpu.registers.eip).toBe(KERNEL_ADDRESS + 0x1000);
    expect([readField(cpu, 'timeSeconds'), readField(cpu, 'timeNanoseconds')]).toEqual([9, 500_000_000]);
  });

  test.each([-1, 32, 1.5, Number.NaN])('there is no interrupt %d', (irq) => {
    const cpu = readyGuest();
    expect(setPending(cpu, irq)).toBe(false);
    expect(cpu.pendingInterrupts).toBe(0);
  });
});

describe('a guest on its way through iret', () => {
  test('3.0: nothing is delivered inside the window, and the host looks again soon', () => {
    const cpu = readyGuest(since30);
    setPending(cpu, 4);
    for (const eip of [0x100, 0x104, 0x10f]) {
      cpu.registers.eip = KERNEL_ADDRESS + eip;
      deliverInterrupt(cpu, noon);
      expect(cpu.registers.eip).toBe(KERNEL_ADDRESS + eip);
      expect(cpu.windowBlocksInterrupt).toBe(true);
    }
    cpu.registers.eip = KERNEL_ADDRESS + 0x110;
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(handlerOf(4));
    expect(cpu.windowBlocksInterrupt).toBe(false);
  });

  test('4.1: at the iret itself the frame that lies there is used again', () => {
    const cpu = readyGuest(since41);
    setPending(cpu, 4);
    cpu.registers.eip = KERNEL_ADDRESS + 0x200;
    const frame = 0x38_f00;
    cpu.memory.write32(guestPhysical(frame + 8), 0x0001_7ed7);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(handlerOf(4));
    expect(cpu.registers.esp).toBe(STACK - 0x100);
    // Carry, parity, zero … and direction from the frame; trap, nested task, I/O privilege and resume not.
    expect(cpu.registers.eflags).toBe(0x0000_0ed7);
    expect(readField(cpu, 'irqEnabled')).toBe(0);
  });

  test('a program at the same address is in no window', () => {
    const cpu = readyGuest(since30);
    Object.assign(cpu.registers, { cs: GUEST_USER_CS, ss: GUEST_USER_DS, eip: KERNEL_ADDRESS + 0x104 });
    setPending(cpu, 4);
    deliverInterrupt(cpu, noon);
    expect(cpu.registers.eip).toBe(handlerOf(4));
  });
});
