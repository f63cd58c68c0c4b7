/** Generated code that makes a template of another of the same kind. */

import { FunctionBuilder, type Value } from '../emit/function-builder.ts';
import type { ModuleFunction } from '../emit/module-builder.ts';
import { registerNumber } from '../instruction.ts';
import { stateLayout } from '../state.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import { TemplateWriter } from './template-code.ts';
import { kindShape, MIDDLES, registersField } from './template-kinds.ts';
import { KINDS_AT, LEADS_ON, TABLE_BYTES, TEMPLATE_BYTES, templateLayout, templateMemory } from './templates.ts';

const { general: GENERAL, zero: ZERO } = stateLayout.at;
const { esp, ebp } = registerNumber;
const operation = operationLayout.at;
/** From a register's first byte to the second byte of the one four before. */
const SECOND_BYTE = 1 - 4 * 4;

/** What ModR/M and SIB at `host` say of memory. */
interface Place {
  readonly hasSib: Value;
  readonly base: Value;
  readonly index: Value;
  readonly shift: Value;
  readonly noBase: Value;
  readonly noIndex: Value;
}

class DerivationWriter extends TemplateWriter {
  bits(value: Value, shift: number, mask = 7): Value {
    return this.and(this.shiftRight(value, this.constant(shift)), this.constant(mask));
  }

  is(value: Value, number: number): Value {
    return this.equal(value, this.constant(number));
  }

  times(value: Value, factor: number): Value {
    return this.mul(value, this.constant(factor));
  }

  place(modrm: Value, sib: Value): Place {
    const low = this.bits(modrm, 0);
    const hasSib = this.is(low, esp);
    const base = this.select(hasSib, this.bits(sib, 0), low);
    const index = this.select(hasSib, this.bits(sib, 3), this.constant(esp));
    const noIndex = this.is(index, esp);
    const noBase = this.and(this.is(base, ebp), this.isZero(this.bits(modrm, 6)));
    const shift = this.select(noIndex, this.constant(0), this.bits(sib, 6));
    return { hasSib, base, index, shift, noBase, noIndex };
  }

  /** As `kindOf` has it. */
  kind(modrm: Value, { hasSib, base, noBase, noIndex }: Place): Value {
    const displacement = this.select(noBase, this.constant(2), this.bits(modrm, 6));
    const sib = this.select(hasSib, this.select(noIndex, this.constant(1), this.constant(2)), this.constant(0));
    const onStack = this.and(this.or(this.is(base, esp), this.is(base, ebp)), this.isZero(noBase));
    const offsets = this.add(this.times(displacement, kindShape.displacement), this.times(sib, kindShape.sib));
    const memory = this.add(this.add(offsets, onStack), this.constant(kindShape.memory));
    return this.select(this.isRegister(modrm), this.constant(kindShape.registers), memory);
  }

  isRegister(modrm: Value): Value {
    return this.is(this.bits(modrm, 6), 3);
  }

  private addressOf(register: Value): Value {
    return this.add(this.times(register, 4), this.constant(GENERAL));
  }

  /** Names a register in the operand the field stands for. */
  register(template: Value, field: Value, number: Value): void {
    const position = this.and(field, this.constant(registersField.position));
    this.if(position, () => {
      const high = this.and(this.has(field, registersField.byte), this.shiftLeft(number, this.constant(1)));
      const address = this.add(this.addressOf(number), this.select(high, this.constant(SECOND_BYTE), this.constant(0)));
      this.store(this.add(template, this.times(position, 4)), address, operation.register0 - 4);
    });
  }

  memory(template: Value, { base, index, shift, noBase, noIndex }: Place): void {
    this.store(template, this.select(noBase, this.constant(ZERO), this.addressOf(base)), operation.base);
    this.store(template, this.select(noIndex, this.constant(ZERO), this.addressOf(index)), operation.index);
    this.store(template, shift, operation.shift);
  }
}

/** (table by ModR/M, address of ModR/M) → the template of that instruction, of which there was none; or 0. */
export function deriveFunction(): ModuleFunction {
  const code = new FunctionBuilder(2);
  const w = new DerivationWriter(code);
  const [table, host] = [code.parameter(0), code.parameter(1)];
  const modrm = w.byte(host);
  const sib = w.byte(host, 1);
  const place = w.place(modrm, sib);
  const middle = w.bits(modrm, 3);
  const kind = w.add(w.times(w.kind(modrm, place), MIDDLES), middle);
  const sibling = w.entry(w.add(table, w.constant(KINDS_AT)), kind);
  const next = w.load(w.constant(templateMemory.room));
  const room = w.add(next, w.constant(TEMPLATE_BYTES + TABLE_BYTES));
  w.if(w.or(w.isZero(sibling), w.below(w.constant(templateMemory.end), room)), () => code.return(w.constant(0)));
  const end = w.variable(w.add(next, w.constant(TEMPLATE_BYTES)));
  code.copyBytes(next, sibling, w.constant(TEMPLATE_BYTES));
  const fields = w.load(next, OPERATION_BYTES + templateLayout.at.registers);
  w.register(next, fields, middle);
  w.register(next, w.shiftRight(fields, w.constant(registersField.againShift)), middle);
  w.register(next, w.shiftRight(fields, w.constant(registersField.lowShift)), w.bits(modrm, 0));
  w.if(w.has(fields, registersField.memory), () => w.memory(next, place));
  const entry = w.variable(w.add(table, w.times(modrm, 4)));
  w.if(w.and(w.has(fields, registersField.memory), w.times(place.hasSib, registersField.memory)), () => {
    w.if(w.isZero(w.load(w.get(entry))), () => {
      w.store(w.get(entry), w.or(w.get(end), w.constant(LEADS_ON)));
      w.increase(end, TABLE_BYTES);
    });
    w.set(entry, w.add(w.sub(w.load(w.get(entry)), w.constant(LEADS_ON)), w.times(sib, 4)));
  });
  w.store(w.get(entry), next);
  w.store(w.constant(templateMemory.room), w.get(end));
  code.return(next);
  return { parameters: 2, results: 1, code: code.finish(), exportAs: 'derive' };
}
