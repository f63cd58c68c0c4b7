/** A machine whose guest follows a script: for tests of what the launcher makes of events. */

import type { GuestEvent } from '../../../core/host/guest-events.ts';
import { createMachine, type MachineOptions } from '../../../core/launcher/machine.ts';
import { buildElf } from './build-elf.ts';
import { type FakeGuest, FakeHost, physical, type Script } from './fake-guest.ts';

export const image = buildElf([{ at: 0x100000, bytes: Uint8Array.from([0xf4]) }], 0x100000);
export const MEMORY = 4 * 1024 * 1024;
export const sliceOver: GuestEvent = { why: 'slice over' };
export const powerOff: GuestEvent = { why: 'dead', end: 'power off', reason: 'Power down' };

/** A script from a list of steps; the last one repeats. */
export function steps(...list: ((guest: FakeGuest, budget: number) => { event: GuestEvent; took?: number })[]): Script {
  let index = 0;
  return (guest, budget) => {
    const { event, took = 100 } = list[Math.min(index++, list.length - 1)](guest, budget);
    return { event, took };
  };
}

export const notify =
  (at: number, text = '') =>
  (guest: FakeGuest) => {
    guest.memory.writeBytes(at, Buffer.from(text, 'latin1'));
    return { event: { why: 'notify', address: physical(at) } as const };
  };
export const says = (event: GuestEvent) => () => ({ event });

export function boot(script: Script, options: Partial<MachineOptions> = {}) {
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
