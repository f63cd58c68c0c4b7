/** The sample guests, for what only a whole kernel shows: the price of a user fault, and that the toggle changes only that. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CrossingRecord, Guest, Host, HostOptions } from '../../../core/host/guest-events.ts';
import { boardBytesFor, createHost } from '../../../core/host/host.ts';
import { createRoundRobin } from '../../../core/host/round-robin.ts';
import { readKernelImage } from '../../../core/launcher/kernel-image.ts';
import { loadGuest } from '../../../core/launcher/load-guest.ts';
import { testBoard } from '../../engine.ts';
import { guestPhysical } from './fake-guest.ts';

const MEMORY = 8 * 1024 * 1024;
const options = (name: string, fastPath = false) => ({ name, memoryBytes: MEMORY, deviceBytes: 1 << 20, fastPath });
const kernel = (name: string) =>
  readKernelImage(new Uint8Array(readFileSync(new URL(`../../../guest-images/${name}/${name}.elf`, import.meta.url))));

function bench(count: number, hostOptions: HostOptions = {}): Host {
  const board = testBoard({ ramBytes: boardBytesFor(Array.from({ length: count }, () => options('room'))) });
  return createHost(board, hostOptions);
}

function load(host: Host, sample: string, commandLine: string, fastPath = false): Guest {
  const guest = host.createGuest(options(sample, fastPath));
  const image = { kernel: kernel(sample), initrd: null, commandLine, memoryBytes: MEMORY };
  guest.start(loadGuest(guest.memory, image));
  return guest;
}

/** Runs guests to their ends; answers what each printed on its early console. `everySlice` may meddle. */
function run(host: Host, guests: Guest[], slice: number, everySlice: () => void = () => undefined): string[] {
  const printed = guests.map(() => '');
  const rota = createRoundRobin(host, slice);
  while (guests.some((guest) => guest.dead === null)) {
    if (host.clock > 50_000_000) throw new Error(`not done at ${host.clock}: ${printed}`);
    const event = rota.run(guests, slice);
    everySlice();
    if (event.why === 'all idle') {
      if (event.untilInstruction === null) throw new Error('all wait for ever');
      host.skipTime(Math.max(0, event.untilInstruction - host.clock));
    } else if (event.why === 'guest' && event.event.why === 'notify' && event.event.address < MEMORY) {
      const text = event.guest.memory.readBytes(guestPhysical(event.event.address), 64);
      printed[guests.indexOf(event.guest)] += String.fromCharCode(...text.subarray(0, text.indexOf(0)));
    }
  }
  return printed;
}

function runAlone(sample: string, commandLine: string, fastPath: boolean) {
  const heard: CrossingRecord[] = [];
  const host = bench(1, { onCrossing: (record) => heard.push(record) });
  const guest = load(host, sample, commandLine, fastPath);
  const [printed] = run(host, [guest], 1_000_000);
  const memory = guest.memory.readBytes(guestPhysical(0), guest.memory.size);
  return { printed, heard, memory, counters: guest.counters, tallies: guest.tallies, end: guest.dead?.end };
}

describe('a first touch', () => {
  const pages = 500;
  const [off, on] = [false, true].map((fastPath) => runAlone('faults', `pattern=touch pages=${pages}`, fastPath));

  test('costs two crossings with the fast path off, one with it on', () => {
    expect(off.counters.userPageFaults).toBe(pages);
    expect(on.counters.userPageFaults).toBe(pages);
    expect(off.counters.reflectedByHost).toBe(pages);
    expect(on.counters.reflectedBySwitcher).toBe(pages);
    expect(Math.abs(off.counters.userFaultCrossings / pages - 2)).toBeLessThan(0.01);
    expect(Math.abs(on.counters.userFaultCrossings / pages - 1)).toBeLessThan(0.01);
    expect(off.counters.roundTrips - on.counters.roundTrips).toBe(pages);
  });

  test('prints the same, runs the same guest instructions, and the host fills the same pages', () => {
    expect(on.printed).toBe(off.printed);
    expect(off.printed).toContain(`faults=${pages}`);
    for (const name of ['guestUserInstructions', 'guestKernelInstructions', 'hypercalls', 'filledByHost'] as const) {
      expect(on.counters[name]).toBe(off.counters[name]);
    }
  });

  test('is cheaper on by the model, too', () => {
    expect(on.counters.modelledCycles).toBeLessThan(off.counters.modelledCycles);
  });

  test('what the walker gives back, it gives a reason for', () => {
    const reasons = Object.values(on.tallies.handedOn).reduce((sum, count) => sum + count, 0);
    expect(reasons).toBe(on.counters.handedOn);
    expect(off.counters.handedOn).toBe(0);
  });

  test('twice is the same twice, crossing by crossing', () => {
    const again = runAlone('faults', `pattern=touch pages=${pages}`, true);
    expect(again.heard).toEqual(on.heard);
    expect(again.counters).toEqual(on.counters);
  });
});

test.each(['touch gate=trap', 'cow', 'fork', 'protect', 'chase', 'shadow'])(
  'with the fast path on, %s leaves every byte of memory as with it off',
  (pattern) => {
    const [off, on] = [false, true].map((fastPath) => runAlone('faults', `pattern=${pattern} pages=40`, fastPath));
    expect(on.printed).toBe(off.printed);
    expect(on.printed).toContain(' ok');
    expect(Buffer.compare(on.memory, off.memory)).toBe(0);
    expect(on.counters.userPageFaults).toBe(off.counters.userPageFaults);
  },
);

test('the toggle may be thrown while the guest runs, and it notices nothing', () => {
  const command = 'pattern=cow pages=300';
  const { printed } = runAlone('faults', command, false);
  const host = bench(1);
  const guest = load(host, 'faults', command);
  const meddled = run(host, [guest], 7_001, () => {
    guest.fastPath = !guest.fastPath;
  });
  expect(meddled).toEqual([printed]);
  expect(guest.counters.reflectedByHost).toBeGreaterThan(100);
  expect(guest.counters.reflectedBySwitcher).toBeGreaterThan(100);
  expect(guest.counters.userPageFaults).toBe(guest.counters.reflectedByHost + guest.counters.reflectedBySwitcher);
});

const command = 'pattern=fork pages=40';
const alone = runAlone('faults', command, true);

test.each(['gdt-task-state', 'ring-full', 'pte-unsaid', 'write-switcher', 'gdt-vanishing', 'stack-vanishes-direct'])(
  'beside a guest that makes trouble (%s) another goes on undisturbed',
  (mode) => {
    const host = bench(2);
    const good = load(host, 'faults', command, true);
    const bad = load(host, 'trouble', `mode=${mode}`, true);
    const [printed] = run(host, [good, bad], 20_003);
    expect(bad.dead?.end).toBe('killed');
    expect(good.dead?.end).toBe('power off');
    expect(printed).toBe(alone.printed);
    expect(good.counters.guestInstructions).toBe(alone.counters.guestInstructions);
    expect(good.counters.userPageFaults).toBe(alone.counters.userPageFaults);
  },
);
