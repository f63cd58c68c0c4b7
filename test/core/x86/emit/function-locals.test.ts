/** Values that share a local never meet in it. */

import { expect, test } from 'vitest';
import { FunctionBuilder, type Value } from '../../../../core/x86/emit/function-builder.ts';
import { newScope } from '../../../../core/x86/emit/function-items.ts';
import { buildModule, TypeIndex } from '../../../../core/x86/emit/module-builder.ts';
import { wasm } from '../../../../core/x86/emit/wasm-opcodes.ts';

function build(write: (code: FunctionBuilder) => void) {
  const code = new FunctionBuilder(2);
  write(code);
  const fn = { parameters: 2, results: 1, code: code.finish(), exportAs: 'it' };
  const module = buildModule({ imports: [], functions: [fn], memoryPages: 1 }, new TypeIndex());
  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const { it } = new WebAssembly.Instance(new WebAssembly.Module(module), { m: { memory, table } }).exports;
  // Written above with these parameters; the instance's type cannot say so.
  return { it: it as (a: number, b: number) => number, bytes: module.length };
}

const add = (code: FunctionBuilder, a: Value, b: Value) => code.value('i32', wasm.i32Add, [a, b]);
const square = (code: FunctionBuilder, a: Value) => code.value('i32', wasm.i32Mul, [a, a]);

test('a function of many values that die soon has few locals', () => {
  const chain = (length: number) =>
    build((code) => {
      let value = code.parameter(0);
      for (let n = 0; n < length; n++) value = square(code, add(code, value, code.constant(1)));
      code.return(value);
    });
  // With a local for each value, numbers from 128 on would take two bytes wherever they are written.
  const perLink = (chain(400).bytes - chain(390).bytes) / 10;
  const early = (chain(20).bytes - chain(10).bytes) / 10;
  expect(perLink).toBeLessThanOrEqual(early);
  expect(chain(2).it(1, 0)).toBe(25);
});

test('a value made before a loop is still there in its second turn', () => {
  const { it } = build((code) => {
    const before = square(code, code.parameter(0));
    const count = code.variable();
    const sum = code.variable();
    code.set(count, code.parameter(1));
    const again = newScope(true);
    code.within(again, () => {
      code.set(sum, add(code, code.get(sum), add(code, before, before)));
      // The last use of `before` is written; these want locals too.
      const left = add(code, code.get(count), code.constant(-1));
      const other = square(code, left);
      code.set(sum, add(code, code.get(sum), code.value('i32', wasm.i32Sub, [other, other])));
      code.set(count, left);
      code.branchIf(left, again);
    });
    code.return(code.get(sum));
  });
  expect(it(3, 4)).toBe(72);
});

test('what is set and read at once is read from where it was set', () => {
  const { it } = build((code) => {
    const doubled = add(code, code.parameter(0), code.parameter(0));
    code.return(add(code, doubled, doubled));
  });
  expect(it(5, 0)).toBe(20);
});

test('a label may be set by who does not branch, and says of who does which one it was', () => {
  const { it } = build((code) => {
    const label = code.variable();
    code.label = label;
    const end = newScope();
    const leaveIf = (condition: Value, number: number) =>
      code.if(condition, () => {
        code.set(label, code.constant(number));
        code.branch(end);
      });
    code.within(end, () => {
      leaveIf(code.parameter(0), 7);
      leaveIf(code.parameter(1), 8);
      code.set(label, code.constant(9));
    });
    code.return(code.get(label));
  });
  expect([it(1, 0), it(1, 1), it(0, 1), it(0, 0)]).toEqual([7, 7, 8, 9]);
});
