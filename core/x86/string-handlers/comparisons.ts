/** Handlers of repe and repne cmps and scas (SDM 1 7.3.9.3): through the chunk until a comparison ends it. */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import type { Instruction } from '../instruction.ts';
import { loadOpcode } from '../interpreter/memory-code.ts';
import { EIGHT, type OpenString, type RepeatCode, type StringPlace } from './repeat-code.ts';

/** Whether none of the elements in eight bytes is zero: a borrow reaches the highest bit of the lowest that is, and of none
 *  below it. */
function noneIsZero(code: FunctionBuilder, repeat: RepeatCode, eight: Value): Value {
  const one = repeat.constant(1);
  const last = repeat.constant(8 * repeat.size - 1);
  const low = repeat.twice(repeat.spread(one));
  const high = repeat.twice(repeat.spread(repeat.shiftLeft(one, last)));
  const of = (opcode: number, a: Value, b: Value) => code.value('i64', opcode, [a, b]);
  const inverted = of(wasm.i64Xor, eight, repeat.wideConstant(-1));
  const borrowed = of(wasm.i64And, of(wasm.i64And, of(wasm.i64Sub, eight, low), inverted), high);
  return code.value('i32', wasm.i64Eqz, [borrowed]);
}

/** Moves `at` on by eight bytes while these cannot end the comparison and something lies behind them. */
function skim(
  code: FunctionBuilder,
  repeat: RepeatCode,
  leftHost: Value | null,
  rightHost: Value,
  at: Variable,
  length: Value,
  whileEqual: boolean,
): void {
  const wanted = code.variable('i64');
  if (!leftHost) code.set(wanted, repeat.twice(repeat.spread(repeat.accumulator())));
  const eight = (host: Value) => code.load(wasm.i64Load, repeat.add(host, code.get(at)), 0);
  const loop = newScope(true);
  code.within(loop, () => {
    const behind = repeat.add(code.get(at), repeat.constant(EIGHT));
    code.if(repeat.below(behind, length), () => {
      const difference = code.value('i64', wasm.i64Xor, [
        leftHost ? eight(leftHost) : code.get(wanted),
        eight(rightHost),
      ]);
      const goesOn = whileEqual ? code.value('i32', wasm.i64Eqz, [difference]) : noneIsZero(code, repeat, difference);
      code.if(goesOn, () => {
        code.set(at, behind);
        code.branch(loop);
      });
    });
  });
}

/** Compares from the start of the strings on; answers the bytes compared and the last two elements. A left string of
 *  null is the accumulator. */
function search(
  code: FunctionBuilder,
  repeat: RepeatCode,
  leftHost: Value | null,
  rightHost: Value,
  length: Value,
  whileEqual: boolean,
): [compared: Value, left: Value, right: Value] {
  const [at, left, right] = [code.variable(), code.variable(), code.variable()];
  const element = (host: Value) => code.load(loadOpcode[repeat.size], repeat.add(host, code.get(at)), 0);
  if (!leftHost) code.set(left, repeat.accumulator());
  code.set(at, repeat.constant(0));
  skim(code, repeat, leftHost, rightHost, at, length, whileEqual);
  const loop = newScope(true);
  code.within(loop, () => {
    if (leftHost) code.set(left, element(leftHost));
    code.set(right, element(rightHost));
    code.set(at, repeat.add(code.get(at), repeat.constant(repeat.size)));
    const more = repeat.below(code.get(at), length);
    code.if(repeat.and(more, goesOn(repeat, code.get(left), code.get(right), whileEqual)), () => code.branch(loop));
  });
  return [code.get(at), code.get(left), code.get(right)];
}

const goesOn = (repeat: RepeatCode, left: Value, right: Value, whileEqual: boolean) =>
  whileEqual ? repeat.equal(left, right) : repeat.notEqual(left, right);

export function writeRepeatedComparison(
  code: FunctionBuilder,
  repeat: RepeatCode,
  instruction: Instruction,
  to: StringPlace,
  from: StringPlace | null,
): void {
  const whileEqual = instruction.repeat === 'repe';
  repeat.write((left) => {
    const target = repeat.open(to);
    const source = from ? repeat.open(from) : null;
    const strings: OpenString[] = source ? [source, target] : [target];
    const elements = strings.reduce((most, string) => repeat.withinPage(string, most), left);
    repeat.begin(left, elements);
    const length = repeat.shiftLeft(elements, repeat.sizeShift);
    const rightHost = repeat.host(target, length);
    const leftHost = source ? repeat.host(source, length) : null;
    const [compared, a, b] = search(code, repeat, leftHost, rightHost, length, whileEqual);
    const done = repeat.shiftRight(compared, repeat.sizeShift);
    const ended = repeat.isZero(goesOn(repeat, a, b, whileEqual));
    repeat.found(ended, left, done);
    repeat.advance(strings, left, done, compared);
    repeat.compared(a, b);
    code.if(ended, () => repeat.proceed());
    repeat.next(left, done);
  });
}
