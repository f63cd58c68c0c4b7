/**
 * Generated code that finds the template of an instruction and makes an operation of it.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Scope, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { OPCODE_ESCAPE } from '../encoding/forms.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import { GROUP_SHIFT, LEADS_ON, PREFIX_BITS, ROW_SHIFT, templateLayout, templateMemory } from './templates.ts';

/** The longest instruction, and a few bytes beyond so that constants may be read four at a time: so much memory there must
 *  be wherever a template is looked for. */
export const MARGIN = 20;
const operation = operationLayout.at;
const template = templateLayout.at;
const SECOND_MAP = 1024;

/** With words, variables and tables. */
export class TemplateWriter extends ArithmeticWriter {
  load(address: Value, offset = 0): Value {
    return this.code.load(wasm.i32Load, address, offset);
  }

  byte(address: Value, offset = 0): Value {
    return this.code.load(wasm.i32Load8U, address, offset);
  }

  store(address: Value, value: Value, offset = 0): void {
    this.code.store(wasm.i32Store, address, value, offset);
  }

  variable(value: Value): Variable {
    const variable = this.code.variable();
    this.code.set(variable, value);
    return variable;
  }

  get(variable: Variable): Value {
    return this.code.get(variable);
  }

  set(variable: Variable, value: Value): void {
    this.code.set(variable, value);
  }

  increase(variable: Variable, by: Value | number): void {
    this.set(variable, this.add(this.get(variable), typeof by === 'number' ? this.constant(by) : by));
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.code.if(condition, then, otherwise);
  }

  has(value: Value, bit: number): Value {
    return this.and(value, this.constant(bit));
  }

  /** The word at `index` of a table. */
  entry(table: Value, index: Value): Value {
    return this.load(this.add(table, this.shiftLeft(index, this.constant(2))));
  }

  field({ shift, mask }: { readonly shift: number; readonly mask: number }, facts: Value): Value {
    return this.and(this.shiftRight(facts, this.constant(shift)), this.constant(mask));
  }
}

/** Leads to the template of the instruction at `host`, prefixes first, which the function `derive` may make of another;
 *  branches to `unknown` if there is none. */
export function writeSearch(
  w: TemplateWriter,
  code: FunctionBuilder,
  root: Value,
  host: Variable,
  unknown: Scope,
  derive: number,
): Variable {
  const prefixes = w.variable(w.constant(0));
  const at = w.variable(w.get(host));
  const found = code.variable();
  const next = newScope(true);
  code.within(next, () => {
    const opcode = w.byte(w.get(at));
    const row = w.add(root, w.shiftLeft(w.get(prefixes), w.constant(ROW_SHIFT)));
    w.set(found, w.entry(row, opcode));
    w.increase(at, 1);
    w.if(w.isZero(w.get(found)), () => {
      w.if(
        w.equal(opcode, w.constant(OPCODE_ESCAPE)),
        () => {
          w.set(found, w.entry(w.add(row, w.constant(SECOND_MAP)), w.byte(w.get(at))));
          w.increase(at, 1);
        },
        () => {
          const prefix = w.entry(w.constant(templateMemory.prefixes), opcode);
          w.if(w.isZero(prefix), () => code.branch(unknown));
          w.if(w.and(w.get(prefixes), w.shiftRight(prefix, w.constant(GROUP_SHIFT))), () => code.branch(unknown));
          w.set(prefixes, w.or(w.get(prefixes), w.has(prefix, PREFIX_BITS)));
          code.branch(next);
        },
      );
    });
  });
  w.if(w.has(w.get(found), LEADS_ON), () => {
    const table = w.sub(w.get(found), w.constant(LEADS_ON));
    w.set(found, w.entry(table, w.byte(w.get(at))));
    w.if(w.has(w.get(found), LEADS_ON), () => {
      w.set(found, w.entry(w.sub(w.get(found), w.constant(LEADS_ON)), w.byte(w.get(at), 1)));
    });
    w.if(w.isZero(w.get(found)), () => w.set(found, code.call(derive, [table, w.get(at)])));
  });
  w.if(w.isZero(w.get(found)), () => code.branch(unknown));
  return found;
}

/** A constant of the instruction at `host`, as the template's four fields from `at` on say. */
export function constantOf(w: TemplateWriter, of: Value, host: Value, field: number): Value {
  const tail = (offset: number) => w.load(of, OPERATION_BYTES + field + offset);
  const shift = tail(4);
  const raised = w.shiftLeft(w.load(w.add(host, tail(0))), shift);
  return w.add(w.and(w.shiftRightSigned(raised, shift), tail(8)), tail(12));
}

/** The operation of the instruction at `host`, all but its handler and what remains of the block. */
export function writeOperation(w: TemplateWriter, code: FunctionBuilder, to: Value, from: Value, host: Value): void {
  for (let offset = operation.register0; offset < OPERATION_BYTES; offset += 8) {
    code.store(wasm.i64Store, to, code.load(wasm.i64Load, from, offset), offset);
  }
  w.store(to, constantOf(w, from, host, template.displacementAt), operation.displacement);
}
