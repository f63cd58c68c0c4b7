/**
 * The guest came back with a trap.  Whose is it?  Page faults, privileged instructions and hypercalls may be the
 * host's to answer; everything else the guest's kernel gets as if it had been on a processor of its own.
 */

import { USER_RING } from '../agreement/segments.ts';
import { TRAP_IN_SWITCH, vector } from '../agreement/traps.ts';
import { accessDevice } from './device-access.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { reflectTrap } from './interrupts-and-traps.ts';
import { hex, killGuest } from './kill-guest.ts';
import { writeFaultAddress } from './lguest-data.ts';
import { demandPage } from './page-tables.ts';
import { emulateInstruction, stepOverVmcall } from './privileged-instructions.ts';

/** What became of a trap: the causes by which round trips are told apart. */
export type TrapFate =
  | 'hypercall'
  | 'page fault filled'
  | 'user page fault reflected'
  | 'kernel page fault reflected'
  | 'system call reflected'
  | 'trap reflected'
  | 'privileged instruction'
  | 'device access'
  | 'fault in the switch';

/** Why a round trip ended: what became of the trap, or what else it was. */
export type CrossingCause = TrapFate | 'host interrupt' | 'NMI' | 'shut down';

/** Acts on trap `trap` (0–31, 128, or 256 from inside the switch) of a guest just left. */
export function serveTrap(cpu: GuestCpu, trap: number, errorCode: number, cr2: number): TrapFate {
  switch (trap) {
    case vector.pageFault:
      return servePageFault(cpu, errorCode, cr2);
    case vector.generalProtection:
      if (errorCode !== 0 || !emulateInstruction(cpu)) return reflect(cpu, trap, errorCode);
      cpu.counters.emulatedInstructions++;
      return 'privileged instruction';
    case vector.invalidOpcode:
      if (!stepOverVmcall(cpu)) return reflect(cpu, trap, errorCode);
      cpu.hypercallPending = true;
      return 'hypercall';
    case vector.lguestEntry:
      cpu.hypercallPending = true;
      return 'hypercall';
    case vector.systemCall:
      reflect(cpu, trap, errorCode);
      return 'system call reflected';
    case TRAP_IN_SWITCH:
      killGuest(cpu, `cannot be entered with the registers it has: ${selectors(cpu)}`);
      return 'fault in the switch';
    default:
      return reflect(cpu, trap, errorCode);
  }
}

function reflect(cpu: GuestCpu, trap: number, errorCode: number): TrapFate {
  cpu.counters.reflectedTraps++;
  reflectTrap(cpu, trap, errorCode);
  return 'trap reflected';
}

function servePageFault(cpu: GuestCpu, errorCode: number, cr2: number): TrapFate {
  const fate = demandPage(cpu, cr2, errorCode);
  if (fate === 'filled') cpu.counters.filledByHost++;
  if (fate === 'device' && accessDevice(cpu, cr2, errorCode)) {
    cpu.counters.deviceAccesses++;
    return 'device access';
  }
  if (fate === 'filled' || fate === 'fatal') return 'page fault filled';
  const fromUser = (cpu.registers.cs & 3) === USER_RING;
  if (fromUser) {
    cpu.counters.userPageFaults++;
    cpu.counters.reflectedByHost++;
  } else {
    cpu.counters.kernelPageFaults++;
  }
  writeFaultAddress(cpu, cr2);
  reflectTrap(cpu, vector.pageFault, errorCode);
  return fromUser ? 'user page fault reflected' : 'kernel page fault reflected';
}

function selectors(cpu: GuestCpu): string {
  const names = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const;
  return names.map((name) => `${name} ${hex(cpu.registers.read(name) & 0xffff)}`).join(', ');
}
