import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { lguestEras } from '../../../core/agreement/lguest-data.ts';
import { GUEST_USER_CS } from '../../../core/agreement/segments.ts';
import { eflags, pageFaultError, vector } from '../../../core/agreement/traps.ts';
import { accessDevice } from '../../../core/host/device-access.ts';
import type { GuestCpu } from '../../../core/host/guest-cpu.ts';
import { demandPage, readShadowEntry } from '../../../core/host/page-tables.ts';
import { serveTrap } from '../../../core/host/serve-trap.ts';
import {
  A,
  call,
  D,
  DIRECTORY_AT,
  fakeGuest,
  guestPhysical,
  initializedGuest,
  KERNEL_ADDRESS,
  mapInGuest,
  P,
  RW,
  US,
} from './fake-guest.ts';
import { FakeSurroundings, WINDOW_BYTES, WINDOW_START } from './fake-surroundings.ts';

const CODE = KERNEL_ADDRESS + 0x3000;
const CODE_FRAME = 0x33_000;
const DEVICE = 0xd000_0000;
const LOAD = 0;
const STORE = pageFaultError.write;

/** A guest with a page fault handler, about to run `code`, with the whole window mapped at DEVICE and ebx pointing 0x40 into it. */
function driver(code: readonly number[], eip = CODE) {
  const surroundings = new FakeSurroundings();
  const cpu = initializedGuest(lguestEras[0], surroundings);
  call(cpu, hypercall.newPageTable, DIRECTORY_AT);
  mapInGuest(cpu, CODE, CODE_FRAME | P | RW);
  for (let page = 0; page < WINDOW_BYTES; page += 0x1000)
    mapInGuest(cpu, DEVICE + page, (WINDOW_START + page) | P | RW);
  mapInGuest(cpu, KERNEL_ADDRESS + 0x8000, 0x28_000 | P | RW);
  call(cpu, hypercall.loadIdtEntry, vector.pageFault, 0x5000, KERNEL_ADDRESS | 0x8e00);
  call(cpu, hypercall.setStack, 0x69, KERNEL_ADDRESS + 0x9000, 1);
  call(cpu, hypercall.loadGdtEntry, 20, 0x1000_ffff, 0xd0cf_b300); // data from 0xd0001000
  call(cpu, hypercall.loadGdtEntry, 21, 0x3001_ffff, 0xc0cf_bb00); // code from 0xc0003001
  call(cpu, hypercall.loadGdtEntry, 22, 0x0010_ffff, 0x00cf_b300); // data from 0x10
  const inPage = code.slice(0, CODE + 0x1000 - eip);
  cpu.memory.writeBytes(guestPhysical(CODE_FRAME + (eip - CODE)), Uint8Array.from(inPage));
  cpu.registers.eip = eip;
  cpu.registers.esp = KERNEL_ADDRESS + 0x9000;
  cpu.registers.eax = 0x1122_3344;
  cpu.registers.write('ebx', DEVICE + 0x40);
  cpu.registers.write('ecx', 8);
  cpu.registers.write('esi', 0xffff_fff0);
  cpu.registers.eflags |= eflags.resume;
  surroundings.take();
  return { cpu, surroundings };
}

const little = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

