import { beforeAll, describe, expect, it } from 'vitest';
import type { RegisterName } from '../../../core/switcher/lguest-pages.ts';
import { LGUEST_PAGES, READ_ONLY_STATE } from '../../../core/switcher/lguest-pages.ts';
import { HOST_TIMER_VECTOR } from '../../../core/switcher/run-guest-once.ts';
import { switcherSymbols } from '../../../core/switcher/switcher-image.ts';
import { hostState } from './compare-ends.ts';
import { KERNEL, PROGRAM, PROGRAM_STACK_TOP, place } from './little-guest.ts';
import { LittleHost } from './little-host.ts';
import { plain, type Setting } from './setting.ts';

let host: LittleHost;
beforeAll(() => {
  host = new LittleHost();
});

/** Everything the guest's registers can hold, each thing different. */
const colourful: Partial<Record<RegisterName, number>> = {
  ...{ eax: 0x11111111, ebx: 0x22222222, ecx: 0x33333333, edx: 0x44444444, esi: 0x55555555, edi: 0x66666666 },
  ...{ ebp: 0x77777777, ds: 0x7b, es: 0x7b, fs: 0x33, gs: 0x3b, eflags: 0xad7 },
};

function start(program: string, setting: Partial<Setting> = {}, registers: typeof colourful = {}): void {
  host.reset(program, setting);
  host.world.state.writeDescriptor(6, 0x1000ffff, 0x00cff300);
  host.world.state.writeDescriptor(7, 0x2000ffff, 0x00cff300);
  for (const [name, value] of Object.entries(registers)) host.set(name as RegisterName, value); // keys of that record
  host.show(PROGRAM, PROGRAM_STACK_TOP - 4, KERNEL + place.program);
}

/** Ring-0 instructions of one crossing, and how it ended. */
function crossed(slice?: number) {
  const before = host.ground.events.instructions[0];
  const exit = host.cross(slice);
  return { exit, ring0: host.ground.events.instructions[0] - before };
}

describe('a trip into the guest and back', () => {
  it('carries every register and flag in, and out again', () => {
    start('int 0x80', {}, colourful);
    expect(host.cross()).toEqual({ why: 'trap', trap: 128, errorCode: 0 });
    for (const [name, value] of Object.entries(colourful)) {
      expect([name, host.get(name as RegisterName)]).toEqual([name, value]);
    }
  });

  it('brings back what the guest made of them', () => {
    start('inc eax\n inc ebp\n push edi\n mov gs, ecx\n int 0x80', {}, { ...colourful, ecx: 0x33 });
    host.cross();
    expect(host.get('eax')).toBe(0x11111112);
    expect(host.get('ebp')).toBe(0x77777778);
    expect(host.get('gs')).toBe(0x33);
    expect(host.translate(host.get('esp'))).toBe(0x9ffc);
  });

  it('leaves the host as it was', () => {
    start('int 0x80', {}, colourful);
    host.cross();
    const before = hostState(host.ground);
    start('ud2', {}, colourful);
    expect(host.cross()).toMatchObject({ why: 'trap', trap: 6 });
    expect(hostState(host.ground)).toEqual(before);
  });

  it('takes as long one time as the next, for every kind of trap', () => {
    start('int 0x80');
    const call = crossed();
    start('ud2');
    const trap = crossed();
    // A fault is asked whose it was; a call from above ring 0 need not be.
    expect(trap.ring0).toBe(call.ring0 + 2);
  });
});

describe('why the guest was left', () => {
  it.each([
    ['div by zero', 'xor ecx, ecx\n div ecx', 0, 0],
    ['ud2', 'ud2', 6, 0],
    ['int3 without leave', 'int 3', 13, 0x1a],
    ['hlt', 'hlt', 13, 0],
    ['hypercall gate from ring 3', 'int 0x1f', 13, 0xfa],
    ['a selector beyond the table', 'mov eax, 0x1fb\n mov ds, eax', 13, 0x1f8],
    ['a page that is not there', 'mov eax, [0x1000]', 14, 4],
    ['the Switcher itself', `mov eax, [${switcherSymbols.switch_to_guest}]`, 14, 5],
  ])('%s', (_name, program, trap, errorCode) => {
    start(program);
    expect(host.cross()).toEqual({ why: 'trap', trap, errorCode });
  });

  it('the end of the slice, by way of the host timer', () => {
    start('here: jmp here');
    const ticks = host.world.served[HOST_TIMER_VECTOR];
    expect(host.cross(500)).toEqual({ why: 'interrupt', vector: HOST_TIMER_VECTOR });
    expect(host.world.served[HOST_TIMER_VECTOR]).toBe(ticks + 1);
    expect(host.get('eip')).toBeGreaterThanOrEqual(0x08000000);
  });

  it('any interrupt of the host, which its own handler serves first', () => {
    start('here: jmp here');
    for (let vector = 32; vector < 256; vector++) {
      if (vector === 128) continue;
      const served = host.world.served[vector];
      host.ground.raiseInterrupt(vector);
      expect(host.cross()).toEqual({ why: 'interrupt', vector });
      expect(host.world.served[vector]).toBe(served + 1);
    }
  });

  it('a slice that ends while the guest is on its way home keeps its tick for the host', () => {
    for (let slice = 30; slice < 75; slice++) {
      start('int 0x80');
      const ticks = host.world.served[HOST_TIMER_VECTOR];
      const exit = host.cross(slice);
      expect(host.world.served[HOST_TIMER_VECTOR] - ticks).toBeLessThanOrEqual(1);
      if (exit.why === 'trap') expect(exit).toEqual({ why: 'trap', trap: 128, errorCode: 0 });
      // Whatever happened, nothing is left waiting.
      start('int 0x80');
      expect(host.cross()).toEqual({ why: 'trap', trap: 128, errorCode: 0 });
    }
  });
});

