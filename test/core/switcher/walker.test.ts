import { beforeAll, describe, expect, it } from 'vitest';
import { SWITCHER_ADDRESS } from '../../../core/agreement/page-tables.ts';
import type { WalkerCount } from '../../../core/switcher/lguest-pages.ts';
import { type WalkerSituation, walkerFields } from '../../../core/switcher/walker.ts';
import { differences } from './compare-ends.ts';
import { FAULT_HANDLER, KERNEL, MEMORY_BYTES, MISSING_PAGES, PROGRAM, place, RING1_STACK_TOP } from './little-guest.ts';
import { LittleHost } from './little-host.ts';
import { everyFault } from './programs.ts';
import type { End, Setting } from './setting.ts';

let host: LittleHost;
beforeAll(() => {
  host = new LittleHost();
});

type Spoil = (host: LittleHost) => void;

function run(program: string, fastPath: boolean, spoil: Spoil = () => {}, setting: Partial<Setting> = {}): End {
  host.reset(program, { ...setting, fastPath });
  spoil(host);
  return host.run(60);
}

/** The same program with the path off and on; they must not differ, and the walker's counts are the answer. */
function both(program: string, spoil: Spoil = () => {}, setting: Partial<Setting> = {}) {
  const off = run(program, false, spoil, setting);
  const on = run(program, true, spoil, setting);
  expect(differences(off, on)).toEqual([]);
  return { off, on, counts: on.counts };
}

const touch = (address: number, write: boolean) =>
  `${write ? `mov dword ptr [${address}], 7` : `mov eax, [${address}]`}\n int 0x80`;
const directoryEntryOf = (address: number) => place.directory + (address >>> 22) * 4;
const tableEntryOf = (address: number) => place.programTable + ((address >>> 12) & 0x3ff) * 4;

describe('the walker and the host are of one mind', () => {
  it.each([
    ['an interrupt gate', {}],
    ['a trap gate, which leaves interrupts on', { trapGate: true }],
    ['nothing of the kernel in the shadow yet', { mapKernelFirst: false }],
  ])('about every kind of fault, with %s', (_name, setting) => {
    const { off, on } = both(everyFault, undefined, setting);
    expect(off.how).toBe('done');
    expect(off.counts).toEqual({ ...on.counts, ...noCounts });
  });

  it('and one round trip is saved for each fault reflected', () => {
    const { off, on, counts } = both(everyFault);
    expect(counts.reflected).toBe(5);
    expect(on.crossings).toBe(off.crossings - counts.reflected);
    expect(on.traps[14]).toBe(off.traps[14] - counts.reflected);
  });

  it('whatever the guest believes of its interrupts', () => {
    for (const believed of [0, 0x200, 0xffffffff, 0xfffffdff]) {
      const { counts } = both(touch(MISSING_PAGES, true), (guest) => guest.write(place.lguestData, believed));
      expect(counts.reflected).toBe(1);
    }
  });

  it('about flags: trap, nested task and alignment go into the frame and not to the handler', () => {
    const { on } = both(`pushf\n or dword ptr [esp], 0x44000\n popf\n ${touch(MISSING_PAGES, true)}`);
    expect(on.counts.reflected).toBe(1);
    expect(on.how).toBe('done');
  });
});

const noCounts: Record<WalkerCount, number> = {
  reflected: 0,
  kernelMode: 0,
  oddEntry: 0,
  outOfReach: 0,
  allowed: 0,
  stumbled: 0,
  nonMaskable: 0,
};

/** A fault, what the guest's tables say, and what the walker makes of it on first sight. */
const sights: [string, WalkerCount, string, Spoil][] = [
  ['no directory entry', 'reflected', touch(0x10000000, true), () => {}],
  ['no directory entry, and rubbish in the rest of it', 'reflected', touch(0x10000000, false), (guest) =>
    guest.write(directoryEntryOf(0x10000000), 0xfffffffe)],
  ['no table entry', 'reflected', touch(MISSING_PAGES, false), () => {}],
  ['no table entry, and rubbish in the rest of it', 'reflected', touch(MISSING_PAGES, true), (guest) =>
    guest.write(tableEntryOf(MISSING_PAGES), 0xfffffffe)],
  ['a page for the kernel alone', 'reflected', touch(MISSING_PAGES, false), (guest) =>
    guest.write(tableEntryOf(MISSING_PAGES), place.free | 0x63)],
  ['a read-only page, written', 'reflected', touch(PROGRAM + 0x3000, true), () => {}],
  ['a read-only page, read, that the shadow lacks', 'allowed', touch(PROGRAM + 0x3000, false), () => {}],
  ['a clean page, written', 'allowed', touch(PROGRAM + 0x4000, true), () => {}],
  ['a page beyond memory', 'allowed', touch(MISSING_PAGES, true), (guest) =>
    guest.write(tableEntryOf(MISSING_PAGES), MEMORY_BYTES | 7)],
  ['a 4 MiB page', 'oddEntry', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), 0x87)],
  ['a global directory entry', 'oddEntry', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), place.programTable | 0x107)],
  ['a directory entry for the kernel alone', 'oddEntry', touch(0x10000000, false), (guest) =>
    guest.write(directoryEntryOf(0x10000000), place.programTable | 0x63)],
  ['a directory entry that is read-only', 'oddEntry', touch(0x10010000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), place.programTable | 0x65)],
  ['a table beyond memory', 'outOfReach', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), MEMORY_BYTES | 0x67)],
  ['a table at the end of the address space', 'outOfReach', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), 0xfffff067)],
  ['a table where the Switcher would be, seen from the kernel', 'outOfReach', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), (SWITCHER_ADDRESS - KERNEL) | 0x67)],
  ['the page directory as its own table', 'reflected', touch(0x10000000, true), (guest) =>
    guest.write(directoryEntryOf(0x10000000), place.directory | 0x67)],
  ['the Switcher, read by a program', 'oddEntry', touch(SWITCHER_ADDRESS, false), () => {}],
]; // biome-ignore format: a table