describe('what a driver’s move comes down to', () => {
  test.each([
    ['mov [ebx], eax', [0x89, 0x03], 0x40, 'write 40 4 11223344'],
    ['mov [ebx], ax', [0x66, 0x89, 0x03], 0x40, 'write 40 2 3344'],
    ['mov [ebx], al', [0x88, 0x03], 0x40, 'write 40 1 44'],
    ['mov [ebx], ah', [0x88, 0x23], 0x40, 'write 40 1 33'],
    ['mov [ebx+4], eax', [0x89, 0x43, 0x04], 0x44, 'write 44 4 11223344'],
    ['mov [ebx-16], eax', [0x89, 0x43, 0xf0], 0x30, 'write 30 4 11223344'],
    ['mov [ebx+0x1000], eax', [0x89, 0x83, ...little(0x1000)], 0x1040, 'write 1040 4 11223344'],
    ['mov [disp32], eax by ModRM', [0x89, 0x05, ...little(DEVICE + 8)], 8, 'write 8 4 11223344'],
    ['mov [ebx+ecx*4], eax', [0x89, 0x04, 0x8b], 0x60, 'write 60 4 11223344'],
    ['mov [ebx+esi*1+32], eax', [0x89, 0x44, 0x33, 0x20], 0x50, 'write 50 4 11223344'],
    ['mov [ebx] by SIB without index', [0x89, 0x04, 0x23], 0x40, 'write 40 4 11223344'],
    ['mov [ecx*8+disp32], eax', [0x89, 0x04, 0xcd, ...little(DEVICE)], 0x40, 'write 40 4 11223344'],
    ['mov [ebp-less disp32], eax by SIB', [0x89, 0x04, 0x25, ...little(DEVICE + 4)], 4, 'write 4 4 11223344'],
    ['mov [moffs], eax', [0xa3, ...little(DEVICE + 0x10)], 0x10, 'write 10 4 11223344'],
    ['mov [moffs], al', [0xa2, ...little(DEVICE + 0x10)], 0x10, 'write 10 1 44'],
    ['mov byte [ebx], imm', [0xc6, 0x03, 0x5a], 0x40, 'write 40 1 5a'],
    ['mov word [ebx], imm', [0x66, 0xc7, 0x03, 0x5a, 0xa5], 0x40, 'write 40 2 a55a'],
    ['mov dword [ebx+1], imm', [0xc7, 0x43, 0x01, ...little(0xfedc_ba98)], 0x41, 'write 41 4 fedcba98'],
    ['mov es:[ebx], eax', [0x26, 0x89, 0x03], 0x40, 'write 40 4 11223344'],
    ['six prefixes', [0x66, 0x2e, 0x36, 0x3e, 0x26, 0x66, 0x89, 0x03], 0x40, 'write 40 2 3344'],
  ] as const)('%s', (_, code, offset, asked) => {
    const { cpu, surroundings } = driver(code);
    expect(serveTrap(cpu, vector.pageFault, STORE, DEVICE + offset)).toBe('device access');
    expect(surroundings.take()).toEqual([asked]);
    expect(cpu.registers.eip).toBe(CODE + code.length);
    expect(cpu.registers.eflags & eflags.resume).toBe(0);
    expect(cpu.counters.deviceAccesses).toBe(1);
    expect(cpu.counters.kernelPageFaults).toBe(0);
  });

  test.each([
    ['mov eax, [ebx]', [0x8b, 0x03], 'eax', 4, 0x89ab_cdef],
    ['mov ax, [ebx]', [0x66, 0x8b, 0x03], 'eax', 2, 0x1122_cdef],
    ['mov al, [ebx]', [0x8a, 0x03], 'eax', 1, 0x1122_33ef],
    ['mov ah, [ebx]', [0x8a, 0x23], 'eax', 1, 0x1122_ef44],
    ['mov ch, [ebx]', [0x8a, 0x2b], 'ecx', 1, 0xef08],
    ['mov ebx, [ebx]', [0x8b, 0x1b], 'ebx', 4, 0x89ab_cdef],
    ['mov esp, [ebx]', [0x8b, 0x23], 'esp', 4, 0x89ab_cdef],
    ['mov eax, [moffs]', [0xa1, ...little(DEVICE + 0x40)], 'eax', 4, 0x89ab_cdef],
    ['mov al, [moffs]', [0xa0, ...little(DEVICE + 0x40)], 'eax', 1, 0x1122_33ef],
    ['movzx eax, byte [ebx]', [0x0f, 0xb6, 0x03], 'eax', 1, 0xef],
    ['movzx eax, word [ebx]', [0x0f, 0xb7, 0x03], 'eax', 2, 0xcdef],
    ['movsx eax, byte [ebx]', [0x0f, 0xbe, 0x03], 'eax', 1, 0xffff_ffef],
    ['movsx eax, word [ebx]', [0x0f, 0xbf, 0x03], 'eax', 2, 0xffff_cdef],
    ['movsx ax, byte [ebx]', [0x66, 0x0f, 0xbe, 0x03], 'eax', 1, 0x1122_ffef],
    ['movzx esi, byte [ebx]', [0x0f, 0xb6, 0x33], 'esi', 1, 0xef],
  ] as const)('%s', (_, code, register, bytes, after) => {
    const { cpu, surroundings } = driver(code);
    expect(serveTrap(cpu, vector.pageFault, LOAD, DEVICE + 0x40)).toBe('device access');
    expect(surroundings.take()).toEqual([`read 40 ${bytes}`]);
    expect(cpu.registers.read(register)).toBe(after);
    expect(cpu.registers.eip).toBe(CODE + code.length);
  });

  test('through a segment that does not begin at 0', () => {
    const { cpu, surroundings } = driver([0x65, 0x89, 0x03]);
    cpu.registers.write('gs', 20 * 8 + 1);
    cpu.registers.write('ebx', 0x44);
    expect(accessDevice(cpu, DEVICE + 0x1044, STORE)).toBe(true);
    expect(surroundings.take()).toEqual(['write 1044 4 11223344']);
  });

  test('with ebp the stack’s segment counts', () => {
    const { cpu } = driver([0x89, 0x45, 0x00]);
    cpu.registers.write('ebp', DEVICE);
    cpu.registers.ss = 22 * 8 + 1;
    expect(accessDevice(cpu, DEVICE, STORE)).toBe(false);
    expect(accessDevice(cpu, DEVICE + 0x10, STORE)).toBe(true);
  });

  test('over a page boundary of the code, if both pages are there', () => {
    const code = [0x89, 0x83, ...little(0x10)];
    const { cpu } = driver(code, CODE + 0xffd);
    expect(accessDevice(cpu, DEVICE + 0x50, STORE)).toBe(false);
    mapInGuest(cpu, CODE + 0x1000, 0x20_000 | P);
    cpu.memory.writeBytes(guestPhysical(0x20_000), Uint8Array.from(code.slice(3)));
    expect(accessDevice(cpu, DEVICE + 0x50, STORE)).toBe(true);
    expect(cpu.registers.eip).toBe(CODE + 0x1003);
  });
});

