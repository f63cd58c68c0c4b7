import { describe, expect, test } from 'vitest';
import type { GuestEvent } from '../../../core/host/guest-events.ts';
import { createMachine, type Machine, type MachineOptions } from '../../../core/launcher/machine.ts';
import { MachineBoard } from '../../../core/launcher/machine-board.ts';
import { summarizeRun } from '../../../core/launcher/run-summary.ts';
import { buildElf } from './build-elf.ts';
import { type FakeGuest, FakeHost, physical, type Script } from './fake-guest.ts';

const image = buildElf([{ at: 0x100000, bytes: Uint8Array.from([0xf4]) }], 0x100000);
const MEMORY = 4 * 1024 * 1024;
const sliceOver: GuestEvent = { why: 'slice over' };
const powerOff: GuestEvent = { why: 'dead', end: 'power off', reason: 'Power down' };

/** A script from a list of steps; the last one repeats. */
function steps(...list: ((guest: FakeGuest, budget: number) => { event: GuestEvent; took?: number })[]): Script {
  let index = 0;
  return (guest, budget) => {
    const { event, took = 100 } = list[Math.min(index++, list.length - 1)](guest, budget);
    return { event, took };
  };
}

const notify =
  (at: number, text = '') =>
  (guest: FakeGuest) => {
    guest.memory.writeBytes(at, Buffer.from(text, 'latin1'));
    return { event: { why: 'notify', address: physical(at) } as const };
  };
const says = (event: GuestEvent) => () => ({ event });

function boot(script: Script, options: Partial<MachineOptions> = {}) {
  const host = new FakeHost({ guest: script });
  let printed = '';
  const reports: string[] = [];
  const machine = createMachine({
    host,
    name: 'guest',
    image,
    initrd: null,
    commandLine: '',
    memoryMiB: 4,
    fastPath: true,
    consoleOutput: (bytes) => {
      printed += Buffer.from(bytes).toString('latin1');
    },
    report: (sentence) => reports.push(sentence),
    ...options,
  });
  return { host, machine, reports, printed: () => printed };
}

describe('a machine', () => {
  test('is loaded, started and given its devices', () => {
    const { host, machine } = boot(steps(says(sliceOver)));
    expect(host.guests).toHaveLength(1);
    expect(host.guests[0]).toMatchObject({ entry: 0x100000, fastPath: true });
    machine.run(100);
    expect(host.guests[0].memory.read8(MEMORY)).toBe(3);
  });

  test('runs no longer than its budget', () => {
    const budgets: number[] = [];
    const { host, machine } = boot(
      steps((_, budget) => {
        budgets.push(budget);
        return { event: sliceOver, took: 400 };
      }),
    );
    expect(machine.run(1000)).toEqual({ is: 'running' });
    expect(budgets).toEqual([1000, 600, 200]);
    expect(host.clock).toBe(1200);
  });

  test('powers off', () => {
    const { machine } = boot(steps(says(sliceOver), says(powerOff)));
    expect(machine.run(10_000)).toEqual({ is: 'ended', end: 'power off', reason: 'Power down' });
    machine.typeInput(Buffer.from('x'));
    expect(machine.waitingInputBytes).toBe(0);
  });

  test('says why it was killed, from inside and from outside', () => {
    const inside = boot(steps(says({ why: 'dead', end: 'killed', reason: 'it made hypercall 99' })));
    expect(inside.machine.run(1000)).toMatchObject({ end: 'killed', reason: 'it made hypercall 99' });
    const outside = boot(steps(says(sliceOver)));
    outside.machine.kill('enough');
    outside.machine.kill('twice');
    expect(outside.machine.run(1000)).toEqual({ is: 'ended', end: 'killed', reason: 'enough' });
  });

  test('idles until its clock', () => {
    const { machine } = boot(steps(says({ why: 'idle', untilInstruction: 5000 })));
    expect(machine.run(1000)).toEqual({ is: 'idle', untilInstruction: 5000 });
  });
});

describe('NOTIFY of memory', () => {
  test('prints a string', () => {
    const { machine, printed } = boot(steps(notify(0x5000, 'Hello\n\0junk'), says(powerOff)));
    machine.run(1000);
    expect(printed()).toBe('Hello\n');
  });

  test('prints no further than a bound', () => {
    const { machine, printed } = boot(steps(notify(0x5000, 'x'.repeat(10_000)), says(powerOff)));
    machine.run(1000);
    expect(printed()).toBe('x'.repeat(4096));
  });

  test('prints no further than the end of memory', () => {
    const end = MEMORY + 0x7000;
    const { machine, printed } = boot(steps(notify(end - 5, 'edges'), says(powerOff)));
    machine.run(1000);
    expect(printed()).toBe('edges');
  });

  test('outside of it kills the guest, with the address', () => {
    const beyond: GuestEvent = { why: 'notify', address: physical(MEMORY + 0x7000) };
    const { machine } = boot(steps(says(beyond), says(sliceOver)));
    expect(machine.run(1000)).toEqual({
      is: 'ended',
      end: 'killed',
      reason: 'it notified 0x407000, which is neither memory nor a device',
    });
  });

  test('of a queue is a kick', () => {
    const { machine, host } = boot(steps(notify(MEMORY + 0x1000), says(powerOff)));
    expect(machine.run(1000)).toMatchObject({ end: 'power off' });
    expect(host.guests[0].dead).toMatchObject({ end: 'power off' });
  });
});

