/** Crossings looked at closely: what is noted is what was true when the guest was left, and noting it changes nothing. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { entry } from '../../../core/agreement/page-tables.ts';
import { pageFaultError, vector } from '../../../core/agreement/traps.ts';
import type { CrossingCloseUp, CrossingRecord } from '../../../core/host/guest-events.ts';
import { MachineBoard } from '../../../core/launcher/machine-board.ts';
import { newHost } from '../../../main/new-host.ts';
import { addGuest, ask, CODE, createBench, powerOff, runAll } from './bare-guest.ts';

interface Seen {
  readonly record: CrossingRecord;
  readonly closeUp: CrossingCloseUp;
}

/** Runs a kernel of a few lines and answers every crossing. */
function watchKernel(program: string): Seen[] {
  const seen: Seen[] = [];
  const { host } = createBench(1);
  host.watchCrossings((record, closeUp) => seen.push({ record, closeUp }));
  runAll(host, [addGuest(host, 'one', program)]);
  return seen;
}

/** Boots the sample that faults on purpose; `watched` as many crossings from its first fault in ring 3 on. */
function runFaults(append: string, watched: number) {
  const seen: Seen[] = [];
  const board = new MachineBoard(newHost([16]));
  const machine = board.add({
    name: 'faults',
    image: readFileSync(new URL('../../../guest-images/faults/faults.elf', import.meta.url)),
    initrd: null,
    commandLine: append,
    memoryMiB: 16,
    fastPath: false,
    consoleOutput: () => {},
  });
  if (watched > 0) {
    board.host.watchCrossings((record, closeUp) => {
      if (record.ring === 3) seen.push({ record, closeUp });
      if (seen.length >= watched) board.host.watchCrossings(null);
    });
  }
  while (board.run(100_000).is === 'running');
  return { seen, machine, clock: board.host.clock };
}

const present = (step: { value: number } | null) => step !== null && (step.value & entry.present) !== 0;

describe('a hypercall', () => {
  const seen = watchKernel(`
    mov edi, 0x1234abcd
    ${ask(hypercall.loadTls, 0x5000)}
    ${powerOff}
  `);
  const { closeUp, record } = seen.find(({ closeUp }) => closeUp.registers.eax === hypercall.loadTls)!;

  test('shows the registers it was made with, and its trap', () => {
    expect(closeUp.registers).toMatchObject({ eax: hypercall.loadTls, ebx: 0x5000, edi: 0x1234abcd, eip: record.eip });
    expect(closeUp.trap).toEqual({ number: vector.lguestEntry, errorCode: expect.any(Number) });
    expect(closeUp.walks).toBeNull();
    expect(closeUp.guestDirectory).toBeNull();
  });

  test('shows the code before and behind the place it was made from, as it lies in memory', () => {
    const { at, from, bytes } = closeUp.left;
    expect(at).toBe(record.eip);
    expect([...bytes.subarray(at - from - 2, at - from)]).toEqual([0xcd, 0x1f]); // int 0x1f, just done
    expect(bytes.length).toBe(64);
    expect(from).toBe(at - 24);
  });

  test('was entered where the one before it was left', () => {
    const index = seen.findIndex((one) => one.record === record);
    expect(closeUp.entered).toEqual(seen[index - 1].closeUp.left);
    expect(seen[0].closeUp.entered.at).toBe(CODE);
  });
});

test('code at the end of memory is shown as far as it goes', () => {
  const seen = watchKernel(`
    mov dword ptr [0x100ffc], 0x1fcd1fcd   ; int 0x1f, twice, and then memory ends
    mov eax, ${hypercall.loadTls}
    mov ebx, 0x5000
    mov ecx, 0x100ffc
    jmp ecx
  `);
  const [first, second] = seen.filter(({ closeUp }) => closeUp.left.at >= 0x100ffc && closeUp.trap?.number === 0x1f);
  expect(first.closeUp.left).toMatchObject({ at: 0x100ffe, from: 0x100ffe - 24 });
  expect(first.closeUp.left.bytes.length).toBe(26);
  expect(second.closeUp.left).toEqual({ at: 0x101000, from: 0x101000, bytes: new Uint8Array(0) });
});