describe('what is the guest’s own fault', () => {
  function expectReflected({ cpu, surroundings }: ReturnType<typeof driver>, errorCode: number, address: number) {
    expect(serveTrap(cpu, vector.pageFault, errorCode, address)).toBe('kernel page fault reflected');
    expect(cpu.dead).toBeNull();
    expect(cpu.registers.eip).toBe(KERNEL_ADDRESS + 0x5000);
    expect(cpu.counters.deviceAccesses).toBe(0);
    expect(surroundings.take()).toEqual([]);
  }

  test.each([
    ['movsb', [0xa4], STORE],
    ['rep stosd', [0xf3, 0xab], STORE],
    ['lock mov', [0xf0, 0x89, 0x03], STORE],
    ['rep mov', [0xf3, 0x89, 0x03], STORE],
    ['mov with 16-bit addresses', [0x67, 0x89, 0x07], STORE],
    ['xchg', [0x87, 0x03], STORE],
    ['add [ebx], eax', [0x01, 0x03], STORE],
    ['push [ebx]', [0xff, 0x33], LOAD],
    ['test [ebx], 1', [0xf6, 0x03, 0x01], LOAD],
    ['mov [ebx], ds', [0x8c, 0x1b], STORE],
    ['C7 of another number', [0xc7, 0x4b, 0x00, 1, 0, 0, 0], STORE],
    ['C6 of another number', [0xc6, 0x0b, 0x01], STORE],
    ['movaps', [0x0f, 0x28, 0x03], LOAD],
    ['a move between registers', [0x89, 0xc3], STORE],
    ['nothing but prefixes', Array(15).fill(0x66), STORE],
    ['one byte too long', [...Array(14).fill(0x66), 0x89, 0x03], STORE],
    ['a move elsewhere', [0x89, 0x43, 0x04], STORE],
    ['a load where a store faulted', [0x8b, 0x03], STORE],
    ['a store where a load faulted', [0x89, 0x03], LOAD],
  ] as const)('%s', (_, code, errorCode) => {
    expectReflected(driver(code), errorCode, DEVICE + 0x40);
  });

  test('an instruction that goes on in a page that is not there', () => {
    const guest = driver([0x89, 0x83, ...little(0)], CODE + 0xffd);
    expectReflected(guest, STORE, DEVICE + 0x40);
  });

  test('an instruction at the very end of its segment', () => {
    const guest = driver([0x89, 0x03]);
    guest.cpu.registers.cs = 21 * 8 + 1;
    guest.cpu.registers.eip = 0xffff_ffff;
    expect(accessDevice(guest.cpu, DEVICE + 0x40, STORE)).toBe(false);
    guest.cpu.registers.eip = 0xffff_fffe;
    guest.cpu.memory.writeBytes(guestPhysical(CODE_FRAME - 1), Uint8Array.of(0x89, 0x03));
    mapInGuest(guest.cpu, CODE - 0x1000, (CODE_FRAME - 0x1000) | P);
    expect(accessDevice(guest.cpu, DEVICE + 0x40, STORE)).toBe(true);
    expect(guest.cpu.registers.eip).toBe(0);
  });

  test('a move over the end of the window, or of a page', () => {
    const end = driver([0x89, 0x03]);
    end.cpu.registers.write('ebx', DEVICE + WINDOW_BYTES - 2);
    expectReflected(end, STORE, DEVICE + WINDOW_BYTES - 2);
    const page = driver([0x89, 0x03]);
    page.cpu.registers.write('ebx', DEVICE + 0xffe);
    expectReflected(page, STORE, DEVICE + 0xffe);
  });

  test('a store to a page mapped read-only', () => {
    const guest = driver([0x89, 0x03]);
    mapInGuest(guest.cpu, DEVICE, WINDOW_START | P);
    expectReflected(guest, STORE, DEVICE + 0x40);
  });

  test('code that lies in the window itself', () => {
    const guest = driver([]);
    guest.cpu.registers.eip = DEVICE;
    expectReflected(guest, LOAD, DEVICE);
  });
});

