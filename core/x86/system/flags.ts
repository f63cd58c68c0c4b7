/**
 * Instructions that read or write EFLAGS whole, and the interrupt flag (SDM 2A/2B CLI, STI, PUSHF, POPF).
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import { FAULT, NEXT, type Service } from '../service.ts';
import { eflag } from '../state.ts';
import { ioPrivilege, leaveNext, restorable, transferNext } from './rights.ts';
import { moveStack, peek, push } from './stack.ts';

const { CPL, FLAGS_REST, INTERRUPT_SHADOW } = words;

const { always: ALWAYS, wide: WIDE, virtual: VIRTUAL } = restorable;

const cli: Service = ({ state }) => {
  if (state.u32[CPL] > ioPrivilege(state)) return raise(state, exception.generalProtection, 0);
  state.u32[FLAGS_REST] &= ~eflag.interrupt;
  return NEXT;
};

/** Interrupts wait for the instruction behind sti, if it was sti that let them in. */
const sti: Service = ({ state }) => {
  if (state.u32[CPL] > ioPrivilege(state)) return raise(state, exception.generalProtection, 0);
  if (state.u32[FLAGS_REST] & eflag.interrupt) return NEXT;
  state.u32[FLAGS_REST] |= eflag.interrupt;
  state.u32[INTERRUPT_SHADOW] = 1;
  return leaveNext(state);
};

const pushf: Service = (processor, instruction) =>
  push(processor, instruction.operandSize, processor.state.eflags & ~(eflag.virtual8086 | eflag.resume));

const popf: Service = (processor, instruction) => {
  const { state } = processor;
  const size = instruction.operandSize;
  const image = peek(processor, 0, size);
  if (image < 0) return FAULT;
  const cpl = state.u32[CPL];
  let mask: number = size === 4 ? ALWAYS | WIDE : ALWAYS;
  if (cpl <= ioPrivilege(state)) mask |= eflag.interrupt;
  if (cpl === 0) mask |= eflag.privilege;
  const cleared = size === 4 ? (cpl === 0 ? eflag.resume | VIRTUAL : eflag.resume) : 0;
  const before = state.eflags;
  const after = (before & ~mask & ~cleared) | (image & mask);
  moveStack(state, size);
  state.eflags = after;
  const changed = before ^ after;
  if ((changed & eflag.alignment) !== 0) processor.spaces.select();
  const opened = (changed & after & eflag.interrupt) !== 0 && processor.eventWaiting();
  if (opened || ((before | after) & eflag.trap) !== 0) return leaveNext(state);
  return (changed & eflag.alignment) !== 0 ? transferNext(state) : NEXT;
};

export const flagServices: Record<string, Service> = { cli, sti, pushf, popf };