test('code that straddles two pages is whole', () => {
  const [{ closeUp }] = watchKernel(`
    mov dword ptr [0x7fec], 0x44332211
    mov dword ptr [0x7ffc], 0x1fcd1fcd
    mov dword ptr [0x8000], 0xffd2ff90     ; nop, then back
    mov dword ptr [0x8004], 0x88776655
    mov eax, ${hypercall.loadTls}
    mov ebx, 0x5000
    mov ecx, 0x7ffc
    jmp ecx
  `).filter(({ closeUp }) => closeUp.left.at === 0x8000 && closeUp.trap?.number === 0x1f);
  const { from, bytes } = closeUp.left;
  expect(from).toBe(0x8000 - 24);
  expect([...bytes.subarray(4, 8)]).toEqual([0x11, 0x22, 0x33, 0x44]);
  expect([...bytes.subarray(20, 32)]).toEqual([0xcd, 0x1f, 0xcd, 0x1f, 0x90, 0xff, 0xd2, 0xff, 0x55, 0x66, 0x77, 0x88]);
});

describe('a page fault of the kernel before it has tables', () => {
  const [{ closeUp }] = watchKernel(`mov eax, [0x6000]\n${powerOff}`).filter(({ closeUp }) => closeUp.cr2 === 0x6000);

  test('has no walk of the guest, and one of the shadow that ends', () => {
    expect(closeUp.walks?.guest).toEqual({ directory: null, table: null });
    expect(present(closeUp.walks!.shadow.table)).toBe(false);
  });
});

describe('page faults in ring 3', () => {
  test('the guest has no page: the walk ends in its own table', () => {
    const { seen } = runFaults('pattern=touch pages=50', 400);
    const reflected = seen.filter(({ record }) => record.cause === 'user page fault reflected');
    expect(reflected.length).toBeGreaterThanOrEqual(50);
    for (const { record, closeUp } of reflected) {
      const { walks, trap, cr2, registers } = closeUp;
      expect(trap).toEqual({ number: vector.pageFault, errorCode: pageFaultError.user | pageFaultError.write });
      expect(record.outcome).toBe(`cr2 0x${cr2.toString(16)} error 0x6`);
      expect(registers.cs & 3).toBe(3);
      expect(walks!.guest.directory!.at).toBe(closeUp.guestDirectory! + (cr2 >>> 22) * 4);
      expect(present(walks!.guest.directory) && present(walks!.guest.table)).toBe(false);
      expect(present(walks!.shadow.directory) && present(walks!.shadow.table)).toBe(false);
    }
    const within = reflected.filter(({ closeUp }) => present(closeUp.walks!.guest.directory));
    expect(within.length).toBeGreaterThan(40); // one table serves them all but the first
    for (const { closeUp } of within) {
      const table = closeUp.walks!.guest.directory!.value & entry.addressMask;
      expect(closeUp.walks!.guest.table!.at).toBe(table + ((closeUp.cr2 >>> 12) & 1023) * 4);
    }
  });

  test('only the shadow lacks the page: the guest has it, and the host fills in', () => {
    const { seen } = runFaults('pattern=shadow pages=50', 400);
    const filled = seen.filter(({ record }) => record.cause === 'page fault filled');
    for (const { closeUp } of filled) expect(present(closeUp.walks!.guest.table)).toBe(true);
    const lacking = filled.filter(({ closeUp }) => !present(closeUp.walks!.shadow.table));
    expect(lacking.length).toBeGreaterThanOrEqual(50);
  });

  test('the page is write-protected: both tables have it, and neither lets it be written', () => {
    const { seen } = runFaults('pattern=protect pages=20', 1000);
    const error = pageFaultError.user | pageFaultError.write | pageFaultError.present;
    const refused = seen.filter(({ closeUp }) => closeUp.trap?.errorCode === error);
    const guests = refused.filter(({ record }) => record.cause === 'user page fault reflected');
    expect(guests.length).toBeGreaterThanOrEqual(20);
    for (const { closeUp } of guests) {
      expect(closeUp.walks!.guest.table!.value & (entry.present | entry.writable)).toBe(entry.present);
      expect(closeUp.walks!.shadow.table!.value & (entry.present | entry.writable)).toBe(entry.present);
    }
  });
});

test('watching changes nothing, whether one looks at all of a run, at a part of it, or not at all', () => {
  const [none, some, all] = [0, 30, Number.POSITIVE_INFINITY].map((watched) =>
    runFaults('pattern=fork pages=60 clock=50', watched),
  );
  expect(all.seen.length).toBeGreaterThan(some.seen.length);
  expect(some.seen).toEqual(all.seen.slice(0, 30));
  for (const { machine, clock } of [some, all]) {
    expect([clock, machine.counters, machine.tallies]).toEqual([
      none.clock,
      none.machine.counters,
      none.machine.tallies,
    ]);
  }
});
