import { describe, expect, test } from 'vitest';
import { INSTRUCTIONS_PER_MICROSECOND } from '../../../core/agreement/clock.ts';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { lguestEras, RING_ENTRIES, RING_FREE, RING_READY } from '../../../core/agreement/lguest-data.ts';
import { SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import { serveHypercalls } from '../../../core/host/hypercalls.ts';
import { call, DATA_AT, DEVICE_BYTES, guestPhysical, initializedGuest, MEMORY_BYTES, noon } from './fake-guest.ts';

const END = MEMORY_BYTES + DEVICE_BYTES;
type Guest = ReturnType<typeof initializedGuest>;

const fieldAt = ({ lguestData }: Guest, field: 'ring' | 'ringStatus') => DATA_AT + (lguestData?.era.at[field] ?? 0);

function queue(cpu: Guest, index: number, words: number[]): void {
  const [status, ring] = [fieldAt(cpu, 'ringStatus'), fieldAt(cpu, 'ring')];
  const bytes = cpu.lguestData?.era.ringEntryBytes ?? 0;
  words.forEach((word, place) => {
    cpu.memory.write32(guestPhysical(ring + index * bytes + place * 4), word);
  });
  cpu.memory.write8(guestPhysical(status + index), RING_READY);
}

const statusOf = (cpu: Guest, index: number) => cpu.memory.read8(guestPhysical(fieldAt(cpu, 'ringStatus') + index));

describe('numbers', () => {
  test.each([11, 12, 20, 0x7fff_ffff, 0xffff_ffff])('there is no call %i', (number) => {
    const cpu = initializedGuest();
    call(cpu, number);
    expect(cpu.dead?.reason).toBe(`the guest made hypercall 0x${number.toString(16)}, which does not exist`);
  });

  test('page middle directories are for PAE', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.setPageMiddle, 0, 0);
    expect(cpu.dead?.reason).toContain('no PAE');
  });

  test.each([hypercall.flushAsync, hypercall.sendInterrupts])('call %i changes nothing', (number) => {
    const cpu = initializedGuest();
    call(cpu, number, 1, 2, 3, 4);
    expect(cpu.dead).toBeNull();
    expect(cpu.tallies.hypercalls.table).toMatchObject({ LGUEST_INIT: 1 });
    expect(cpu.counters.hypercalls).toBe(2);
  });

  test('old kernels bring their arguments in edx, ebx, ecx', () => {
    const cpu = initializedGuest(lguestEras[3]);
    cpu.registers.eax = hypercall.loadGdtEntry;
    cpu.registers.write('edx', 20);
    cpu.registers.write('ebx', 0xffff);
    cpu.registers.write('ecx', 0x00cf_b300);
    cpu.hypercallPending = true;
    serveHypercalls(cpu, noon);
    expect([cpu.gdt[40], cpu.gdt[41]]).toEqual([0xffff, 0x00cf_b300]);
  });
});

describe('the ring of batched calls', () => {
  const setTs = (on: number) => [hypercall.taskSwitched, on, 0, 0, 0];

  test('is served in order before the call that was trapped for', () => {
    const cpu = initializedGuest();
    queue(cpu, 0, setTs(1));
    queue(cpu, 1, [hypercall.loadGdtEntry, 20, 0xffff, 0x00cf_b300, 0]);
    queue(cpu, 2, [hypercall.loadGdtEntry, 20, 0x1111, 0x00cf_b300, 0]);
    call(cpu, hypercall.taskSwitched, 0);
    expect(cpu.taskSwitched).toBe(false);
    expect(cpu.gdt[40]).toBe(0x1111);
    expect([0, 1, 2].map((index) => statusOf(cpu, index))).toEqual([RING_FREE, RING_FREE, RING_FREE]);
    expect(cpu.nextRingEntry).toBe(3);
    expect(cpu.counters.asynchronousHypercalls).toBe(3);
  });

  test('in 2.6.24 has four words an entry, in an order of its own', () => {
    const cpu = initializedGuest(lguestEras[3]);
    queue(cpu, 0, [hypercall.loadGdtEntry, 0x2222, 0x00cf_b300, 20]);
    call(cpu, hypercall.flushAsync);
    expect([cpu.gdt[40], cpu.gdt[41]]).toEqual([0x2222, 0x00cf_b300]);
  });

  test('always ready everywhere, makes one turn and no more', () => {
    const cpu = initializedGuest();
    for (let index = 0; index < RING_ENTRIES; index++) queue(cpu, index, setTs(1));
    cpu.nextRingEntry = 60;
    call(cpu, hypercall.flushAsync);
    expect(cpu.counters.asynchronousHypercalls).toBe(RING_ENTRIES);
    expect(cpu.nextRingEntry).toBe(60);
  });

  test('may hold a switch of page tables, and calls after it', () => {
    const cpu = initializedGuest();
    queue(cpu, 0, [hypercall.newPageTable, 0x10_000, 0, 0, 0]);
    queue(cpu, 1, [hypercall.setPageTableEntry, 0x10_000, 0x40_0000, 0x3_0021, 0]);
    call(cpu, hypercall.flushAsync);
    expect(cpu.shadow.current.guestDirectory).toBe(0x10_000);
  });

  test('ends with the guest', () => {
    const cpu = initializedGuest();
    queue(cpu, 0, [hypercall.initialize, DATA_AT, 0, 0, 0]);
    queue(cpu, 1, setTs(1));
    call(cpu, hypercall.loadGdtEntry, 20, 0x3333, 0x00cf_b300);
    expect(cpu.dead?.reason).toContain('a second time');
    expect(cpu.taskSwitched).toBe(false);
    expect(cpu.gdt[40]).toBe(0);
  });

  test('stops for the launcher, and goes on where it stopped', () => {
    const cpu = initializedGuest();
    queue(cpu, 0, [hypercall.notify, MEMORY_BYTES, 0, 0, 0]);
    queue(cpu, 1, setTs(1));
    call(cpu, hypercall.loadGdtEntry, 20, 0x3333, 0x00cf_b300);
    expect(cpu.notification).toBe(MEMORY_BYTES);
    expect([cpu.taskSwitched, cpu.gdt[40], cpu.hypercallPending]).toEqual([false, 0, true]);
    cpu.notification = null;
    serveHypercalls(cpu, noon);
    expect([cpu.taskSwitched, cpu.gdt[40], cpu.hypercallPending]).toEqual([true, 0x3333, false]);
  });
});

