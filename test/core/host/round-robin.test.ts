import { expect, test } from 'vitest';
import { zeroCounters } from '../../../core/counters/list.ts';
import type { Guest, GuestEvent, GuestMemory, Host } from '../../../core/host/guest-events.ts';
import { createRoundRobin } from '../../../core/host/round-robin.ts';
import { guestPhysical } from './fake-guest.ts';

/** A host whose guests do what their script says; each event costs the time beside it. */
function scripted(scripts: Record<string, [GuestEvent, number][]>) {
  const ran: string[] = [];
  let clock = 0;
  const guests = Object.keys(scripts).map((name): Guest => {
    const nothing = () => undefined;
    const tallies = { roundTrips: {}, hypercalls: {}, handedOn: {} };
    const memory = {} as GuestMemory; // nobody looks
    const rest = { memory, tallies, counters: zeroCounters(), fastPath: false };
    return { name, ...rest, start: nothing, raiseInterrupt: nothing, kill: nothing, dead: null, era: null };
  });
  const host: Host = {
    createGuest: () => guests[0],
    removeGuest: () => undefined,
    get clock() {
      return clock;
    },
    runGuest(guest, budget) {
      ran.push(guest.name);
      const [event, time] = scripts[guest.name].shift() ?? [{ why: 'slice over' }, budget];
      clock += time;
      return event;
    },
    watchCrossings: () => undefined,
    skipTime: (instructions) => {
      clock += instructions;
    },
  };
  return { host, guests, ran };
}

const sliceOver: GuestEvent = { why: 'slice over' };
const idleUntil = (untilInstruction: number | null): GuestEvent => ({ why: 'idle', untilInstruction });
const kick: GuestEvent = { why: 'notify', address: guestPhysical(0x1000) };

test('everybody gets a turn, and the turn is remembered from call to call', () => {
  const { host, guests, ran } = scripted({ a: [], b: [], c: [] });
  const rota = createRoundRobin(host, 10);
  expect(rota.run(guests, 40)).toEqual({ why: 'budget spent' });
  rota.run(guests, 20);
  expect(ran).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('news says whose it is', () => {
  const { host, guests } = scripted({ a: [[sliceOver, 10]], b: [[kick, 3]] });
  const event = createRoundRobin(host, 10).run(guests, 100);
  expect(event).toEqual({ why: 'guest', guest: guests[1], event: kick });
});

test('who waits is passed over while another can go on', () => {
  const { host, guests, ran } = scripted({
    a: [
      [idleUntil(50), 1],
      [idleUntil(50), 1],
    ],
    b: [
      [sliceOver, 10],
      [sliceOver, 10],
    ],
  });
  createRoundRobin(host, 10).run(guests, 22);
  expect(ran).toEqual(['a', 'b', 'a', 'b']);
});

test('when all wait, the soonest alarm counts', () => {
  const { host, guests } = scripted({ a: [[idleUntil(500), 1]], b: [[idleUntil(null), 1]], c: [[idleUntil(300), 1]] });
  expect(createRoundRobin(host, 10).run(guests, 1000)).toEqual({ why: 'all idle', untilInstruction: 300 });
});

test('the dead are not run', () => {
  const { host, guests, ran } = scripted({ a: [], b: [[idleUntil(null), 1]] });
  const dead = { ...guests[0], dead: { why: 'dead', end: 'killed', reason: 'the guest tripped' } as const };
  expect(createRoundRobin(host, 10).run([dead, guests[1]], 1000)).toEqual({ why: 'all idle', untilInstruction: null });
  expect(ran).toEqual(['b']);
});

test('with nobody there, nobody can go on', () => {
  const { host } = scripted({});
  expect(createRoundRobin(host, 10).run([], 1000)).toEqual({ why: 'all idle', untilInstruction: null });
});