/** Descriptor 20, high word, and who gets which selector: all of them fail to load. */
const bad: [string, RegisterName, number, number][] = [
  ...(['gs', 'fs', 'ds', 'es'] as const).flatMap((name): [string, RegisterName, number, number][] => [
    [`${name} not present`, name, 0xa3, 0x00cf7300],
    [`${name} beyond the table`, name, 0x103, 0],
    [`${name} from an LDT that is not there`, name, 0x0f, 0],
    [`${name} a segment that only runs`, name, 0xa3, 0x00cff900],
  ]),
  ['cs not present', 'cs', 0xa3, 0x00cf7b00],
  ['cs data', 'cs', 0xa3, 0x00cff300],
  ['cs null', 'cs', 0x03, 0],
  ['cs of ring 0, asked for by 1', 'cs', 0x51, 0],
  ['eip beyond the limit of cs', 'cs', 0xa3, 0x0040fb00],
  ['ss not present', 'ss', 0xa3, 0x00cf7300],
  ['ss read-only', 'ss', 0xa3, 0x00cff100],
  ['ss of another ring', 'ss', 0x69, 0],
];

describe('a fault in the middle of the switch', () => {
  it.each(bad)('%s: the host learns of it on a whole stack, and lives on', (_name, register, selector, high) => {
    for (const direct of [false, true]) {
      start('int 0x80', {}, colourful);
      host.world.state.writeDescriptor(20, 0xffff, high);
      // Gates that go straight to ring 1 cannot take a fault of ring 0: the fault becomes another, and another.
      for (const trap of [10, 11, 12]) {
        if (direct) host.world.state.writeDirectGate(trap, 0x00610000, 0xc0008f00);
        else host.world.state.writeStubGate(trap, 0);
      }
      host.set(register, selector);
      const before = hostState(host.ground);
      expect(host.cross()).toMatchObject({ why: 'trap', trap: 256 });
      expect(hostState(host.ground)).toEqual(before);
      start('int 0x80');
      expect(host.cross()).toEqual({ why: 'trap', trap: 128, errorCode: 0 });
    }
  });
});

describe('what ring 1 may do with the pages it can see', () => {
  const inRing1 = (program: string) => {
    start(program);
    const kernel = { cs: 0x61, ss: 0x69, ds: 0x69, es: 0x69, eip: 0xc0008000, esp: plain.stack.pointer };
    for (const [name, value] of Object.entries(kernel)) host.set(name as RegisterName, value);
    return host.cross();
  };

  it('page 1 cannot be written, whatever the segment says', () => {
    const exit = inRing1(`mov dword ptr [${READ_ONLY_STATE}], 0`);
    expect(exit).toEqual({ why: 'trap', trap: 14, errorCode: 3 });
  });

  it('page 0 can, and that changes nothing once it has left', () => {
    const exit = inRing1(`
      mov dword ptr [${LGUEST_PAGES + 0xfe4}], 2      ; trapnum: it was an NMI, honest
      mov dword ptr [${LGUEST_PAGES + 0xff0}], 0x50   ; cs: and came from ring 0
      ud2`);
    expect(exit).toEqual({ why: 'trap', trap: 6, errorCode: 0 });
    expect(host.get('cs')).toBe(0x61);
  });

  it.each(['crossing_in', 'crossed_in', 'door_in', 'return_home', 'deliver_home', 'nmi', 'walker', 'stub_2'] as const)(
    'running the Switcher from %s is a fault like any other',
    (name) => {
      const exit = inRing1(`mov eax, ${switcherSymbols[name]}\n mov ebp, ${LGUEST_PAGES}\n jmp eax`);
      if (exit.why !== 'trap') throw new Error(`came home by ${exit.why}`);
      expect(exit.trap).not.toBe(256);
      expect(host.get('cs')).toBe(0x61);
      expect(host.world.served[2]).toBe(0);
    },
  );

  it('the frame of a trap straight into the guest cannot be aimed at the Switcher unnoticed', () => {
    start('int 0x80', { stack: { segment: 0x69, pointer: READ_ONLY_STATE + 0x100 } });
    host.world.state.writeDirectGate(128, 0x00610000, 0xc000ef00);
    // Page 1 is read-only for ring 1's own stack too: the push faults, on the good stack of ring 0.
    expect(host.cross()).toMatchObject({ why: 'trap', trap: 14, errorCode: 3 });
  });
});
