import { describe, expect, test } from 'vitest';
import type { GuestEvent } from '../../../core/host/guest-events.ts';
import { summarizeRun } from '../../../core/launcher/run-summary.ts';
import { physical } from './fake-guest.ts';
import { boot, MEMORY, notify, powerOff, says, sliceOver, steps } from './scripted-machine.ts';

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
    expect(machine.run(10_000)).toEqual({ is: 'running' });
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

  test('again and again lets us breathe each time', () => {
    const { machine } = boot(steps(says(restart)));
    for (let times = 1; times <= 3; times++) {
      expect(machine.run(1000)).toEqual({ is: 'running' });
      expect(machine.restarts).toBe(times);
    }
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
