/**
 * One trip: everything the processor must find in place is put there, the Switcher does its turn, and what the guest
 * came back with is counted and acted upon.  A guest makes a hundred thousand of these in a second, so nothing is
 * written that is already there, and nothing is noted that nobody looks at.
 */

import { USER_RING } from '../agreement/segments.ts';
import { eflags } from '../agreement/traps.ts';
import type { CrossingExit } from '../switcher/crossing.ts';
import { runGuestOnce } from '../switcher/run-guest-once.ts';
import type { Board } from './board.ts';
import { settleMeter, userInstructionsOfTrip } from './count-crossing.ts';
import { countWalker } from './fast-path.ts';
import { swapFloatingPoint, TASK_SWITCHED } from './floating-point.ts';
import { type GuestCpu, noteEverything } from './guest-cpu.ts';
import { installTables } from './guest-tables.ts';
import { hex, killGuest } from './kill-guest.ts';
import { readFaultAddress } from './lguest-data.ts';
import { type CrossingCause, serveTrap } from './serve-trap.ts';
import { chargeCrossing } from './user-fault-crossings.ts';
import { type Departure, noteDeparture, noteReturn, tellWatchers } from './watched-crossing.ts';

/** Enters the guest for at most about `slice` instructions and deals with what brought it back. */
export function crossWorlds(board: Board, cpu: GuestCpu, slice: number): void {
  if (!mayEnter(cpu)) return;
  const watched = board.onCrossing !== null || board.watcher !== null;
  const enteredAt = watched ? board.ground.clock : 0;
  if (board.lastGuest !== cpu) takeOver(board, cpu);
  showTaskSwitched(board, cpu);
  if (cpu.changed !== 0) installTables(board.world.state, cpu);
  const departure = watched ? noteDeparture(board, cpu, enteredAt) : null;
  const exit = runGuestOnce(board.world, cpu.shadow.current.page, cpu.registersPage, slice);
  cpu.counters.roundTrips++;
  comeHome(board, cpu, exit, departure);
}

/** What the processor did until now was done for another guest, and all it finds in place is that guest's. */
function takeOver(board: Board, cpu: GuestCpu): void {
  settleMeter(board.meter, board.lastGuest);
  noteEverything(cpu);
  swapFloatingPoint(board, cpu);
  board.lastGuest = cpu;
}

/** Flags no guest chooses for itself. */
const forcedFlags = eflags.interrupt | eflags.reserved;
const withheldFlags = eflags.ioPrivilege | eflags.virtual8086;
const RING = 3;

/** The last look at what the Switcher's iret will load: never ring 0, always interruptible. */
function mayEnter(cpu: GuestCpu): boolean {
  const { registers } = cpu;
  if ((registers.cs & RING) === 0) {
    killGuest(cpu, `would go on in ring 0, at ${hex(registers.cs)}:${hex(registers.eip)}`);
    return false;
  }
  const now = registers.eflags;
  const flags = ((now & ~withheldFlags) | forcedFlags) >>> 0;
  if (flags !== now) registers.eflags = flags;
  return true;
}

/** CR0.TS as the guest last asked for it: its next x87 instruction shall fault, or not. */
function showTaskSwitched(board: Board, cpu: GuestCpu): void {
  const { registers } = board.ground;
  const { cr0 } = registers;
  if (((cr0 & TASK_SWITCHED) !== 0) !== cpu.taskSwitched) registers.cr0 = (cr0 ^ TASK_SWITCHED) >>> 0;
}

function comeHome(board: Board, cpu: GuestCpu, exit: CrossingExit, departure: Departure | null): void {
  const { cr2 } = board.ground.registers;
  const fromUser = (cpu.registers.cs & RING) === USER_RING;
  const userInstructions = userInstructionsOfTrip(board.meter);
  // fast path begins
  const reflectedBySwitcher = countWalker(cpu);
  // fast path ends
  // The host is about to write its own there.
  const lastReflectedAddress = reflectedBySwitcher === 0 ? 0 : readFaultAddress(cpu);
  const noted = departure === null ? null : noteReturn(board, cpu, exit, departure);
  const cause = serveExit(cpu, exit, cr2);
  cpu.tallies.roundTrips.add(cause);
  const charged = chargeCrossing(cpu.userFault, {
    fromUser,
    userInstructions,
    reflectsUserFault: cause === 'user page fault reflected',
    fills: cause === 'page fault filled',
    faultAddress: cr2,
    reflectedBySwitcher,
    lastReflectedAddress,
  });
  if (charged) cpu.counters.userFaultCrossings++;
  if (noted !== null) tellWatchers(board, noted, cause);
}

/** Acts on the exit; answers what became of it. */
function serveExit(cpu: GuestCpu, exit: CrossingExit, cr2: number): CrossingCause {
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
