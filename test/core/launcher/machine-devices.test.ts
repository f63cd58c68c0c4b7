import { describe, expect, test } from 'vitest';
import type { GuestEvent } from '../../../core/host/guest-events.ts';
import { MachineBoard } from '../../../core/launcher/machine-board.ts';
import { thrownBy } from './build-elf.ts';
import { FakeDriver } from './fake-driver.ts';
import { type FakeGuest, physical, type Script } from './fake-guest.ts';
import { type FakeModel, fakeModels } from './fake-model.ts';
import { boot, MEMORY, notify, powerOff, says, sliceOver, steps } from './scripted-machine.ts';

describe('devices', () => {
  const restart: GuestEvent = { why: 'dead', end: 'restart', reason: 'Restarting system' };

  test('are made anew for each life, in order, before the console', () => {
    const made: FakeModel[][] = [];
    const devices = () => {
      const models = fakeModels(2);
      made.push(models);
      return models;
    };
    const { machine, host } = boot(steps(says(restart), says(powerOff)), { devices });
    while (machine.state.is !== 'ended') machine.run(10_000);
    expect(made.flat().map(({ connected }) => connected.length)).toEqual([1, 1, 1, 1]);
    const { memory } = host.guests[1];
    expect([0, 13, 26].map((at) => memory.read8(MEMORY + at))).toEqual([4, 4, 3]);
    expect([0, 13, 26].map((at) => memory.read16(MEMORY + at + 7))).toEqual([1, 2, 3]);
  });

  test('hear kicks of their own queues', () => {
    const models = fakeModels(3);
    const ring = (index: number) => MEMORY + 0x1000 + index * 0x3000;
    const { machine } = boot(steps(notify(ring(1)), notify(ring(2)), notify(ring(1)), says(powerOff)), {
      devices: () => models,
    });
    machine.run(10_000);
    expect(models.map(({ kicked }) => kicked.length)).toEqual([0, 2, 1]);
  });

  test('that are too many end it before it begins', () => {
    const act = () => boot(steps(says(powerOff)), { devices: () => fakeModels(31) });
    expect(thrownBy(act)).toMatchObject({ kind: 'too many devices' });
  });

  test('that the kernel could not find all kill it', () => {
    const { machine } = boot(steps(says(sliceOver)), { devices: () => fakeModels(30) });
    expect(machine.run(1000)).toMatchObject({ end: 'killed', reason: expect.stringContaining('32 queues') });
  });
});

describe('a guest that prints a lot', () => {
  const OUTPUT = MEMORY + 0x1000 + 0x3000;
  const LARGE = 64 * 1024;

  /** Fills the console's ring with large buffers and kicks. */
  const flood = (guest: FakeGuest) => {
    const driver = new FakeDriver(guest.memory, OUTPUT, 256);
    driver.setAvailableIndex(guest.memory.read16(driver.place.available + 2));
    for (let index = 0; index < 256; index++) {
      driver.describe(index, { at: 0x1000, length: LARGE });
      driver.offer(index);
    }
    return { event: { why: 'notify', address: physical(OUTPUT) } as const };
  };
  const quiet = (script: Script) => {
    let bytes = 0;
    const count = (chunk: Uint8Array) => {
      bytes += chunk.length;
    };
    return { ...boot(script, { consoleOutput: count }), bytes: () => bytes };
  };

  test('is stopped after about a mebibyte, and goes on where it was', () => {
    const { machine, bytes } = quiet(steps(flood, says(sliceOver)));
    expect(machine.run(1e9)).toEqual({ is: 'running' });
    expect(machine.outputFull).toBe(true);
    const first = bytes();
    expect(first).toBeLessThan(2 * 1024 * 1024);
    for (let turn = 0; turn < 16; turn++) machine.run(100);
    expect(bytes()).toBe(256 * LARGE);
    expect(machine.outputFull).toBe(false);
  });

  test('stops the board too, so that a front can catch up', () => {
    const { host, machine, bytes } = quiet(steps(flood));
    expect(machine.run(0)).toEqual({ is: 'running' });
    const board = new MachineBoard(host);
    board.machines.push(machine);
    for (let turn = 0; turn < 50; turn++) {
      const before = bytes();
      expect(board.run(1_000_000)).toEqual({ is: 'running' });
      expect(bytes() - before).toBeLessThan(2 * 1024 * 1024);
    }
  });

  test('is heard out when it ends, and when it idles', () => {
    const ended = quiet(steps(flood, says(powerOff)));
    for (let turn = 0; turn < 20; turn++) ended.machine.run(1000);
    expect(ended.machine.state).toMatchObject({ end: 'power off' });
    expect(ended.bytes()).toBe(256 * LARGE);
    const idle = quiet(steps(flood, says({ why: 'idle', untilInstruction: null })));
    for (let turn = 0; turn < 20; turn++) idle.machine.run(1000);
    expect(idle.machine.state).toMatchObject({ is: 'idle' });
    expect(idle.bytes()).toBe(256 * LARGE);
  });
});
