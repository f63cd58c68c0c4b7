/**
 * One trip: everything the processor must find in place is put there, the Switcher does its turn, and what the guest
 * came back with is counted and acted upon.
 */

import { hypercallTitle } from '../agreement/hypercalls.ts';
import { eflags, vector } from '../agreement/traps.ts';
import type { CrossingExit } from '../switcher/crossing.ts';
import { runGuestOnce } from '../switcher/run-guest-once.ts';
import type { Board } from './board.ts';
import { countTrip, departMeter, readMeter, type Trip } from './count-crossing.ts';
import { closeUpOf, codeAtEip } from './crossing-close-up.ts';
import { countWalker } from './fast-path.ts';
import { swapFloatingPoint, TASK_SWITCHED } from './floating-point.ts';
import { changed, type GuestCpu, tally } from './guest-cpu.ts';
import type { CodeSeen } from './guest-events.ts';
import { installTables } from './guest-tables.ts';
import { argumentsInRegisters } from './hypercall-arguments.ts';
import { hex, killGuest } from './kill-guest.ts';
import { readField } from './lguest-data.ts';
import { serveTrap } from './serve-trap.ts';
import { chargeCrossing } from './user-fault-crossings.ts';

/** Enters the guest for at most about `slice` instructions and deals with what brought it back. */
export function crossWorlds(board: Board, cpu: GuestCpu, slice: number): void {
  if (!mayEnter(cpu)) return;
  const enteredAt = board.ground.clock;
  departMeter(board.meter);
  if (board.lastGuest !== cpu) {
    cpu.changed = changed.everything;
    swapFloatingPoint(board, cpu);
    board.lastGuest = cpu;
  }
  showTaskSwitched(board, cpu);
  installTables(board.world.state, cpu);
  const entered = board.watcher === null ? null : codeAtEip(cpu);
  const entry = { shadowCr3: cpu.shadow.current.page, registersPage: cpu.registersPage };
  const exit = runGuestOnce(board.world, entry, slice);
  const trip = readMeter(board.meter);
  countTrip(cpu, trip);
  comeHome(board, cpu, exit, trip, { at: enteredAt, code: entered });
}

/** Flags no guest chooses for itself. */
const forcedFlags = eflags.interrupt | eflags.reserved;
const withheldFlags = eflags.ioPrivilege | eflags.virtual8086;

/** The last look at what the Switcher's iret will load: never ring 0, always interruptible. */
function mayEnter(cpu: GuestCpu): boolean {
  const { registers } = cpu;
  if ((registers.cs & 3) === 0) {
    killGuest(cpu, `would go on in ring 0, at ${hex(registers.cs)}:${hex(registers.eip)}`);
    return false;
  }
  const flags = ((registers.eflags & ~withheldFlags) | forcedFlags) >>> 0;
  if (flags !== registers.eflags) registers.eflags = flags;
  return true;
}

/** CR0.TS as the guest last asked for it: its next x87 instruction shall fault, or not. */
function showTaskSwitched(board: Board, cpu: GuestCpu): void {
  const { registers } = board.ground;
  const wanted = ((registers.cr0 & ~TASK_SWITCHED) | (cpu.taskSwitched ? TASK_SWITCHED : 0)) >>> 0;
  if (registers.cr0 !== wanted) registers.cr0 = wanted;
}

/** When the guest was entered, and where if somebody watches. */
interface Departure {
  readonly at: number;
  readonly code: CodeSeen | null;
}

function comeHome(board: Board, cpu: GuestCpu, exit: CrossingExit, trip: Trip, departure: Departure): void {
  const { cr2 } = board.ground.registers;
  const { eip, cs } = cpu.registers;
  // fast path begins
  const reflectedBySwitcher = countWalker(cpu);
  // fast path ends
  const lastReflectedAddress = readField(cpu, 'cr2');
  const closeUp = departure.code === null ? null : closeUpOf(cpu, exit, cr2, departure.code);
  const outcome = board.onCrossing || closeUp ? describeExit(cpu, exit, cr2) : '';
  const cause = serveExit(cpu, exit, cr2);
  tally(cpu.tallies.roundTrips, cause);
  const charged = chargeCrossing(cpu.userFault, {
    fromUser: (cs & 3) === 3,
    userInstructions: trip.userInstructions,
    reflectsUserFault: cause === 'user page fault reflected',
    fills: cause === 'page fault filled',
    faultAddress: cr2,
    reflectedBySwitcher,
    lastReflectedAddress,
  });
  if (charged) cpu.counters.userFaultCrossings++;
  if (board.onCrossing === null && closeUp === null) return;
  const record = {
    guest: cpu.name,
    enteredAt: departure.at,
    leftAt: board.ground.clock,
    ring: cs & 3,
    eip,
    cause,
    outcome,
    instructionsInGuest: trip.guestInstructions,
  };
  board.onCrossing?.(record);
  if (closeUp !== null) board.watcher?.(record, closeUp);
}

/** Acts on the exit; answers what became of it. */
function serveExit(cpu: GuestCpu, exit: CrossingExit, cr2: number): string {
  switch (exit.why) {
    case 'trap':
      return serveTrap(cpu, exit.trap, exit.errorCode, cr2);
    case 'interrupt':
      cpu.counters.hostInterrupts++;
      return 'host interrupt';
    case 'nmi':
      return 'NMI';
    case 'shut down':
      killGuest(cpu, `brought its board down: ${exit.reason}`);
      return 'shut down';
    default:
      return exit satisfies never;
  }
}

/** What the guest came back with, in a few words for a trace. */
function describeExit(cpu: GuestCpu, exit: CrossingExit, cr2: number): string {
  switch (exit.why) {
    case 'trap':
      return describeTrap(cpu, exit.trap, exit.errorCode, cr2);
    case 'interrupt':
      return `vector ${hex(exit.vector)}`;
    case 'nmi':
      return 'served by the host';
    case 'shut down':
      return exit.reason;
    default:
      return exit satisfies never;
  }
}

function describeTrap(cpu: GuestCpu, trap: number, errorCode: number, cr2: number): string {
  if (trap === vector.pageFault) return `cr2 ${hex(cr2)} error ${hex(errorCode)}`;
  if (trap !== vector.lguestEntry) return `trap ${hex(trap)} error ${hex(errorCode)}`;
  const { number, argument } = argumentsInRegisters(cpu);
  return [hypercallTitle(number), ...argument.map(hex)].join(' ');
}
