/** Handlers of repe and repne cmps and scas (SDM 1 7.3.9.3): through the chunk until a comparison ends it. */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import type { Instruction } from '../instruction.ts';
import { loadOpcode } from '../interpreter/memory-code.ts';
import { compare } from '../meaning/comparison.ts';
import type { OpenString, RepeatCode, StringPlace } from './repeat-code.ts';

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
    code.if(repeat.isZero(elements), () => repeat.pass());
    const length = repeat.shiftLeft(elements, repeat.sizeShift);
    const rightHost = repeat.host(target, length);
    const leftHost = source ? repeat.host(source, length) : null;
    const [compared, a, b] = search(code, repeat, leftHost, rightHost, length, whileEqual);
    const done = repeat.shiftRight(compared, repeat.sizeShift);
    repeat.advance(strings, left, done, compared);
    compare(repeat, a, b);
    code.if(repeat.isZero(goesOn(repeat, a, b, whileEqual)), () => repeat.proceed());
    repeat.next(left, done);
  });
}
