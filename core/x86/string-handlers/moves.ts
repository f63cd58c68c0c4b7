/**
 * Handlers of rep movs and rep stos (SDM 1 7.3.9.3): eight bytes at a time where the chunk is short, WebAssembly's own
 * copying and filling where it is long.
 */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { loadOpcode, storeOpcode } from '../interpreter/memory-code.ts';
import { EIGHT, type OpenString, type RepeatCode, type StringPlace } from './repeat-code.ts';

/** From this many bytes on it pays to call what V8 has for the purpose: about where ten turns of the loop take as long. */
const WORTH_A_CALL = 96;

/** Writes a loop: while `bytes` more lie before `length`, does `step` and moves `at` on. */
function stepThrough(
  code: FunctionBuilder,
  repeat: RepeatCode,
  at: Variable,
  bytes: number,
  length: Value,
  step: (at: Value) => void,
): void {
  const loop = newScope(true);
  code.within(loop, () => {
    const from = code.get(at);
    const behind = repeat.add(from, repeat.constant(bytes));
    code.if(repeat.isZero(repeat.below(length, behind)), () => {
      step(from);
      code.set(at, behind);
      code.branch(loop);
    });
  });
}

/** Element by element, or as if: where the target lies a little ahead of the source, the source is what was just written. */
function copy(code: FunctionBuilder, repeat: RepeatCode, to: Value, from: Value, length: Value): void {
  const { size } = repeat;
  const one = repeat.constant(1);
  const ahead = repeat.sub(to, from);
  const feedsItself = repeat.below(repeat.sub(ahead, one), repeat.sub(length, one));
  const long = repeat.below(repeat.constant(WORTH_A_CALL), length);
  const move = (load: number, store: number) => (at: Value) =>
    code.store(store, repeat.add(to, at), code.load(load, repeat.add(from, at), 0), 0);
  code.if(
    repeat.and(long, repeat.isZero(feedsItself)),
    () => code.copyBytes(to, from, length),
    () => {
      const at = code.variable();
      code.set(at, repeat.constant(0));
      const apart = repeat.isZero(repeat.below(ahead, repeat.constant(EIGHT)));
      code.if(apart, () => stepThrough(code, repeat, at, EIGHT, length, move(wasm.i64Load, wasm.i64Store)));
      stepThrough(code, repeat, at, size, length, move(loadOpcode[size], storeOpcode[size]));
    },
  );
}

export function writeRepeatedMove(code: FunctionBuilder, repeat: RepeatCode, to: StringPlace, from: StringPlace): void {
  const up = (left: Value) => {
    const source = repeat.open(from);
    const target = repeat.open(to);
    const elements = repeat.withinPage(target, repeat.withinPage(source, left));
    repeat.begin(left, elements);
    const length = repeat.shiftLeft(elements, repeat.sizeShift);
    const sourceHost = repeat.host(source, length);
    const targetHost = repeat.host(target, length);
    copy(code, repeat, targetHost, sourceHost, length);
    repeat.advance([source, target], left, elements, length);
    repeat.next(left, elements);
  };
  repeat.write(up, (left) => moveDown(code, repeat, repeat.open(to), repeat.open(from), left));
}

/** Where the target lies a little below the source, the source is what was just written, and the service does it. */
function moveDown(
  code: FunctionBuilder,
  repeat: RepeatCode,
  target: OpenString,
  source: OpenString,
  left: Value,
): void {
  const elements = repeat.withinPageDown(target, repeat.withinPageDown(source, left));
  repeat.begin(left, elements);
  const length = repeat.shiftLeft(elements, repeat.sizeShift);
  const from = repeat.host(repeat.lowered(source, length), length);
  const to = repeat.host(repeat.lowered(target, length), length);
  const behind = repeat.sub(from, to);
  const one = repeat.constant(1);
  code.if(repeat.below(repeat.sub(behind, one), repeat.sub(length, one)), () => repeat.pass());
  code.copyBytes(to, from, length);
  repeat.advance([source, target], left, elements, repeat.sub(repeat.constant(0), length));
  repeat.next(left, elements);
}

function fill(code: FunctionBuilder, repeat: RepeatCode, to: Value, accumulator: Value, length: Value): void {
  const { size } = repeat;
  const word = repeat.spread(accumulator);
  const byte = repeat.zeroExtend(accumulator, 1);
  const alike = repeat.equal(repeat.mul(byte, repeat.constant(0x0101_0101)), word);
  const long = repeat.below(repeat.constant(WORTH_A_CALL), length);
  code.if(
    repeat.and(long, alike),
    () => code.fillBytes(to, byte, length),
    () => {
      const at = code.variable();
      code.set(at, repeat.constant(0));
      const pair = repeat.twice(word);
      stepThrough(code, repeat, at, EIGHT, length, (from) => code.store(wasm.i64Store, repeat.add(to, from), pair, 0));
      stepThrough(code, repeat, at, size, length, (from) =>
        code.store(storeOpcode[size], repeat.add(to, from), accumulator, 0),
      );
    },
  );
}

export function writeRepeatedStore(code: FunctionBuilder, repeat: RepeatCode, to: StringPlace): void {
  repeat.write((left) => {
    const target = repeat.open(to);
    const elements = repeat.withinPage(target, left);
    repeat.begin(left, elements);
    const length = repeat.shiftLeft(elements, repeat.sizeShift);
    fill(code, repeat, repeat.host(target, length), repeat.accumulator(), length);
    repeat.advance([target], left, elements, length);
    repeat.next(left, elements);
  });
}
