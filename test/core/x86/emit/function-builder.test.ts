import { describe, expect, it } from 'vitest';
import { FunctionBuilder } from '../../../../core/x86/emit/function-builder.ts';
import { buildModule, TypeIndex } from '../../../../core/x86/emit/module-builder.ts';
import { wasm } from '../../../../core/x86/emit/wasm-opcodes.ts';

const MEMORY_PAGES = 1;

/** Builds `write` into a function of two numbers and answers it with the memory it works on. */
function build(write: (code: FunctionBuilder) => void) {
  const code = new FunctionBuilder(2);
  write(code);
  const fn = { parameters: 2, results: 1, code: code.finish(), exportAs: 'it' };
  const module = buildModule({ imports: [], functions: [fn], memoryPages: MEMORY_PAGES }, new TypeIndex());
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), { m: { memory, table } });
  const it = instance.exports.it as (a: number, b: number) => number;
  return { it, words: new Int32Array(memory.buffer), bytes: module.length };
}

describe('a function of values', () => {
  it('computes a value used twice once, in a local', () => {
    const { it: square } = build((code) => {
      const sum = code.value('i32', wasm.i32Add, [code.parameter(0), code.parameter(1)]);
      code.return(code.value('i32', wasm.i32Mul, [sum, sum]));
    });
    expect(square(3, 4)).toBe(49);
  });

  it('writes nothing for a value nobody uses', () => {
    const lean = build((code) => code.return(code.parameter(0)));
    const idle = build((code) => {
      const left = code.value('i32', wasm.i32Add, [code.parameter(0), code.parameter(1)]);
      code.value('i32', wasm.i32Mul, [left, left]);
      code.return(code.parameter(0));
    });
    expect(idle.bytes).toBe(lean.bytes);
  });

  it('loads where it was told to, not where the value is used', () => {
    const { it: swap, words } = build((code) => {
      const zero = code.constant(0);
      const old = code.load(wasm.i32Load, zero, 8);
      code.store(wasm.i32Store, zero, code.parameter(0), 8);
      code.return(old);
    });
    words[2] = 77;
    expect(swap(5, 0)).toBe(77);
    expect(words[2]).toBe(5);
  });

  it('keeps a value made before a branch for both sides of it', () => {
    const { it: choose } = build((code) => {
      const sum = code.value('i32', wasm.i32Add, [code.parameter(0), code.parameter(1)]);
      const answer = code.variable();
      code.if(
        code.parameter(0),
        () => code.set(answer, code.value('i32', wasm.i32Add, [sum, code.constant(1)])),
        () => code.set(answer, code.value('i32', wasm.i32Sub, [sum, code.constant(1)])),
      );
      code.return(code.get(answer));
    });
    expect([choose(1, 9), choose(0, 9)]).toEqual([11, 8]);
  });

  it.each([0, 1, -1, 63, 64, -64, -65, 0x7fffffff, -0x80000000])('holds the constant %i', (constant) => {
    expect(build((code) => code.return(code.constant(constant))).it(0, 0)).toBe(constant);
  });

  it('copies and fills bytes', () => {
    const { it: run, words } = build((code) => {
      code.fillBytes(code.constant(16), code.constant(0x5a), code.constant(6));
      code.copyBytes(code.constant(18), code.constant(16), code.constant(8));
      code.return(code.constant(0));
    });
    words[6] = 0x11223344;
    run(0, 0);
    expect([...words.subarray(4, 8)].map((word) => word >>> 0)).toEqual([0x5a5a5a5a, 0x5a5a5a5a, 0x11220000, 0]);
  });
});