describe('SET_STACK', () => {
  test.each([
    ['ring 0', [0x68, 0x8000, 0]],
    ['ring 2', [0x6a, 0x8000, 0]],
    ['ring 3', [0x6b, 0x8000, 0]],
    ['three pages', [0x69, 0x8000, 3]],
    ['no end of pages', [0x69, 0x8000, 0xffff_ffff]],
    ['a top at 0', [0x69, 0, 1]],
    ['a top below its pages', [0x69, 0x1fff, 2]],
    ['a top inside the Switcher', [0x69, SWITCHER_ADDRESS + 0x2000, 0]],
  ])('%s is the end', (_, args) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.setStack, ...args);
    expect(cpu.dead?.end).toBe('killed');
    expect(cpu.stack.pages).toBe(0);
  });
});

describe('SET_CLOCKEVENT', () => {
  const at = (nanoseconds: number, clock: number) => {
    const cpu = initializedGuest();
    cpu.registers.eax = hypercall.setClockEvent;
    cpu.registers.write('ebx', nanoseconds);
    cpu.hypercallPending = true;
    serveHypercalls(cpu, { clock, secondsAtStart: 0 });
    return cpu.clockDeadline;
  };

  test('counts in the board’s clock, rounded up', () => {
    expect(at(1000, 5000)).toBe(5000 + INSTRUCTIONS_PER_MICROSECOND);
    expect(at(1, 5000)).toBe(5001);
    expect(at(0xffff_ffff, 0)).toBe(Math.ceil((0xffff_ffff * INSTRUCTIONS_PER_MICROSECOND) / 1000));
  });

  test('0 switches it off', () => expect(at(0, 5000)).toBeNull());
});

describe('NOTIFY', () => {
  test.each([0, DATA_AT, END - 1])('%i is in memory: the launcher shall see', (address) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.notify, address);
    expect(cpu.notification).toBe(address);
  });

  test.each([END, 0xffff_ffff])('%i is not', (address) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.notify, address);
    expect(cpu.dead?.reason).toContain('beyond its memory');
  });
});

describe('SHUTDOWN', () => {
  const say = (cpu: Guest, at: number, bytes: Uint8Array | string) =>
    cpu.memory.writeBytes(
      guestPhysical(at),
      typeof bytes === 'string' ? Uint8Array.from(bytes, (c) => c.charCodeAt(0)) : bytes,
    );

  test('“Power down” is how Linux ends well', () => {
    const cpu = initializedGuest();
    say(cpu, 0x9000, 'Power down\0');
    call(cpu, hypercall.shutdown, 0x9000, 1);
    expect(cpu.dead).toEqual({ why: 'dead', end: 'power off', reason: 'Power down' });
  });

  test('any other text is a panic’s', () => {
    const cpu = initializedGuest();
    say(cpu, 0x9000, 'Attempted to kill init!\0');
    call(cpu, hypercall.shutdown, 0x9000, 1);
    expect(cpu.dead).toEqual({ why: 'dead', end: 'killed', reason: 'the guest shut down: Attempted to kill init!' });
  });

  test('a restart needs no text', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.shutdown, 0xffff_ffff, 2);
    expect(cpu.dead?.end).toBe('restart');
  });

  test('a text that never ends is cut, one that commands a terminal is tamed', () => {
    const cpu = initializedGuest();
    say(cpu, 0x9000, new Uint8Array(4096).fill(0x41));
    say(cpu, 0x9000, '\x1b[2J\x07\x9b\xff');
    call(cpu, hypercall.shutdown, 0x9000, 1);
    expect(cpu.dead?.reason).toBe(`the guest shut down: [2J   ${'A'.repeat(121)}`);
  });

  test('a text at the end of memory is read to the end', () => {
    const cpu = initializedGuest();
    say(cpu, END - 3, 'bye');
    call(cpu, hypercall.shutdown, END - 3, 1);
    expect(cpu.dead?.reason).toBe('the guest shut down: bye');
  });

  test('the first reason is the one that counts', () => {
    const cpu = initializedGuest();
    call(cpu, 99);
    call(cpu, hypercall.shutdown, 0xffff_ffff, 2);
    expect(cpu.dead?.reason).toContain('0x63');
  });
});
