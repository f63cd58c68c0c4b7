import { describe, expect, test } from 'vitest';
import type { Board } from '../../../core/x86/board.ts';
import { stateLayout } from '../../../core/x86/state.ts';
import { testBoard } from '../../engine.ts';
import { assemble } from './assemble.ts';
import { buildSmallWorld, enterRing, world } from './small-world.ts';

const EVENT_WAITING = stateLayout.at.eventWaiting >>> 2;
const APIC_BASE = 0x1b;
const GENERAL_PROTECTION = 13;
const NMI = 2;

/** Runs code in ring 0 of a board with a local APIC, paging off, until it or a handler's stub halts. */
function start(text: string, localApic = true): { board: Board; vector: () => number } {
  const board = testBoard({ ramBytes: world.bytes, localApic });
  buildSmallWorld(board);
  board.memory.writeBytes(world.code, assemble(`mov esi, 0xFEE00000\n${text}\nhlt`));
  enterRing(board, 0);
  board.registers.cr0 = (board.registers.cr0 & 0x7fffffff) >>> 0;
  return { board, vector: () => board.registers.eip - 1 - world.stubs };
}

/** Runs to the next hlt and says which vector's stub it was in, or null for the code's own. */
function next({ board, vector }: ReturnType<typeof start>): number | null {
  expect(board.run(10_000)).toEqual({ why: 'halted' });
  return vector() >= 0 && vector() < 256 ? vector() : null;
}

const enable = 'mov dword ptr [esi+0xF0], 0x1FF';
const send = (vector: number) => `mov dword ptr [esi+0x300], ${0x44000 | vector}`;

describe('the local APIC', () => {
  test('a board without one has no register for it, and says so', () => {
    const run = start(`mov ecx, ${APIC_BASE}\nrdmsr`, false);
    expect(next(run)).toBe(GENERAL_PROTECTION);
    const asked = start('mov eax, 1\ncpuid', false);
    next(asked);
    expect(asked.board.registers.edx & (1 << 9)).toBe(0);
  });

  test('says where it is, that it is enabled, and that this is the first processor', () => {
    const run = start(`mov ecx, ${APIC_BASE}\nrdmsr\nmov ebx, [esi+0x30]`);
    expect(next(run)).toBe(null);
    expect(run.board.registers.eax).toBe(0xfee00900);
    expect(run.board.registers.ebx).toBe(0x50014);
  });

  test('answers only while it is enabled', () => {
    const run = start(`mov ecx, ${APIC_BASE}\nrdmsr\nand eax, 0xFFFFF7FF\nwrmsr\nmov ebx, [esi+0x30]
      mov eax, 1\ncpuid`);
    next(run);
    expect(run.board.registers.edx & (1 << 9)).toBe(0);
    const gone = start(`mov ecx, ${APIC_BASE}\nrdmsr\nand eax, 0xFFFFF7FF\nwrmsr\nmov ebx, [esi+0x30]`);
    next(gone);
    expect(gone.board.registers.ebx).toBe(0xffffffff);
  });

  test('an interrupt sent to oneself arrives before the next instruction', () => {
    const run = start(`${enable}\nsti\nnop\n${send(0x41)}\nmov ebx, 1`);
    expect(next(run)).toBe(0x41);
    expect(run.board.registers.ebx).not.toBe(1);
  });

  test('waits while interrupts are off, and the higher vector goes first', () => {
    const run = start(`${enable}\n${send(0x41)}\n${send(0x62)}\nmov ebx, [esi+0x220]\nmov edx, [esi+0x230]\nsti\nnop`);
    expect(next(run)).toBe(0x62);
    expect([run.board.registers.ebx, run.board.registers.edx]).toEqual([1 << 1, 1 << 2]);
  });

  test('holds back what is not above the task priority, and says so in its own', () => {
    const run = start(`${enable}\nmov dword ptr [esi+0x80], 0x40\n${send(0x41)}\nsti\nnop\nmov ebx, [esi+0xA0]
      mov dword ptr [esi+0x80], 0x30`);
    expect(next(run)).toBe(0x41);
    expect(run.board.registers.ebx).toBe(0x40);
  });

  test('one in service keeps out its class until the end of interrupt', () => {
    const text = `${enable}\n${send(0x41)}\nsti\nnop\nmov ebx, 7`;
    const run = start(text);
    expect(next(run)).toBe(0x41);
    // The handler: send another of the same class, look, end the first.
    const handler = assemble(`${send(0x42)}\nsti\nnop\nmov ebx, [esi+0x220]\nmov dword ptr [esi+0xB0], 0\nhlt`);
    run.board.memory.writeBytes(world.code + 0x400, handler);
    run.board.registers.eip = world.code + 0x400;
    expect(next(run)).toBe(0x42);
    expect(run.board.registers.ebx).toBe(1 << 2);
  });

  test('generated code stays away from its short ways only while something may be taken', () => {
    const run = start(`${enable}\nhlt\n${send(0x41)}\nhlt\nmov dword ptr [esi+0x80], 0x40\nhlt
      mov dword ptr [esi+0x80], 0\nsti\nnop`);
    const waiting = () => run.board.state.i32[EVENT_WAITING];
    const heard = [next(run), waiting(), next(run), waiting(), next(run), waiting(), next(run), waiting()];
    expect(heard).toEqual([null, 0, null, 1, null, 0, 0x41, 0]);
  });

  test('wakes the processor from a halt it sent itself an interrupt for', () => {
    const run = start(`${enable}\n${send(0x41)}\nsti\nhlt\nmov ebx, 1`);
    expect(next(run)).toBe(0x41);
    const deaf = start(`${enable}\n${send(0x41)}\nhlt`);
    expect(next(deaf)).toBe(null);
  });

  test('an NMI to oneself does not ask for interrupts to be on', () => {
    const run = start('mov dword ptr [esi+0x300], 0x44400');
    expect(next(run)).toBe(NMI);
  });

  test('what goes to others goes nowhere', () => {
    const run = start(`${enable}\nsti\nmov dword ptr [esi+0x300], 0xC4041\nmov dword ptr [esi+0x310], 0x05000000
      mov dword ptr [esi+0x300], 0x4041\nnop`);
    expect(next(run)).toBe(null);
  });

  test('its version cannot be written, nor bits that do not exist', () => {
    const run = start(`mov dword ptr [esi+0x30], 7\nmov eax, [esi+0x30]\nmov dword ptr [esi+0x80], 0x12345
      mov ebx, [esi+0x80]`);
    next(run);
    expect([run.board.registers.eax, run.board.registers.ebx]).toEqual([0x50014, 0x45]);
  });
});