test('a program does not reach devices, even if its kernel mapped them for it', () => {
  const { cpu, surroundings } = driver([0x89, 0x03]);
  mapInGuest(cpu, DEVICE, WINDOW_START | P | RW | US);
  cpu.registers.cs = GUEST_USER_CS;
  const error = pageFaultError.user | STORE;
  expect(serveTrap(cpu, vector.pageFault, error, DEVICE + 0x40)).toBe('user page fault reflected');
  expect(surroundings.take()).toEqual([]);
  expect(cpu.dead).toBeNull();
});

describe('a page of devices', () => {
  test('never gets a shadow entry, not even when the guest announces it as touched', () => {
    const { cpu } = driver([]);
    mapInGuest(cpu, DEVICE + 0x8000, 0x30_000 | P | RW | D);
    expect(demandPage(cpu, DEVICE + 0x8000, STORE)).toBe('filled');
    call(cpu, hypercall.setPageTableEntry, DIRECTORY_AT, DEVICE, WINDOW_START | P | RW | A | D);
    expect(cpu.dead).toBeNull();
    expect(readShadowEntry(cpu, DEVICE)).toBe(0);
    expect(demandPage(cpu, DEVICE, STORE)).toBe('device');
  });

  test.each([
    ['just below the window', WINDOW_START - 0x1000],
    ['just above the window', WINDOW_START + WINDOW_BYTES],
    ['in the window, but large', WINDOW_START | 0x80],
    ['at the top of all addresses', 0xffff_f000],
  ])('but one %s is the guest’s death, as ever', (_, value) => {
    const { cpu } = driver([0x89, 0x03]);
    mapInGuest(cpu, DEVICE, (value | P | RW) >>> 0);
    serveTrap(cpu, vector.pageFault, STORE, DEVICE + 0x40);
    expect(cpu.dead?.reason).toContain('bad page table entry');
  });

  test('is none before the guest has introduced itself', () => {
    const surroundings = new FakeSurroundings();
    const cpu = fakeGuest(surroundings);
    cpu.registers.eip = 0x1000;
    serveTrap(cpu, vector.pageFault, LOAD, WINDOW_START);
    expect(cpu.dead?.reason).toContain('bad page table entry');
    expect(surroundings.take()).toEqual([]);
  });

  test('is no stack', () => {
    const { cpu } = driver([]);
    call(cpu, hypercall.setStack, 0x69, DEVICE + 0x1000, 1);
    expect(cpu.dead?.reason).toContain('no memory for its stack');
  });
});

test('whatever the bytes and registers are, the guest moves on by one instruction or not at all', () => {
  const stores = fc.constantFrom(LOAD, STORE);
  const opcode = fc.constantFrom(0x88, 0x89, 0x8a, 0x8b, 0xc6, 0xc7, 0xa4, 0x87, 0x0f, 0x66, 0x26, 0xf0);
  // Half of the bytes name [ebx], so that some of it makes sense.
  const modrm = fc.oneof(
    fc.nat(255),
    fc.nat(7).map((register) => register * 8 + 3),
  );
  const bytes = fc
    .tuple(fc.array(opcode, { minLength: 1, maxLength: 4 }), modrm, fc.array(fc.nat(255), { minLength: 15 }))
    .map(([start, middle, end]) => [...start, middle, ...end].slice(0, 15));
  const { cpu, surroundings } = driver([]);
  let movedAtAll = 0;
  const tryOne = (guest: GuestCpu, code: number[], errorCode: number, offset: number, at: number) => {
    guest.memory.writeBytes(guestPhysical(CODE_FRAME), Uint8Array.from(code));
    guest.registers.eip = CODE + at;
    guest.registers.write('ebx', DEVICE + offset);
    const moved = accessDevice(guest, DEVICE + offset, errorCode);
    const asked = surroundings.take();
    if (moved) movedAtAll++;
    expect(asked).toHaveLength(moved ? 1 : 0);
    const length = guest.registers.eip - CODE - at;
    expect(length).toBeGreaterThanOrEqual(moved ? 2 : 0);
    expect(length).toBeLessThanOrEqual(moved ? 15 : 0);
  };
  fc.assert(
    fc.property(bytes, stores, fc.nat(0x3fff), fc.nat(3), (code, errorCode, offset, at) => {
      tryOne(cpu, code, errorCode, offset, at);
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect(movedAtAll).toBeGreaterThan(20);
});
