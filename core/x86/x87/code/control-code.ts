/** Instructions about the unit itself, as code (environment.ts). */

import type { Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { control, EXCEPTIONS } from '../words.ts';
import type { UnitCode } from './unit-code.ts';

const WORD_BYTES = 2;

/** fnstsw ax. */
export function writeStatusToAx(x: UnitCode): void {
  x.requireUnit();
  x.site.setAx(x.status);
}

/** fnstsw and fnstcw to memory. */
export function writeStoreWord(x: UnitCode, which: 'fpuStatus' | 'fpuControl'): void {
  x.requireUnit();
  const host = x.locate(x.site.offset(), WORD_BYTES, true);
  x.code.store(wasm.i32Store16, host, x.state(which), 0);
}

/** fldcw. A mask that uncovers an old exception is the service's to take. */
export function writeLoadControl(x: UnitCode): void {
  x.requireReady([]);
  const host = x.locate(x.site.offset(), WORD_BYTES, false);
  const loaded = x.code.load(wasm.i32Load16U, host, 0);
  const word = x.or(x.and(loaded, x.constant(control.stored)), x.constant(control.one));
  x.unableIf(x.and(x.and(x.status, x.not(word)), x.constant(EXCEPTIONS)));
  x.setState('fpuControl', word);
}

/** fincstp and fdecstp. */
export function writeTurn(x: UnitCode, by: number): void {
  x.requireReady([]);
  x.setState('fpuStatus', x.withTop(x.withC1(x.status, null), x.slot(x.constant(by))));
  x.leaveTrace();
}

/** ffree. */
export function writeFree(x: UnitCode, slot: Value): void {
  x.requireReady([]);
  x.markEmpty(slot);
  x.setState('fpuStatus', x.withC1(x.status, null));
  x.leaveTrace();
}

/** fnop, which still waits for exceptions and is remembered. */
export function writeNothing(x: UnitCode): void {
  x.requireReady([]);
  x.leaveTrace();
}

/** wait, which is not remembered. Whether TS matters depends on MP, and is the service's to know. */
export function writeWait(x: UnitCode): void {
  x.requireReady([]);
}
