/**
 * Where a hypercall's number and arguments come from: the guest's registers, or an entry of its ring of batched calls.
 * Both are the guest's to fill, so nothing is assumed of the numbers but that they are 32 bits each.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { lguestEras, RING_ENTRIES, RING_FREE } from '../agreement/lguest-data.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { fieldPlace } from './lguest-data.ts';

export interface HypercallArguments {
  readonly number: number;
  /** argument[0] is what the ABI calls argument 1. */
  readonly argument: readonly number[];
}

const ARGUMENTS = 4;

/** The call the guest trapped for. Before LGUEST_INIT the newest convention is as good as any. */
export function argumentsInRegisters(cpu: GuestCpu): HypercallArguments {
  const { argumentRegisters } = cpu.lguestData?.era ?? lguestEras[0];
  const argument = argumentRegisters.map((name) => cpu.registers.read(name));
  while (argument.length < ARGUMENTS) argument.push(0);
  return { number: cpu.registers.eax, argument };
}

/**
 * Takes the ready entries of the ring in order and gives each to `serve`, which answers whether to go on. At most one
 * turn around the ring: the guest might refill it for ever. The states are read once, before the first call.
 */
export function serveRing(cpu: GuestCpu, serve: (call: HypercallArguments) => boolean): void {
  const statusAt = fieldPlace(cpu, 'ringStatus');
  if (statusAt === null) return;
  const status = cpu.memory.readBytes(statusAt, RING_ENTRIES);
  for (let served = 0; served < RING_ENTRIES; served++) {
    const index = cpu.nextRingEntry;
    if (status[index] === RING_FREE) return;
    const call = ringEntry(cpu, index);
    cpu.nextRingEntry = (index + 1) % RING_ENTRIES;
    cpu.memory.write8((statusAt + index) as GuestPhysical, RING_FREE); // within lguest_data
    if (!serve(call)) return;
  }
}

function ringEntry(cpu: GuestCpu, index: number): HypercallArguments {
  const { ringWords, ringEntryBytes } = cpu.lguestData?.era ?? lguestEras[0];
  const start = (fieldPlace(cpu, 'ring') ?? 0) + index * ringEntryBytes;
  const words = ringWords.map((word) => cpu.memory.read32((start + word * 4) as GuestPhysical)); // within lguest_data
  while (words.length <= ARGUMENTS) words.push(0);
  return { number: words[0], argument: words.slice(1) };
}
