/**
 * The loop at the centre of the host: serve what the guest asked for, deliver what it must hear, let it run, look why
 * it came back, and again.  It ends when there is something the launcher must know, or when the time given is up.
 */

import type { Board } from './board.ts';
import { crossWorlds } from './cross-worlds.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { GuestEvent } from './guest-events.ts';
import { serveHypercalls } from './hypercalls.ts';
import { CLOCK_IRQ, deliverInterrupt, setPending } from './virtual-interrupts.ts';

/** A slice shorter than the crossing itself would bring the guest back before its first instruction. */
const SHORTEST_SLICE = 400;
/** How soon to look again when the guest is between enabling interrupts and its iret. */
const WINDOW_SLICE = 100;

// @journey host/run-guest  The loop at the centre
// All of hypervising is this loop.  The order matters: a hypercall may make an interrupt deliverable, an interrupt ends
// a halt, a dead guest gets neither, and only a guest with nothing left to be told is worth the trip through the
// Switcher.  Whoever reads only one function of the host should read this one.
/** Runs the guest until an event, for at most about `budgetInstructions`. */
export function runUntilEvent(board: Board, cpu: GuestCpu, budgetInstructions: number): GuestEvent {
  const end = board.ground.clock + budgetInstructions;
  for (;;) {
    if (cpu.dead === null && cpu.hypercallPending) serveHypercalls(cpu, board.time);
    if (cpu.dead !== null) return cpu.dead;
    if (cpu.notification !== null) return takeNotification(cpu, cpu.notification);
    const { clock } = board.ground;
    if (clock >= end) return { why: 'slice over' };
    fireClock(cpu, clock);
    deliverInterrupt(cpu, board.time);
    if (cpu.dead !== null) return cpu.dead;
    if (cpu.halted) return { why: 'idle', untilInstruction: cpu.clockDeadline };
    crossWorlds(board, cpu, sliceFor(cpu, clock, end));
  }
}
// @end

function takeNotification(cpu: GuestCpu, address: NonNullable<GuestCpu['notification']>): GuestEvent {
  cpu.notification = null;
  return { why: 'notify', address };
}

/** The guest's timer is one shot: it makes irq 0 pending and is spent. */
function fireClock(cpu: GuestCpu, clock: number): void {
  if (cpu.clockDeadline === null || clock < cpu.clockDeadline) return;
  cpu.clockDeadline = null;
  setPending(cpu, CLOCK_IRQ);
}

/** Until the end of the time given, or exactly until the guest's timer, or just a little if an interrupt waits. */
function sliceFor(cpu: GuestCpu, clock: number, end: number): number {
  const wanted = cpu.windowBlocksInterrupt ? WINDOW_SLICE : Math.max(end - clock, SHORTEST_SLICE);
  return cpu.clockDeadline === null ? wanted : Math.min(wanted, cpu.clockDeadline - clock);
}
