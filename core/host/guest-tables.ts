/**
 * What the processor reads while a guest runs: its descriptor table, its interrupt gates, the stack its traps land on.
 * They lie in a page the guest cannot write, one for the whole board, so they are copied there when they changed, and
 * all of them when another guest ran in between.
 */

import { gdtEntry, TLS_ENTRIES } from '../agreement/segments.ts';
import { VECTORS } from '../agreement/traps.ts';
import type { ReadOnlyState } from '../switcher/read-only-state.ts';
import { installWalker } from './fast-path.ts';
import { changed, type GuestCpu } from './guest-cpu.ts';
import { goesDirect, stubPrivilege } from './interrupts-and-traps.ts';

/** Brings the Switcher's page up to date for the guest about to be entered. */
export function installTables(state: ReadOnlyState, cpu: GuestCpu): void {
  if (cpu.changed === 0) return;
  if (cpu.changed & changed.idt) installGates(state, cpu);
  if (cpu.changed & changed.gdt) installDescriptors(state, cpu, 0, cpu.gdt.length / 2);
  else if (cpu.changed & changed.tls) installDescriptors(state, cpu, gdtEntry.tls, TLS_ENTRIES);
  if (cpu.changed & changed.stack) state.setGuestStack(cpu.stack.segment, cpu.stack.pointer);
  // fast path begins
  if (cpu.changed & ~changed.tls) installWalker(state, cpu);
  // fast path ends
  cpu.changed = 0;
}

function installDescriptors(state: ReadOnlyState, cpu: GuestCpu, first: number, count: number): void {
  for (let index = first; index < first + count; index++) {
    state.writeDescriptor(index, cpu.gdt[index * 2], cpu.gdt[index * 2 + 1]);
  }
}

function installGates(state: ReadOnlyState, cpu: GuestCpu): void {
  const { changedGates: gates } = cpu;
  for (let number = gates.from; number < gates.to; number++) {
    if (goesDirect(cpu, number)) state.writeDirectGate(number, cpu.idt[number * 2], cpu.idt[number * 2 + 1]);
    else state.writeStubGate(number, stubPrivilege(cpu, number));
  }
  gates.from = VECTORS;
  gates.to = 0;
}