describe('what the walker makes of', () => {
  it.each(sights)('%s: %s', (_name, expected, program, spoil) => {
    host.reset(program, { fastPath: true });
    host.show(PROGRAM);
    spoil(host);
    const exit = host.cross();
    const counts = host.run(0).counts;
    const mine: WalkerCount = exit.why === 'trap' && exit.trap === 31 ? 'reflected' : expected;
    expect({ ...noCounts, ...counts, kernelMode: 0 }).toEqual({ ...noCounts, [mine]: 1 });
    expect(mine).toBe(expected);
    both(program, spoil);
  });

  it('a fault of the kernel itself: the host’s affair, told apart by the error code alone', () => {
    host.reset('int 0x80', { fastPath: true });
    const kernel = { cs: 0x61, ss: 0x69, eip: KERNEL + place.program, esp: RING1_STACK_TOP } as const;
    for (const name of ['cs', 'ss', 'eip', 'esp'] as const) host.set(name, kernel[name]);
    expect(host.cross()).toEqual({ why: 'trap', trap: 14, errorCode: 0 });
    expect(host.run(0).counts).toEqual({ ...noCounts, kernelMode: 1 });
  });
});

/** Each makes some read or write of the walker itself fault, or lead somewhere else. */
const stumbles: [string, Spoil][] = [
  ['the page directory', (guest) => guest.hide(KERNEL + place.directory)],
  ['the page table', (guest) => guest.hide(KERNEL + place.programTable)],
  ['lguest_data', (guest) => guest.hide(KERNEL + place.lguestData)],
  ['a writable lguest_data', (guest) => guest.protect(KERNEL + place.lguestData)],
  ['the ring-1 stack', (guest) => guest.hide(RING1_STACK_TOP - 4)],
  ['a writable ring-1 stack', (guest) => guest.protect(RING1_STACK_TOP - 4)],
];

describe('a walker that falls, because the shadow lacks', () => {
  it.each(stumbles)('%s, sends the fault home as if it had never looked', (_name, spoil) => {
    host.reset(touch(MISSING_PAGES, true), { fastPath: true });
    host.show(PROGRAM);
    spoil(host);
    host.set('ecx', 0x0ddba11);
    expect(host.cross()).toEqual({ why: 'trap', trap: 14, errorCode: 6 });
    expect(host.ground.registers.cr2).toBe(MISSING_PAGES);
    expect([host.get('ecx'), host.get('eip'), host.get('cs'), host.get('ss')]).toEqual([
      0x0ddba11,
      PROGRAM,
      0x73,
      0x7b,
    ]);
    expect(host.run(0).counts).toEqual({ ...noCounts, stumbled: 1 });
    both(touch(MISSING_PAGES, true), spoil);
  });
});

const situation: WalkerSituation = {
  directory: place.directory as never,
  memoryBytes: MEMORY_BYTES,
  kernelAddress: KERNEL,
  lguestData: place.lguestData as never,
  gate: { low: 0x5000, high: 0xc0008e00 },
  stack: { segment: 0x69, pointer: RING1_STACK_TOP },
  stackDescriptor: { low: 0xffff, high: 0x00cfb300 },
  translate: (address) => (address - KERNEL) as never,
};

