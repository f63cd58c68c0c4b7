/**
 * EFLAGS as a whole to the stack and back, the interrupt flag, and hlt.  The checks are in system/flags.ts and
 * system/control.ts.
 */

import type { Value } from '../emit/function-builder.ts';
import { engineExit } from '../interpreter/operation.ts';
import { words } from '../memory/words.ts';
import { eflag } from '../state.ts';
import { restorable } from '../system/rights.ts';
import type { SystemWriter } from './system-writer.ts';

const { CPL, EIP, ESP, EVENT_WAITING, FLAGS_REST, HALTED, READ_TABLE, WRITE_TABLE } = words;

const IMAGE_BYTES = 4;
const PRIVILEGE_SHIFT = 12;
const LEVELS = 3;
const ARITHMETIC = eflag.carry | eflag.parity | eflag.adjust | eflag.zero | eflag.sign | eflag.overflow;
const ALWAYS = (restorable.always | restorable.wide) & ~ARITHMETIC;

/** 0 or 1: whether this ring may not touch the interrupt flag. */
function forbidden(w: SystemWriter): Value {
  const level = w.and(w.shiftRight(w.word(FLAGS_REST), w.constant(PRIVILEGE_SHIFT)), w.constant(LEVELS));
  return w.above(w.word(CPL), level);
}

/** pushf of four bytes on a flat stack. */
export function writeFlagsPush(w: SystemWriter): void {
  const top = w.sub(w.word(ESP), w.constant(IMAGE_BYTES));
  const host = w.open(WRITE_TABLE, top, IMAGE_BYTES);
  w.store(host, w.and(w.eflags(), w.constant(~(eflag.virtual8086 | eflag.resume))));
  w.setWord(ESP, top);
  w.control.proceed();
}

/** popf of four bytes from a flat stack, unless somebody would have to look up after it. */
export function writeFlagsPop(w: SystemWriter): void {
  const esp = w.word(ESP);
  const image = w.load(w.open(READ_TABLE, esp, IMAGE_BYTES));
  const before = w.word(FLAGS_REST);
  const stepping = w.and(w.or(before, image), w.constant(eflag.trap));
  const checking = w.and(w.xor(before, image), w.constant(eflag.alignment));
  w.giveUpIf(w.or(w.or(stepping, checking), w.word(EVENT_WAITING)));
  const outer = w.word(CPL);
  const interrupt = w.select(forbidden(w), w.constant(0), w.constant(eflag.interrupt));
  const privilege = w.select(outer, w.constant(0), w.constant(eflag.privilege));
  const cleared = w.select(outer, w.constant(eflag.resume), w.constant(eflag.resume | restorable.virtual));
  const mask = w.or(w.or(interrupt, privilege), w.constant(ALWAYS));
  const kept = w.and(before, w.not(w.or(mask, cleared)));
  w.setWord(ESP, w.add(esp, w.constant(IMAGE_BYTES)));
  w.setWord(FLAGS_REST, w.or(kept, w.and(image, mask)));
  w.setArithmeticFlags(image);
  w.control.proceed();
}

export function writeInterruptsOff(w: SystemWriter): void {
  w.giveUpIf(forbidden(w));
  w.setWord(FLAGS_REST, w.and(w.word(FLAGS_REST), w.constant(~eflag.interrupt)));
  w.control.proceed();
}

/** Not zero where somebody could tell whether the next instruction is shielded from interrupts, as behind sti and a load of
 *  ss: something waits, or the budget ends here and the caller may raise it. That shield is the service's to hold up. */
export function shieldShows(w: SystemWriter): Value {
  return w.or(w.isZero(w.control.unspent()), w.word(EVENT_WAITING));
}

export function writeInterruptsOn(w: SystemWriter): void {
  w.giveUpIf(w.or(forbidden(w), shieldShows(w)));
  w.setWord(FLAGS_REST, w.or(w.word(FLAGS_REST), w.constant(eflag.interrupt)));
  w.control.proceed();
}

/** hlt in ring 0: out to the run loop, which finds the mark. */
export function writeHalt(w: SystemWriter): void {
  const { builder, control } = w;
  w.giveUpIf(w.word(CPL));
  w.setWord(HALTED, w.constant(1));
  w.setWord(EIP, control.field('nextEip'));
  control.setState('budgetLeft', control.unspent());
  builder.return(builder.constant(engineExit.leave));
}
