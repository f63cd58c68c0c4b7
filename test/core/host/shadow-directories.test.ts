import { describe, expect, test } from 'vitest';
import { PAGE_BYTES } from '../../../core/agreement/addresses.ts';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import { pageFaultError } from '../../../core/agreement/traps.ts';
import { demandPage } from '../../../core/host/page-tables.ts';
import {
  A,
  call,
  D,
  DATA_AT,
  DEVICE_BYTES,
  DIRECTORY_AT,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  MEMORY_BYTES,
  mapInGuest,
  P,
  RW,
  shadowMappings,
  US,
} from './fake-guest.ts';

const READ = pageFaultError.user;
const USER_PAGE = 0x0040_0000;

function pagedGuest() {
  const cpu = initializedGuest();
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  mapInGuest(cpu, USER_PAGE, 0x30_000 | P | RW | US);
  mapInGuest(cpu, KERNEL_ADDRESS, 0x31_000 | P | RW);
  demandPage(cpu, USER_PAGE, READ);
  demandPage(cpu, KERNEL_ADDRESS, 0);
  return cpu;
}

/** A second directory with the same tables as the first. */
function copyDirectory(cpu: ReturnType<typeof pagedGuest>, at: number): number {
  cpu.memory.writeBytes(guestPhysical(at), cpu.memory.readBytes(guestPhysical(DIRECTORY_AT), PAGE_BYTES));
  return at;
}

describe('NEW_PGTABLE', () => {
  test('a directory seen before is found again with all it had', () => {
    const cpu = pagedGuest();
    const first = shadowMappings(cpu);
    call(cpu, hypercall.newPageTable, copyDirectory(cpu, 0x80_000));
    expect(shadowMappings(cpu)).toEqual([]);
    call(cpu, hypercall.newPageTable, DIRECTORY_AT);
    expect(shadowMappings(cpu)).toEqual(first);
    expect(first).toEqual(['400000:30000:ru', 'c0000000:31000:rs']);
  });

  test('the fifth directory takes the place of the first, whose kernel part it keeps', () => {
    const cpu = pagedGuest();
    const first = cpu.shadow.current.page;
    for (let index = 1; index <= 4; index++) {
      call(cpu, hypercall.newPageTable, copyDirectory(cpu, 0x80_000 + index * PAGE_BYTES));
    }
    expect(cpu.shadow.current.page).toBe(first);
    expect(shadowMappings(cpu)).toEqual(['c0000000:31000:rs']);
    call(cpu, hypercall.newPageTable, DIRECTORY_AT);
    expect(cpu.shadow.current.page).not.toBe(first);
  });

  test('the directory at guest-physical 0 is a directory like any other', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.newPageTable, copyDirectory(cpu, 0));
    expect(cpu.dead).toBeNull();
    expect(demandPage(cpu, USER_PAGE, READ)).toBe('filled');
  });

  test('the page of lguest_data will do, since the guest insists', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.newPageTable, DATA_AT);
    expect(cpu.dead).toBeNull();
  });

  test.each([
    ['unaligned', DIRECTORY_AT + 4],
    ['right behind memory', MEMORY_BYTES + DEVICE_BYTES],
    ['at the end of the world', 0xffff_f000],
  ])('a directory %s is the end', (_, at) => {
    const cpu = pagedGuest();
    call(cpu, hypercall.newPageTable, at);
    expect(cpu.dead?.reason).toContain(`switched to a page directory at 0x${at.toString(16)}`);
  });
});

describe('FLUSH_TLB', () => {
  test('0 drops what is the program’s', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.flushTlb, 0);
    expect(shadowMappings(cpu)).toEqual(['c0000000:31000:rs']);
  });

  test('1 drops everything everywhere but the stack', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setStack, 0x69, KERNEL_ADDRESS + PAGE_BYTES, 1);
    const first = cpu.shadow.current.page;
    call(cpu, hypercall.newPageTable, copyDirectory(cpu, 0x80_000));
    demandPage(cpu, USER_PAGE, READ);
    call(cpu, hypercall.flushTlb, 1);
    expect(shadowMappings(cpu, first)).toEqual([]);
    expect(shadowMappings(cpu)).toEqual(['c0000000:31000:ws']);
  });

  test('a storm of them loses no table', () => {
    const cpu = pagedGuest();
    const free = cpu.shadow.freeTables.length;
    for (let round = 0; round < 500; round++) {
      demandPage(cpu, USER_PAGE, READ);
      demandPage(cpu, KERNEL_ADDRESS, 0);
      call(cpu, hypercall.flushTlb, round & 1);
    }
    call(cpu, hypercall.flushTlb, 1);
    expect(cpu.shadow.freeTables.length).toBe(free + 2);
    expect(new Set(cpu.shadow.freeTables).size).toBe(free + 2);
  });
});

