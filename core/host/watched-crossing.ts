/** What is noted of a crossing while somebody looks, and how they are told.  While nobody does, nothing here is called. */

import { hypercallTitle } from '../agreement/hypercalls.ts';
import { vector } from '../agreement/traps.ts';
import type { CrossingExit } from '../switcher/crossing.ts';
import type { Board } from './board.ts';
import { guestInstructionsSince, settleMeter } from './count-crossing.ts';
import { closeUpOf, codeAtEip } from './crossing-close-up.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { CodeSeen, CrossingCloseUp, CrossingRecord } from './guest-events.ts';
import { noCall, readRegisterCall } from './hypercall-arguments.ts';
import { hex } from './kill-guest.ts';

/** When the guest was entered, and where if somebody looks closely. */
export interface Departure {
  readonly at: number;
  readonly code: CodeSeen | null;
}

/** The guest is about to be entered; what the host does for that began at board clock `at`. */
export function noteDeparture(board: Board, cpu: GuestCpu, at: number): Departure {
  settleMeter(board.meter, cpu);
  return { at, code: board.watcher === null ? null : codeAtEip(cpu) };
}

/** A crossing of which only the cause is not known yet. */
export interface Noted {
  readonly record: Omit<CrossingRecord, 'cause'>;
  readonly closeUp: CrossingCloseUp | null;
}

/** The guest is home, and the host has done nothing about it yet. */
export function noteReturn(board: Board, cpu: GuestCpu, exit: CrossingExit, departure: Departure): Noted {
  const { clock, registers } = board.ground;
  const { cr2 } = registers;
  const record = {
    guest: cpu.name,
    enteredAt: departure.at,
    leftAt: clock,
    ring: cpu.registers.cs & 3,
    eip: cpu.registers.eip,
    outcome: describeExit(cpu, exit, cr2),
    instructionsInGuest: guestInstructionsSince(board.meter),
  };
  return { record, closeUp: departure.code === null ? null : closeUpOf(cpu, exit, cr2, departure.code) };
}

/** The host has dealt with it. */
export function tellWatchers(board: Board, { record, closeUp }: Noted, cause: string): void {
  const whole = { ...record, cause };
  board.onCrossing?.(whole);
  if (closeUp !== null) board.watcher?.(whole, closeUp);
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
  const call = noCall();
  readRegisterCall(cpu, call);
  const { number, first, second, third, fourth } = call;
  return [hypercallTitle(number), ...[first, second, third, fourth].map(hex)].join(' ');
}
