import { describe, expect, test } from 'vitest';
import { PAGE_BYTES } from '../../../core/agreement/addresses.ts';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { entry, SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import { pageFaultError } from '../../../core/agreement/traps.ts';
import { demandPage } from '../../../core/host/page-tables.ts';
import { CACHED_DIRECTORIES, shadowPages } from '../../../core/host/shadow-tables.ts';
import {
  A,
  call,
  D,
  DEVICE_BYTES,
  DIRECTORY_AT,
  fakeGuest,
  guestEntryAt,
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
const WRITE = pageFaultError.user | pageFaultError.write;
const KERNEL_WRITE = pageFaultError.write;
const USER_PAGE = 0x0040_0000;

function pagedGuest() {
  const cpu = initializedGuest();
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  expect(cpu.dead).toBeNull();
  return cpu;
}

describe('a page the guest has and its shadow lacks', () => {
  test('is filled with the real page behind it', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, 0x30_000 | P | RW | US | D);
    expect(demandPage(cpu, USER_PAGE + 5, READ)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['400000:30000:wu']);
    expect(cpu.counters.shadowPagesFilled).toBe(1);
  });

  test('is read-only until it is dirty, and the guest sees both marks', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, 0x30_000 | P | RW | US);
    demandPage(cpu, USER_PAGE, READ);
    expect(shadowMappings(cpu)).toEqual(['400000:30000:ru']);
    expect(cpu.memory.read32(guestEntryAt(cpu, USER_PAGE))).toBe(0x30_000 | P | RW | US | A);
    expect(demandPage(cpu, USER_PAGE, WRITE | pageFaultError.present)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['400000:30000:wu']);
    expect(cpu.memory.read32(guestEntryAt(cpu, USER_PAGE))).toBe(0x30_000 | P | RW | US | A | D);
  });

  test('never gets the global bit', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, KERNEL_ADDRESS, 0x30_000 | P | RW | D | entry.global);
    demandPage(cpu, KERNEL_ADDRESS, KERNEL_WRITE);
    expect(shadowMappings(cpu)).toEqual(['c0000000:30000:ws']);
    expect(cpu.memory.read32(guestEntryAt(cpu, KERNEL_ADDRESS)) & entry.global).toBe(entry.global);
  });

  test('may be a device page', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, KERNEL_ADDRESS, MEMORY_BYTES | P | RW | entry.cacheDisable);
    expect(demandPage(cpu, KERNEL_ADDRESS, KERNEL_WRITE)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['c0000000:200000:ws']);
  });
});

describe('a fault the guest must see', () => {
  const cases: [string, number, number, number][] = [
    ['no entry', 0, P | RW | US, READ],
    ['a write to a page that may only be read', 0x30_000 | P | US, P | RW | US, WRITE],
    ["a program's access to the kernel's page", 0x30_000 | P | RW, P | RW | US, READ],
    ['a directory entry that forbids writing, though its table allows it', 0x30_000 | P | RW | US, P | US, WRITE],
    ['a directory entry of the kernel, though its table is open', 0x30_000 | P | RW | US, P | RW, READ],
    ["the kernel's write to a page that may only be read", 0x30_000 | P, P | RW, KERNEL_WRITE],
  ];
  test.each(cases)('%s', (_, tableEntry, directoryRights, error) => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, tableEntry, directoryRights);
    expect(demandPage(cpu, USER_PAGE, error)).toBe("the guest's");
    expect(shadowMappings(cpu)).toEqual([]);
    expect(cpu.dead).toBeNull();
  });

  test('nothing at all at or above the Switcher', () => {
    const cpu = pagedGuest();
    expect(demandPage(cpu, SWITCHER_ADDRESS, READ)).toBe("the guest's");
    expect(demandPage(cpu, 0xffff_ffff, KERNEL_WRITE)).toBe("the guest's");
  });
});

describe('page tables that break the rules', () => {
  const size = MEMORY_BYTES + DEVICE_BYTES;
  test.each([
    ['the first page beyond memory', size],
    ['the last page there is', 0xffff_f000],
  ])('a table entry for %s', (_, page) => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, (page | P | RW | US) >>> 0);
    expect(demandPage(cpu, USER_PAGE, READ)).toBe('fatal');
    expect(cpu.dead?.reason).toContain('bad page table entry');
    expect(shadowMappings(cpu)).toEqual([]);
  });

  test('a table entry with the bit for large pages', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, 0x30_000 | P | entry.pageSize | US);
    expect(demandPage(cpu, USER_PAGE, READ)).toBe('fatal');
  });

  test.each([
    ['a large page', 0x0040_0000 | P | RW | US | entry.pageSize],
    ['the global bit', 0x11_000 | P | US | entry.global],
    ['a table beyond memory', (0x7fff_f000 | P | RW | US) >>> 0],
  ])('a directory entry with %s', (_, value) => {
    const cpu = pagedGuest();
    cpu.memory.write32(guestPhysical(DIRECTORY_AT + (USER_PAGE >>> 22) * 4), value);
    expect(demandPage(cpu, USER_PAGE, READ)).toBe('fatal');
    expect(cpu.dead?.reason).toContain(`bad page directory entry 0x${value.toString(16)}`);
  });

  test('a directory that is its own page table harms only itself', () => {
    const cpu = pagedGuest();
    const index = USER_PAGE >>> 22;
    cpu.memory.write32(guestPhysical(DIRECTORY_AT + index * 4), DIRECTORY_AT | P | RW | US);
    // The table entry for this address is the directory entry just written; marking one marks the other.
    const address = USER_PAGE + index * PAGE_BYTES;
    expect(demandPage(cpu, address, WRITE)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual([`${address.toString(16)}:${DIRECTORY_AT.toString(16)}:wu`]);
    expect(cpu.memory.read32(guestPhysical(DIRECTORY_AT + index * 4))).toBe(DIRECTORY_AT | P | RW | US | A | D);
    expect(demandPage(cpu, address, WRITE)).toBe('filled');
    expect(cpu.dead).toBeNull();
  });
});

