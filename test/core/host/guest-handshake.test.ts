import { describe, expect, test } from 'vitest';
import { TSC_KHZ } from '../../../core/agreement/clock.ts';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { type LguestEra, lguestEras } from '../../../core/agreement/lguest-data.ts';
import { SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import { readField } from '../../../core/host/lguest-data.ts';
import { demandPage } from '../../../core/host/page-tables.ts';
import {
  call,
  DATA_AT,
  DEVICE_BYTES,
  fakeGuest,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  MEMORY_BYTES,
  shadowMappings,
  writeLguestData,
} from './fake-guest.ts';

const [newest] = lguestEras;
const bySince = (since: string): LguestEra => {
  const found = lguestEras.find((era) => era.since === since);
  if (found === undefined) throw new Error(`no era ${since}`);
  return found;
};

describe('LGUEST_INIT', () => {
  test.each(lguestEras.map((era) => [era.since, era] as const))('recognises a kernel of %s', (_, era) => {
    const cpu = initializedGuest(era);
    expect(cpu.lguestData?.era).toBe(era);
    expect(cpu.lguestData?.kernelAddress).toBe(KERNEL_ADDRESS);
    expect(readField(cpu, 'tscKhz')).toBe(TSC_KHZ);
    expect(readField(cpu, 'reserveMemory')).toBe(0x40_0000);
    expect(readField(cpu, 'timeSeconds')).toBe(1_000_000_000);
  });

  test('knows where each kernel must not be interrupted', () => {
    expect(initializedGuest(bySince('4.1')).lguestData).toMatchObject({
      noIrqWindow: null,
      noIrqIret: KERNEL_ADDRESS + 0x200,
    });
    expect(initializedGuest(bySince('3.0')).lguestData).toMatchObject({
      noIrqWindow: { start: KERNEL_ADDRESS + 0x100, end: KERNEL_ADDRESS + 0x110 },
      noIrqIret: null,
    });
  });

  test.each(['2.6.31', '2.6.24'])('gives a kernel of %s page tables that map its memory twice', (since) => {
    const cpu = initializedGuest(bySince(since));
    const directory = readField(cpu, 'pageDirectory');
    expect(directory).toBe(MEMORY_BYTES - 0x2000);
    demandPage(cpu, 0x7000, 2);
    demandPage(cpu, KERNEL_ADDRESS + 0x7000, 2);
    expect(shadowMappings(cpu)).toEqual(['7000:7000:wu', 'c0007000:7000:wu']);
  });

  test('puts those tables below the initrd', () => {
    const cpu = fakeGuest();
    cpu.memory.write32(guestPhysical(0x218), 0x18_0000);
    writeLguestData(cpu, bySince('2.6.31'));
    call(cpu, hypercall.initialize, DATA_AT);
    expect(readField(cpu, 'pageDirectory')).toBe(0x18_0000 - 0x2000);
  });

  test('may be followed by changes of mind, which nobody reads', () => {
    const cpu = initializedGuest();
    cpu.memory.write32(guestPhysical(DATA_AT + (newest.at.kernelAddress ?? 0)), 0xffff_ffff);
    expect(cpu.lguestData?.kernelAddress).toBe(KERNEL_ADDRESS);
  });

  test('works wherever the record fits, aligned or not', () => {
    for (const at of [0, 0x5001, MEMORY_BYTES + DEVICE_BYTES - newest.layout.bytes]) {
      const cpu = fakeGuest();
      writeLguestData(cpu, newest, at);
      call(cpu, hypercall.initialize, at);
      expect(cpu.dead).toBeNull();
      expect(cpu.lguestData?.at).toBe(at);
    }
  });
});

describe('LGUEST_INIT gone wrong', () => {
  test('twice', () => {
    const cpu = initializedGuest();
    call(cpu, hypercall.initialize, DATA_AT);
    expect(cpu.dead?.reason).toBe('the guest said LGUEST_INIT a second time');
  });

  test.each([0, 2, 4, 7, 10, 17, 19])('after call %i, which may not come first', (number) => {
    const cpu = fakeGuest();
    call(cpu, number, 0, 0, 0);
    expect(cpu.dead?.reason).toBe(`the guest made hypercall 0x${number.toString(16)} before LGUEST_INIT`);
  });

  test.each([MEMORY_BYTES + DEVICE_BYTES - newest.layout.bytes + 1, 0xffff_fffc])(
    'reaching beyond memory at %i',
    (at) => {
      const cpu = fakeGuest();
      call(cpu, hypercall.initialize, at);
      expect(cpu.dead?.reason).toContain('beyond its memory');
    },
  );

  test('with nothing there', () => {
    const cpu = fakeGuest();
    call(cpu, hypercall.initialize, 0x9000);
    expect(cpu.dead?.reason).toContain('there is no lguest_data');
  });

  test.each([SWITCHER_ADDRESS, 0xffff_ffff])('with kernel_address %i', (kernelAddress) => {
    const cpu = fakeGuest();
    writeLguestData(cpu, newest);
    cpu.memory.write32(guestPhysical(DATA_AT + (newest.at.kernelAddress ?? 0)), kernelAddress);
    call(cpu, hypercall.initialize, DATA_AT);
    expect(cpu.dead?.reason).toContain('kernel_address');
  });

  test('a kernel_address of 0 makes everything the kernel’s, and harms nobody', () => {
    const cpu = fakeGuest();
    writeLguestData(cpu, newest);
    cpu.memory.write32(guestPhysical(DATA_AT + (newest.at.kernelAddress ?? 0)), 0);
    call(cpu, hypercall.initialize, DATA_AT);
    call(cpu, hypercall.newPageTable, 0x10_000);
    call(cpu, hypercall.flushTlb, 0);
    call(cpu, hypercall.setPageTableEntry, 0x10_000, 0x40_0000, 0x3_0021);
    expect(cpu.dead).toBeNull();
  });
});