describe('SET_PTE', () => {
  test('a page called touched and dirty is mapped at once', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, USER_PAGE + 0x1000, 0x32_000 | P | RW | US | A | D);
    expect(shadowMappings(cpu)).toContain('401000:32000:wu');
  });

  test('one called touched but clean is mapped so that its first write is seen', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, USER_PAGE, 0x32_000 | P | RW | US | A);
    expect(shadowMappings(cpu)).toContain('400000:32000:ru');
  });

  test('one never touched, or not present, only loses what the shadow had', () => {
    for (const value of [0x32_000 | P | RW | US, 0, (0xffff_f000 | A | D) >>> 0]) {
      const cpu = pagedGuest();
      call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, USER_PAGE, value);
      expect(shadowMappings(cpu)).toEqual(['c0000000:31000:rs']);
      expect(cpu.dead).toBeNull();
    }
  });

  test('a kernel address changes in every directory, a program’s in its own', () => {
    const cpu = pagedGuest();
    const first = cpu.shadow.current.page;
    const other = copyDirectory(cpu, 0x80_000);
    call(cpu, hypercall.newPageTable, other);
    demandPage(cpu, USER_PAGE, READ);
    demandPage(cpu, KERNEL_ADDRESS, 0);
    call(cpu, hypercall.setPageTableEntry, other, USER_PAGE, 0);
    call(cpu, hypercall.setPageTableEntry, other, KERNEL_ADDRESS, 0x33_000 | P | A);
    expect(shadowMappings(cpu)).toEqual(['c0000000:33000:rs']);
    expect(shadowMappings(cpu, first)).toEqual(['400000:30000:ru', 'c0000000:33000:rs']);
  });

  test('for a directory nobody mirrors changes nothing', () => {
    const cpu = pagedGuest();
    const before = shadowMappings(cpu);
    for (const directory of [0, 0x90_000, 0xffff_ffff]) {
      call(cpu, hypercall.setPageTableEntry, directory, USER_PAGE, 0x32_000 | P | US | A);
      call(cpu, hypercall.setPageDirectoryEntry, directory, USER_PAGE >>> 22);
    }
    expect(shadowMappings(cpu)).toEqual(before);
    expect(cpu.dead).toBeNull();
  });

  test.each([SWITCHER_ADDRESS, 0xffff_ffff])('at %i, where the Switcher is, is the end', (address) => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, address, 0x32_000 | P | A);
    expect(cpu.dead?.reason).toContain('where the Switcher lives');
  });

  test.each([MEMORY_BYTES + DEVICE_BYTES, 0xffff_f000, 0x40_0080])('of the page %i is the end', (page) => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, USER_PAGE, (page | P | A) >>> 0);
    expect(cpu.dead?.reason).toContain('set a bad page table entry');
  });
});

describe('SET_PGD', () => {
  test('drops the four megabytes it is about', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageDirectoryEntry, DIRECTORY_AT, USER_PAGE >>> 22);
    expect(shadowMappings(cpu)).toEqual(['c0000000:31000:rs']);
  });

  test('leaves the Switcher’s own alone', () => {
    const cpu = pagedGuest();
    const at = cpu.shadow.current.page + 1023 * 4;
    const before = cpu.board.read32(at);
    call(cpu, hypercall.setPageDirectoryEntry, DIRECTORY_AT, 1023);
    expect(cpu.board.read32(at)).toBe(before);
    expect(before & P).toBe(P);
  });

  test.each([1024, 0x4000_0000, 0xffff_ffff])('entry %i does not exist', (index) => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setPageDirectoryEntry, DIRECTORY_AT, index);
    expect(cpu.dead?.reason).toBe(`the guest changed page directory entry 0x${index.toString(16)}, beyond the last`);
  });
});