describe('directory rights that changed without a word', () => {
  test('are copied again with the next fill, so that nothing faults for ever', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, USER_PAGE, 0x30_000 | P | RW | US | A | D, P | US);
    expect(demandPage(cpu, USER_PAGE, READ)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['400000:30000:ru']);
    const slot = guestPhysical(DIRECTORY_AT + (USER_PAGE >>> 22) * 4);
    cpu.memory.write32(slot, cpu.memory.read32(slot) | RW);
    expect(demandPage(cpu, USER_PAGE, WRITE | pageFaultError.present)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['400000:30000:wu']);
  });
});

describe('before the guest has page tables', () => {
  test('every address of its memory is itself, for the kernel', () => {
    const cpu = fakeGuest();
    expect(demandPage(cpu, 0x1000, KERNEL_WRITE)).toBe('filled');
    expect(shadowMappings(cpu)).toEqual(['1000:1000:ws']);
    expect(demandPage(cpu, 0x1000, WRITE)).toBe("the guest's");
  });

  test('an address beyond its memory is its end', () => {
    const cpu = fakeGuest();
    expect(demandPage(cpu, 0x1000_0000, KERNEL_WRITE)).toBe('fatal');
    expect(cpu.dead?.reason).toContain('0x10000000');
  });

  test('the first page table ends that', () => {
    const cpu = initializedGuest();
    demandPage(cpu, 0x1000, KERNEL_WRITE);
    call(cpu, hypercall.newPageTable, DIRECTORY_AT);
    expect(shadowMappings(cpu)).toEqual([]);
    expect(demandPage(cpu, 0x1000, KERNEL_WRITE)).toBe("the guest's");
  });
});

describe('the pool of shadow tables', () => {
  test('when it is empty everything goes, the stack is pinned again, and the fault is still answered', () => {
    const cpu = pagedGuest();
    const stack = KERNEL_ADDRESS + 0x8000;
    mapInGuest(cpu, stack - 1, 0x38_000 | P | RW);
    call(cpu, hypercall.setStack, 0x69, stack, 1);
    const tables = shadowPages(MEMORY_BYTES) - CACHED_DIRECTORIES;
    // One table serves as page table for every address tried: the guest may do that.
    const shared = 0x100_000;
    for (let page = 0; page < 1024; page++)
      cpu.memory.write32(guestPhysical(shared + page * 4), 0x30_000 | P | RW | US);
    for (let index = 1; index <= tables + 5; index++) {
      cpu.memory.write32(guestPhysical(DIRECTORY_AT + index * 4), shared | P | RW | US);
      expect(demandPage(cpu, index * 2 ** 22, READ)).toBe('filled');
    }
    expect(cpu.dead).toBeNull();
    expect(cpu.counters.shadowTablesDropped).toBe(tables);
    const mappings = shadowMappings(cpu);
    expect(mappings).toContain('c0007000:38000:ws');
    expect(mappings).toContain(`${((tables + 5) * 2 ** 22).toString(16)}:30000:ru`);
    expect(mappings).not.toContain('400000:30000:ru');
  });
});

describe('the stack', () => {
  test('is mapped writable at once', () => {
    const cpu = pagedGuest();
    const top = KERNEL_ADDRESS + 0x8000;
    mapInGuest(cpu, top - 1, 0x38_000 | P | RW);
    mapInGuest(cpu, top - PAGE_BYTES - 1, 0x37_000 | P | RW);
    call(cpu, hypercall.setStack, 0x69, top, 2);
    expect(shadowMappings(cpu)).toEqual(['c0006000:37000:ws', 'c0007000:38000:ws']);
  });

  test('that is not there is the end', () => {
    const cpu = pagedGuest();
    call(cpu, hypercall.setStack, 0x69, KERNEL_ADDRESS + 0x8000, 1);
    expect(cpu.dead?.reason).toBe('the guest has no memory for its stack at 0xc0007fff');
  });

  test('that may only be read is the end', () => {
    const cpu = pagedGuest();
    mapInGuest(cpu, KERNEL_ADDRESS + 0x7000, 0x38_000 | P);
    call(cpu, hypercall.setStack, 0x69, KERNEL_ADDRESS + 0x8000, 1);
    expect(cpu.dead?.end).toBe('killed');
  });
});