describe('a restart', () => {
  const restart: GuestEvent = { why: 'dead', end: 'restart', reason: 'Restarting system' };

  test('boots the same image in fresh memory and counts on', () => {
    const { machine, host, reports, printed } = boot(
      steps(notify(0x5000, 'first\0'), says(restart), notify(0x6000, 'second\0'), says(powerOff)),
    );
    expect(machine.run(10_000)).toMatchObject({ end: 'power off' });
    expect(printed()).toBe('firstsecond');
    expect(host.guests).toHaveLength(2);
    expect(host.removed).toEqual([host.guests[0]]);
    expect(host.guests[1].memory.read8(0x5000)).toBe(0);
    expect(host.guests[1].entry).toBe(0x100000);
    expect(machine.restarts).toBe(1);
    expect(machine.counters.roundTrips).toBe(4);
    expect(reports).toEqual(['restarts: Restarting system']);
  });

  test('keeps the fast path where it was put', () => {
    const { machine, host } = boot(steps(says(restart), says(powerOff)));
    machine.fastPath = false;
    machine.run(10_000);
    expect(host.guests.map(({ fastPath }) => fastPath)).toEqual([false, false]);
  });

  test('again and again ends with the budget', () => {
    const { machine } = boot(steps(says(restart)));
    expect(machine.run(1000)).toEqual({ is: 'running' });
    expect(machine.restarts).toBe(10);
  });
});

describe('a summary', () => {
  test('derives its ratios and knows how the run ended', () => {
    const { machine, host } = boot(
      steps((guest) => {
        guest.counters.userPageFaults = 4;
        guest.counters.userFaultCrossings = 6;
        return { event: powerOff };
      }),
    );
    machine.run(1000);
    expect(summarizeRun(machine, host.clock, 0.5)).toMatchObject({
      roundTripsPerUserFault: 1.5,
      guestInstructions: 100,
      allInstructions: 100,
      wallSeconds: 0.5,
      boardSeconds: 1e-6,
      end: 'power off',
    });
  });

  test('of a guest without faults divides by nothing', () => {
    const { machine } = boot(steps(says(powerOff)));
    expect(summarizeRun(machine, 0, 0).roundTripsPerUserFault).toBe(0);
  });
});

describe('a board of machines', () => {
  function board(scripts: Record<string, Script>): { board: MachineBoard; host: FakeHost; machines: Machine[] } {
    const host = new FakeHost(scripts);
    const machines = new MachineBoard(host);
    for (const name of Object.keys(scripts)) {
      machines.add({
        name,
        image,
        initrd: null,
        commandLine: '',
        memoryMiB: 4,
        fastPath: true,
        consoleOutput: () => {},
      });
    }
    return { board: machines, host, machines: machines.machines };
  }
  const busy: Script = (_, budget) => ({ event: sliceOver, took: budget });

  test('gives everyone turns', () => {
    const { board: all, machines } = board({ one: busy, two: busy });
    expect(all.run(1_000_000)).toEqual({ is: 'running' });
    expect(machines.map(({ counters }) => counters.guestInstructions)).toEqual([600_000, 400_000]);
    expect(all.executedInstructions).toBe(1_000_000);
  });

  test('goes on with whoever is next, however small the budgets are', () => {
    const { board: all, machines } = board({ one: busy, two: busy });
    for (let slice = 0; slice < 8; slice++) all.run(250_000);
    const [one, two] = machines.map(({ counters }) => counters.guestInstructions);
    expect(one + two).toBe(2_000_000);
    expect(Math.abs(one - two)).toBeLessThanOrEqual(200_000);
  });

  test('lets a guest die without its neighbour noticing', () => {
    const { board: all, machines } = board({
      bad: steps(says({ why: 'dead', end: 'killed', reason: 'bad' })),
      good: busy,
    });
    all.run(1_000_000);
    expect(machines[0].state).toMatchObject({ end: 'killed' });
    expect(machines[1].counters.guestInstructions).toBe(999_900);
  });

  test('idles only when all do, until the earliest clock', () => {
    const idle = (untilInstruction: number | null) => steps(says({ why: 'idle', untilInstruction }));
    const { board: all, host } = board({ one: idle(9000), two: idle(null), three: idle(7000) });
    expect(all.run(1_000_000)).toEqual({ is: 'idle', untilInstruction: 7000 });
    all.skipTo(7000);
    expect(host.clock).toBe(7000);
    expect(all.executedInstructions).toBe(300);
    all.skipTo(100);
    expect(host.clock).toBe(7000);
  });

  test('goes on while one of them computes', () => {
    const { board: all } = board({ one: steps(says({ why: 'idle', untilInstruction: null })), two: busy });
    expect(all.run(1_000_000)).toEqual({ is: 'running' });
  });

  test('ends when everyone has', () => {
    const { board: all } = board({ one: steps(says(powerOff)), two: steps(says(powerOff)) });
    expect(all.run(1_000_000)).toEqual({ is: 'ended' });
  });
});
