import { expect, test } from 'vitest';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { vector } from '../../../core/agreement/traps.ts';
import { BoardRam } from '../../../core/host/board-ram.ts';
import { noteEverything } from '../../../core/host/guest-cpu.ts';
import { installTables } from '../../../core/host/guest-tables.ts';
import { readOnlyState } from '../../../core/switcher/lguest-pages.ts';
import { ReadOnlyState } from '../../../core/switcher/read-only-state.ts';
import { call, initializedGuest } from './fake-guest.ts';
import { FakeMemory } from './fake-memory.ts';

const TRAP_GATE = 0xc010_8f00;

function setting() {
  const memory = new FakeMemory(64 * 1024);
  const state = new ReadOnlyState(memory, new BoardRam(memory).allocate(1));
  const cpu = initializedGuest();
  const gateAt = (number: number) => state.page + readOnlyState.at.guestIdt + number * 8;
  const gate = (number: number) => memory.read32(gateAt(number)) & 0xffff;
  return { memory, state, cpu, gate, gateAt };
}

const setGate = (cpu: ReturnType<typeof setting>['cpu'], number: number, low: number) =>
  call(cpu, hypercall.loadIdtEntry, number, low, TRAP_GATE);

test('a gate that changed is copied, and the others are left alone', () => {
  const { memory, state, cpu, gate, gateAt } = setting();
  setGate(cpu, 3, 0x1111);
  setGate(cpu, vector.systemCall, 0x2222);
  installTables(state, cpu);
  expect([gate(3), gate(vector.systemCall)]).toEqual([0x1111, 0x2222]);
  memory.write32(gateAt(3), 0);
  setGate(cpu, vector.systemCall, 0x3333);
  installTables(state, cpu);
  expect([gate(3), gate(vector.systemCall)]).toEqual([0, 0x3333]);
});

test('all gates are copied once somebody else’s were there', () => {
  const { memory, state, cpu, gate, gateAt } = setting();
  setGate(cpu, 3, 0x1111);
  installTables(state, cpu);
  memory.write32(gateAt(3), 0);
  noteEverything(cpu);
  installTables(state, cpu);
  expect(gate(3)).toBe(0x1111);
});
