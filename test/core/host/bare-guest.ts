/**
 * Guests of a few lines of assembly on a real board, for what needs a processor: one page of code in ring 1, every
 * address meaning itself, lguest_data filled in, and a way to tell the test numbers (NOTIFY of the address 'said').
 */

import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { lguestData41, RING_ENTRIES, RING_FREE } from '../../../core/agreement/lguest-data.ts';
import { vector } from '../../../core/agreement/traps.ts';
import type { Guest, GuestOptions, Host, HostOptions } from '../../../core/host/guest-events.ts';
import { boardBytesFor, createHost } from '../../../core/host/host.ts';
import { createRoundRobin } from '../../../core/host/round-robin.ts';
import type { Board } from '../../../core/x86/board.ts';
import { testBoard } from '../../engine.ts';
import { assembleAt } from './assemble.ts';
import { guestPhysical } from './fake-guest.ts';

export const CODE = 0x10_000;
export const DATA = 0x2000;
export const SAID = 0x3000;
export const STACK = 0x9000;
const MEMORY = 1024 * 1024;
const options = (name: string) => ({ name, memoryBytes: MEMORY, deviceBytes: 4096, fastPath: false });

export function createBench(guests: number, hostOptions: HostOptions = {}): { board: Board; host: Host } {
  const board = testBoard({ ramBytes: boardBytesFor(Array.from({ length: guests }, () => options('room'))) });
  return { board, host: createHost(board, hostOptions) };
}

const { at } = lguestData41;
export const field = (name: keyof typeof at): number => DATA + at[name];

/** A hypercall with its arguments, as text. */
export const ask = (number: number, ...args: (number | string)[]): string =>
  [
    ...args.map((value, index) => `mov ${['ebx', 'ecx', 'edx', 'esi'][index]}, ${value}`),
    `mov eax, ${number}`,
    'int 0x1f',
  ].join('\n');

/** Tells the test what is in eax. */
export const tell = `
        mov [${SAID}], eax
        ${ask(hypercall.notify, SAID)}
`;

/** A present gate for `number` to the label `handler`; type 14 is an interrupt gate, 15 a trap gate. */
export const setGate = (number: number, handler: string, type = 14): string => `
        mov ecx, @${handler}
        mov edx, ecx
        and ecx, 0xffff
        and edx, 0xffff0000
        or edx, ${0x8000 | (type << 8)}
        ${ask(hypercall.loadIdtEntry, number, 'ecx', 'edx')}
`;

export const powerOff = ask(hypercall.shutdown, 0x4000, 1);

/** Adds a guest whose kernel is `program`, after LGUEST_INIT with interrupts off and no irq blocked. */
export function addGuest(host: Host, name: string, program: string, more: Partial<GuestOptions> = {}): Guest {
  const guest = host.createGuest({ ...options(name), ...more });
  const { memory } = guest;
  const put = (place: number, value: number) => memory.write32(guestPhysical(place), value);
  memory.fill(guestPhysical(field('ringStatus')), RING_ENTRIES, RING_FREE);
  put(field('kernelAddress'), 0xc000_0000);
  put(field('syscallVector'), vector.systemCall);
  memory.writeBytes(
    guestPhysical(0x4000),
    Uint8Array.from('Power down', (letter) => letter.charCodeAt(0)),
  );
  const bytes = assembleAt(CODE, `mov esp, ${STACK}\n${ask(hypercall.initialize, DATA)}\n${program}`);
  memory.writeBytes(guestPhysical(CODE), bytes);
  guest.start(guestPhysical(CODE));
  return guest;
}

export interface Told {
  readonly [guest: string]: number[];
}

/** Runs all guests in small turns until every one is dead; answers what each told. */
export function runAll(host: Host, guests: readonly Guest[], sliceInstructions = 3000, budget = 5_000_000): Told {
  const told: Record<string, number[]> = Object.fromEntries(guests.map((guest) => [guest.name, []]));
  const rota = createRoundRobin(host, sliceInstructions);
  const end = host.clock + budget;
  while (guests.some((guest) => guest.dead === null)) {
    const event = rota.run(guests, end - host.clock);
    if (event.why === 'budget spent') throw new Error(`still alive at ${host.clock}: ${JSON.stringify(told)}`);
    if (event.why === 'all idle') {
      if (event.untilInstruction === null) throw new Error('all wait for ever');
      host.skipTime(Math.max(0, event.untilInstruction - host.clock));
    } else if (event.event.why === 'notify') {
      told[event.guest.name].push(event.guest.memory.read32(event.event.address));
    }
  }
  return told;
}
