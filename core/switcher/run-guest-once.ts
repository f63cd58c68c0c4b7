/**
 * One trip into a guest and back, through the real Switcher: lguest's run_guest_once.  It sets the registers the entry
 * stub expects, lets the machine run, answers the host's own handlers when they stop, and reads from the guest's saved
 * registers why it was left.  It changes nothing of the guest but trapnum, and knows nothing of what a trap means.
 */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { GroundExit } from '../agreement/ground.ts';
import { eflags, TRAP_IN_SWITCH, vector } from '../agreement/traps.ts';
import type { CrossingExit, TrapExit } from './crossing.ts';
import { type HostWorld, vectorServed } from './host-world.ts';
import { LGUEST_PAGES, lguestRegs, registersPage as pageLayout } from './lguest-pages.ts';

/** The vector the end of a slice arrives on. */
export const HOST_TIMER_VECTOR = 0x20;
/** Far more than any way home takes; spent, it means the way was lost. */
const HOMECOMING_INSTRUCTIONS = 100_000;

const TRAP_NUMBER = pageLayout.at.registers + lguestRegs.at.trapnum;
const ERROR_CODE = pageLayout.at.registers + lguestRegs.at.errcode;

/** Where the machine stopped: back home, or for good. */
type Arrival = 'home' | { readonly why: 'shut down'; readonly reason: string };

// @journey switcher/run-guest-once Once there and back
// The host's only way into a guest: three registers, one far call.  What happens on the other side is known when the
// instruction after that call is reached, and not a moment earlier.
/**
 * Enters the guest whose shadow tables and registers page these are for about `sliceInstructions`, then interrupts it
 * with the host's timer unless it came home before. The shadow must map the Switcher (`buildSwitcherTable`) and the
 * read-only page must be this guest's.
 */
export function runGuestOnce(
  world: HostWorld,
  shadowCr3: HostPhysical,
  registersPage: HostPhysical,
  sliceInstructions: number,
): CrossingExit {
  const { ground } = world;
  const { registers } = ground;
  const ticksBefore = world.served[HOST_TIMER_VECTOR];
  ground.memory.write32(registersPage + TRAP_NUMBER, TRAP_IN_SWITCH);
  registers.eax = LGUEST_PAGES;
  registers.ebx = shadowCr3;
  registers.esp = world.stackTop;
  registers.eip = world.entry.start;
  let arrival = runUntil(world, world.entry.home, sliceInstructions);
  if (arrival === 'still away') {
    ground.raiseInterrupt(HOST_TIMER_VECTOR);
    arrival = runUntil(world, world.entry.home, HOMECOMING_INSTRUCTIONS);
    // It came home by itself while the timer was on its way: the host enables interrupts and lets that in.
    if (arrival === 'home' && world.served[HOST_TIMER_VECTOR] === ticksBefore) arrival = openWindow(world);
  }
  if (arrival === 'still away') return { why: 'shut down', reason: lost(world) };
  return arrival === 'home' ? exitOf(world, registersPage) : arrival;
}
// @end

/** Lets waiting interrupts reach the host's handlers for one instruction. */
function openWindow(world: HostWorld): Arrival | 'still away' {
  world.ground.registers.eip = world.window.start;
  return runUntil(world, world.window.home, HOMECOMING_INSTRUCTIONS);
}

/** Runs until the `hlt` that ends at `home`, counting every handler that stops on the way. */
function runUntil(world: HostWorld, home: number, budgetInstructions: number): Arrival | 'still away' {
  const { ground } = world;
  const end = ground.instructions + budgetInstructions;
  for (;;) {
    const exit = ground.run(Math.max(0, end - ground.instructions));
    if (exit.why === 'budget spent') return 'still away';
    if (exit.why !== 'halted') return { why: 'shut down', reason: reasonOf(exit) };
    if (ground.registers.eip === home) return 'home';
    const served = vectorServed(world, ground.registers.eip);
    if (served === null || (served < vector.firstIrq && served !== vector.nmi)) {
      return { why: 'shut down', reason: `the host stopped at ${hex(ground.registers.eip)}, serving ${served}` };
    }
    world.served[served]++;
  }
}

function exitOf({ ground, lastExits }: HostWorld, registersPage: HostPhysical): CrossingExit {
  const { words } = ground.memory;
  const trap = words[(registersPage + TRAP_NUMBER) >>> 2];
  if (trap === vector.nmi) return nonMaskable;
  const isTrap = trap < vector.firstIrq || trap === vector.systemCall || trap === TRAP_IN_SWITCH;
  if (!isTrap) return { why: 'interrupt', vector: trap };
  const errorCode = words[(registersPage + ERROR_CODE) >>> 2];
  const last = lastExits[trap];
  if (last !== undefined && last.errorCode === errorCode) return last;
  const exit: TrapExit = { why: 'trap', trap, errorCode };
  lastExits[trap] = exit;
  return exit;
}

const nonMaskable: CrossingExit = { why: 'nmi' };

function reasonOf(exit: Exclude<GroundExit, { why: 'halted' | 'budget spent' }>): string {
  switch (exit.why) {
    case 'shut down':
      return exit.reason;
    case 'not supported':
      return `the processor met ${exit.what}`;
    case 'stopped':
      return `a port asked the board to stop with ${exit.code}`;
    default:
      return exit satisfies never;
  }
}

const hex = (value: number) => `0x${value.toString(16)}`;

function lost({ ground }: HostWorld): string {
  const { eip, eflags: flags, cpl } = ground.registers;
  const masked = flags & eflags.interrupt ? 'on' : 'off';
  return `the guest did not come home: eip ${hex(eip)}, ring ${cpl}, interrupts ${masked}`;
}
