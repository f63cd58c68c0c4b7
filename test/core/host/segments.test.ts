import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { descriptor, gdtEntry } from '../../../core/agreement/segments.ts';
import { segmentBase } from '../../../core/host/segments.ts';
import { call, DATA_AT, DEVICE_BYTES, guestPhysical, initializedGuest, MEMORY_BYTES } from './fake-guest.ts';

const END = MEMORY_BYTES + DEVICE_BYTES;
const flatDataHigh = 0x00cf_9300;
const inRing = (ring: number) => flatDataHigh | (ring << descriptor.privilegeShift);
const entryOf = (cpu: ReturnType<typeof initializedGuest>, index: number) => [
  cpu.gdt[index * 2],
  cpu.gdt[index * 2 + 1],
];

describe('LOAD_GDT_ENTRY', () => {
  test.each([
    ['privilege 0 becomes 1', 0, 1],
    ['privilege 1 stays', 1, 1],
    ['privilege 3 stays', 3, 3],
  ])('%s', (_, asked, got) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, 20, 0xffff, inRing(asked));
    expect(entryOf(cpu, 20)).toEqual([0xffff, inRing(got)]);
  });

  test('marks a descriptor as accessed, since the processor cannot', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, 20, 0xffff, 0x00cf_f200);
    expect(entryOf(cpu, 20)).toEqual([0xffff, 0x00cf_f300]);
  });

  test('conforming code of ring 0 becomes conforming code of ring 1', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, 20, 0xffff, 0x00cf_9e00);
    expect(entryOf(cpu, 20)).toEqual([0xffff, 0x00cf_bf00]);
  });

  test.each([
    ['a task state segment of ring 1', 0x4000_0067, 0x0000_a900],
    ['a busy one', 0x4000_0067, 0x0000_ab00],
    ['a task gate', 0x0080_0000, 0x0000_e500],
    ['an old call gate that |= 1 would make a task gate', 0x0080_0000, 0x0000_e400],
    ['a call gate into the Switcher', 0x0050_0000, 0x0000_ec00],
    ['a local descriptor table', 0x0000_0067, 0x0000_8200],
    ['an interrupt gate', 0x0050_0000, 0x0000_ee00],
  ])('%s is the end', (_, low, high) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, 20, low, high);
    expect(cpu.dead?.reason).toContain('system descriptor');
    expect(entryOf(cpu, 20)).toEqual([0, 0]);
  });

  test('an absent system descriptor is as good as none', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, gdtEntry.localTable, 0x1234, 0x0000_0200);
    expect(entryOf(cpu, gdtEntry.localTable)).toEqual([0, 0]);
    expect(cpu.dead).toBeNull();
  });

  test.each([gdtEntry.lguestCode, gdtEntry.lguestStack, gdtEntry.taskState, gdtEntry.doubleFaultTask])(
    'entry %i is taken and forgotten, whatever it holds',
    (index) => {
      const cpu = initializedGuest();
      call(cpu, hypercall.loadGdtEntry, index, 0x4000_0067, 0x0000_8900);
      expect(cpu.dead).toBeNull();
      expect(entryOf(cpu, index)).toEqual([0, 0]);
    },
  );

  test('entry 0 stays empty', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, 0, 0xffff, inRing(1));
    expect(entryOf(cpu, 0)).toEqual([0, 0]);
  });

  test.each([32, 0xffff_ffff])('entry %i does not exist', (index) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdtEntry, index, 0xffff, inRing(1));
    expect(cpu.dead?.reason).toContain(`set GDT entry 0x${index.toString(16)}`);
  });
});

describe('LOAD_TLS', () => {
  test('sets entries 6 to 8 by the same rules', () => {
    const cpu = initializedGuest();
    cpu.memory.write32(guestPhysical(0x2000), 0xffff);
    cpu.memory.write32(guestPhysical(0x2004), inRing(3));
    cpu.memory.write32(guestPhysical(0x2008), 0xffff);
    cpu.memory.write32(guestPhysical(0x200c), inRing(0));
    call(cpu, hypercall.loadTls, 0x2000, 0);
    expect([6, 7, 8].map((index) => entryOf(cpu, index))).toEqual([
      [0xffff, inRing(3)],
      [0xffff, inRing(1)],
      [0, 0],
    ]);
  });

  test('refuses a system descriptor', () => {
    const cpu = initializedGuest();
    cpu.memory.write32(guestPhysical(0x2014), 0x0000_e900);
    call(cpu, hypercall.loadTls, 0x2000, 0);
    expect(cpu.dead?.reason).toContain('into GDT entry 0x8');
  });

  test('reads up to the last byte of memory', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadTls, END - 24, 0);
    expect(cpu.dead).toBeNull();
  });

  test('may read lguest_data, which is memory', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadTls, DATA_AT + 0x100, 0);
    expect(cpu.dead).toBeNull();
  });

  test.each([END - 23, END, 0xffff_fff8])('does not read at %i', (at) => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadTls, at, 0);
    expect(cpu.dead?.reason).toContain('beyond its memory');
  });
});

describe('LOAD_GDT', () => {
  test('takes all 32 at once', () => {
    const cpu = initializedGuest();
    cpu.memory.write32(guestPhysical(0x2000 + 20 * 8 + 4), inRing(0));
    cpu.memory.write32(guestPhysical(0x2000 + 16 * 8 + 4), 0x0000_8b00);
    call(cpu, hypercall.loadGdt, 0x2000, 32);
    expect(entryOf(cpu, 20)).toEqual([0, inRing(1)]);
    expect(entryOf(cpu, 16)).toEqual([0, 0]);
    expect(cpu.dead).toBeNull();
  });

  test('and never another number of them', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.loadGdt, 0x2000, 33);
    expect(cpu.dead?.end).toBe('killed');
  });
});

test('the base of a segment is put together from its three parts', () => {
  const cpu = initializedGuest();
  call(cpu, hypercall.loadGdtEntry, 20, 0x5678_ffff, 0x12cf_9334);
  expect(segmentBase(cpu, 20 * 8 + 1)).toBe(0x1234_5678);
  expect(segmentBase(cpu, 0xfff8)).toBe(0);
});