/** Why the walker must not run at all. */
const refusals: [string, Partial<WalkerSituation>, RegExp][] = [
  ['no page tables yet', { directory: null }, /no page tables/],
  ['no handler', { gate: { low: 0, high: 0 } }, /no page fault handler/],
  ['a task gate for a handler', { gate: { low: 0, high: 0x8500 } }, /no known type/],
  ['kernel_address 0', { kernelAddress: 0 }, /beyond what kernel_address reaches/],
  ['kernel_address at the Switcher', { kernelAddress: SWITCHER_ADDRESS }, /beyond what kernel_address reaches/],
  ['kernel_address at the very end', { kernelAddress: 0xffffffff }, /beyond what kernel_address reaches/],
  ['kernel_address amid a page', { kernelAddress: KERNEL + 4 }, /beyond what kernel_address reaches/],
  ['kernel_address elsewhere', { kernelAddress: 0x80000000 }, /does not see its memory/],
  ['a kernel that is not mapped', { translate: () => null }, /does not see its memory/],
  ['a directory beyond memory', { directory: MEMORY_BYTES as never }, /beyond what kernel_address reaches/],
  ['lguest_data beyond memory', { lguestData: (MEMORY_BYTES - 8) as never }, /beyond what kernel_address reaches/],
  ['lguest_data across two pages', { lguestData: 0x4ff8 as never }, /end of a page/],
  ['a stack at 0', { stack: { segment: 0x69, pointer: 0 } }, /where none can be/],
  ['a stack too low for a frame', { stack: { segment: 0x69, pointer: 20 } }, /where none can be/],
  ['a stack in the Switcher', { stack: { segment: 0x69, pointer: SWITCHER_ADDRESS + 4 } }, /where none can be/],
  ['a frame across two pages', { stack: { segment: 0x69, pointer: RING1_STACK_TOP + 8 } }, /straddle/],
  ['a stack segment with a base', { stackDescriptor: { low: 0x1000ffff, high: 0x00cfb300 } }, /not flat/],
  ['a stack segment of ring 3', { stackDescriptor: { low: 0xffff, high: 0x00cff300 } }, /not flat/],
  ['a stack selector of ring 3', { stack: { segment: 0x6b, pointer: RING1_STACK_TOP } }, /not flat/],
  ['a 16-bit stack', { stackDescriptor: { low: 0xffff, high: 0x008fb300 } }, /not flat/],
];

describe('the walker stays closed for', () => {
  it.each(refusals)('%s', (_name, change, why) => {
    const answer = walkerFields({ ...situation, ...change });
    expect('refused' in answer ? answer.refused : 'opened').toMatch(why);
  });

  it('nothing else: an ordinary guest gets it, and all it may touch lies below the Switcher', () => {
    const answer = walkerFields(situation);
    if ('refused' in answer) throw new Error(answer.refused);
    expect(answer.fields).toMatchObject({
      walkerDirectory: KERNEL + 0x1000,
      walkerReach: MEMORY_BYTES,
      walkerKeepsIrq: 0,
    });
    expect(answer.fields.walkerTrapHandler).toBe(FAULT_HANDLER);
  });

  it.each([0x80000000, 0xb0000000, 0xc0000000, 0xf0000000])(
    'memory beyond the reach of kernel_address %d',
    (kernelAddress) => {
      const answer = walkerFields({
        ...situation,
        kernelAddress,
        memoryBytes: 0x40000000,
        translate: (address) => (address - kernelAddress) as never,
      });
      if ('refused' in answer) throw new Error(answer.refused);
      const { walkerReach } = answer.fields;
      expect(kernelAddress + walkerReach).toBeLessThan(SWITCHER_ADDRESS);
      expect(walkerReach % 0x1000).toBe(0);
    },
  );

  it.each(refusals.filter(([, change]) => 'kernelAddress' in change || 'stack' in change))(
    '%s, and then the guest sees what it sees with the path off',
    (_name, change) => {
      const setting = { kernelAddress: change.kernelAddress ?? KERNEL, stack: change.stack ?? situation.stack };
      const { counts } = both(touch(MISSING_PAGES, true), undefined, setting);
      expect(counts).toEqual(noCounts);
    },
  );
});

describe('off is off', () => {
  it('a fault takes the ordinary stub’s instructions and no more', () => {
    const ring0 = (fastPath: boolean, program: string) => {
      host.reset(program, { fastPath });
      host.show(PROGRAM);
      const before = host.ground.events.instructions[0];
      host.cross();
      return host.ground.events.instructions[0] - before;
    };
    const fault = ring0(false, touch(MISSING_PAGES, true));
    // #GP comes with an error code too, and nobody ever walks for it.
    expect(fault).toBe(ring0(false, 'hlt'));
    expect(ring0(true, 'hlt')).toBe(fault);
  });

  it('and may be turned at any moment', () => {
    const plain = run(everyFault, false);
    for (let turn = 1; turn < plain.crossings; turn++) {
      host.reset(everyFault, { fastPath: turn % 2 === 0 });
      const begun = host.run(turn);
      host.turn(turn % 2 !== 0);
      const end = begun.how === 'done' ? begun : host.run(60);
      expect([turn, end.how]).toEqual([turn, 'done']);
      expect(Buffer.compare(end.memory, plain.memory)).toBe(0);
    }
  });
});
