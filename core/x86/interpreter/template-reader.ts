/**
 * The decoder's fast half, as generated code: it copies templates while there are templates, which is nearly always, and
 * costs the same whether the engine below has just started or has run for an hour.  It never looks beyond the bytes it
 * was told lie ready, and whatever it does not know it leaves to TypeScript, one instruction at a time.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import { FunctionBuilder, type Scope, type Value, type Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { buildModule, TypeIndex } from '../emit/module-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { OPCODE_ESCAPE } from '../encoding/forms.ts';
import {
  fact,
  flagsKilled,
  flagsRead,
  flagsWritten,
  JUMPS,
  READER,
  RECORD_SHIFT,
  RECORDS,
  readerState,
  recordLayout,
} from './block-records.ts';
import { ALL_FLAGS } from './flags-code.ts';
import type { ModuleImports } from './handlers.ts';
import { OPERATION_BYTES, operationLayout, slot } from './operation.ts';
import { GROUP_SHIFT, LEADS_ON, PREFIX_BITS, ROW_SHIFT, templateLayout, templateMemory } from './templates.ts';

export interface BlockCode {
  /** Goes on with the block in the records, which has `count` instructions: from the reader's state on, as far as there
   *  are templates, and answers how many there are now. */
  read(root: number, count: number, most: number, end: number, heat: number): number;
  /** From behind, chooses handlers by whose flags somebody will look at, and enters what is not there yet in the entry
   *  map, unless that is 0. */
  finish(count: number, entryMap: number): number;
}

/** The longest instruction, and a few bytes beyond so that constants may be read four at a time. */
const MARGIN = 20;
const PAGE = 4096;
const operation = operationLayout.at;
const template = templateLayout.at;
const record = recordLayout.at;
const reading = readerState.at;
const SECOND_MAP = 1024;

class BlockCodeWriter extends ArithmeticWriter {
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

  recordOf(index: Value): Value {
    return this.add(this.shiftLeft(index, this.constant(RECORD_SHIFT)), this.constant(RECORDS));
  }

  field({ shift, mask }: { readonly shift: number; readonly mask: number }, facts: Value): Value {
    return this.and(this.shiftRight(facts, this.constant(shift)), this.constant(mask));
  }
}

/** Leads to the template of the instruction at `host`, prefixes first; branches to `unknown` if there is none. */
function writeSearch(w: BlockCodeWriter, code: FunctionBuilder, root: Value, host: Variable, unknown: Scope): Variable {
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
  const further = (offset: number) =>
    w.set(found, w.entry(w.sub(w.get(found), w.constant(LEADS_ON)), w.byte(w.get(at), offset)));
  w.if(w.has(w.get(found), LEADS_ON), () => {
    further(0);
    w.if(w.has(w.get(found), LEADS_ON), () => further(1));
  });
  w.if(w.isZero(w.get(found)), () => code.branch(unknown));
  return found;
}

/** A constant of the instruction at `host`, as the template's four fields from `at` on say. */
function constantOf(w: BlockCodeWriter, of: Value, host: Value, field: number): Value {
  const tail = (offset: number) => w.load(of, OPERATION_BYTES + field + offset);
  const shift = tail(4);
  const raised = w.shiftLeft(w.load(w.add(host, tail(0))), shift);
  return w.add(w.and(w.shiftRightSigned(raised, shift), tail(8)), tail(12));
}

/** The operation of the instruction at `host`, all but its handler and what remains of the block. */
function writeOperation(w: BlockCodeWriter, code: FunctionBuilder, to: Value, from: Value, host: Value): void {
  for (let offset = operation.register0; offset < OPERATION_BYTES; offset += 8) {
    code.store(wasm.i64Store, to, code.load(wasm.i64Load, from, offset), offset);
  }
  w.store(to, constantOf(w, from, host, template.displacementAt), operation.displacement);
}

function writeRecord(w: BlockCodeWriter, count: Value, to: Value, from: Value, host: Value): void {
  const at = w.recordOf(count);
  const tail = (field: number) => w.load(from, OPERATION_BYTES + field);
  w.store(at, to, record.start);
  w.store(at, to, record.operation);
  w.store(at, w.load(from, operation.handler), record.slot);
  w.store(at, tail(template.slotWithoutFlags), record.slotWithoutFlags);
  w.store(at, tail(template.facts), record.facts);
  w.store(at, w.has(host, PAGE - 1), record.offset);
}

function readFunction() {
  const code = new FunctionBuilder(5);
  const w = new BlockCodeWriter(code);
  const [root, first, most, end, heat] = [0, 1, 2, 3, 4].map((index) => code.parameter(index));
  const reader = w.constant(READER);
  const host = w.variable(w.load(reader, reading.host));
  const to = w.variable(w.load(reader, reading.operation));
  const eip = w.variable(w.load(reader, reading.eip));
  const ended = w.variable(w.constant(0));
  const count = w.variable(first);
  const leave = newScope();
  const next = newScope(true);
  code.within(leave, () => {
    code.within(next, () => {
      w.if(w.below(end, w.add(w.get(host), w.constant(MARGIN))), () => code.branch(leave));
      const found = w.get(writeSearch(w, code, root, host, leave));
      writeOperation(w, code, w.get(to), found, w.get(host));
      writeRecord(w, w.get(count), w.get(to), found, w.get(host));
      const immediate = constantOf(w, found, w.get(host), template.immediateAt);
      const length = w.load(found, OPERATION_BYTES + template.length);
      const mask = w.load(found, OPERATION_BYTES + template.targetMask);
      w.store(w.get(to), immediate, operation.immediate);
      w.store(w.get(to), heat, operation.heat);
      w.store(w.get(to), w.get(eip), operation.eip);
      w.increase(eip, length);
      w.store(w.get(to), w.get(eip), operation.nextEip);
      w.store(w.get(to), w.and(w.add(w.get(eip), immediate), mask), operation.targetEip);
      w.increase(host, length);
      w.increase(to, OPERATION_BYTES);
      w.increase(count, 1);
      w.set(ended, w.has(w.load(found, OPERATION_BYTES + template.facts), fact.endsBlock));
      w.if(w.isZero(w.get(ended)), () => w.if(w.below(w.get(count), most), () => code.branch(next)));
    });
  });
  w.store(reader, w.get(host), reading.host);
  w.store(reader, w.get(to), reading.operation);
  w.store(reader, w.get(eip), reading.eip);
  w.store(reader, w.get(ended), reading.ended);
  code.return(w.get(count));
  return { parameters: 5, results: 1, code: code.finish(), exportAs: 'read' };
}

/** Enters an instruction in the map. One that is in there already, as part of another block, is known to have a copy:
 *  its operation says so where a direct jump, which nobody changes in place, has its target. */
function writeEntry(w: BlockCodeWriter, at: Value, facts: Value, entryMap: Value): void {
  const entry = w.add(entryMap, w.shiftLeft(w.load(at, record.offset), w.constant(2)));
  const known = w.load(entry);
  const start = w.load(at, record.start);
  w.if(
    w.isZero(known),
    () => w.store(entry, start),
    () => {
      const copied = w.and(w.notEqual(known, start), w.isZero(w.has(facts, fact.directJump)));
      w.if(copied, () => w.store(known, w.constant(1), operation.target));
    },
  );
}

function writeJump(w: BlockCodeWriter, jumps: Variable, jump: Value): void {
  w.store(w.add(w.shiftLeft(w.get(jumps), w.constant(2)), w.constant(JUMPS)), jump);
  w.increase(jumps, 1);
}

/** What may fault, and be it that its second page is gone, shows all flags to the fault's handler; where a block ends or
 *  may be left, or what follows may be written over, all may be looked at. */
function finishFunction() {
  const code = new FunctionBuilder(2);
  const w = new BlockCodeWriter(code);
  const [count, entryMap] = [code.parameter(0), code.parameter(1)];
  const index = w.variable(count);
  const live = w.variable(w.constant(ALL_FLAGS));
  const jumps = w.variable(w.constant(0));
  const next = newScope(true);
  code.within(next, () => {
    const remaining = w.sub(w.add(count, w.constant(1)), w.get(index));
    w.increase(index, -1);
    const at = w.recordOf(w.get(index));
    const facts = w.load(at, record.facts);
    const own = w.load(at, record.operation);
    const start = w.load(at, record.start);
    w.if(w.has(facts, fact.leavesOpen), () => w.set(live, w.constant(ALL_FLAGS)));
    const seen = w.and(w.field(flagsWritten, facts), w.get(live));
    w.store(own, w.select(seen, w.load(at, record.slot), w.load(at, record.slotWithoutFlags)), operation.handler);
    w.store(own, remaining, operation.remaining);
    const kept = w.and(w.get(live), w.not(w.field(flagsKilled, facts)));
    w.set(live, w.or(kept, w.field(flagsRead, facts)));
    w.if(w.has(facts, fact.mayFault), () => w.set(live, w.constant(ALL_FLAGS)));
    w.if(w.notEqual(start, own), () => {
      w.set(live, w.constant(ALL_FLAGS));
      w.store(start, w.constant(slot.guard), operation.handler);
      w.store(start, remaining, operation.remaining);
    });
    w.if(entryMap, () => {
      writeEntry(w, at, facts, entryMap);
      w.if(w.has(facts, fact.directJump), () => writeJump(w, jumps, own));
    });
    w.if(w.get(index), () => code.branch(next));
  });
  w.store(w.constant(READER), w.get(jumps), reading.jumps);
  code.return(count);
  return { parameters: 2, results: 1, code: code.finish(), exportAs: 'finish' };
}

/** The same for all boards, and names no address beyond those of memoryMap. */
let compiled: WebAssembly.Module | null = null;

export function blockCode(imports: ModuleImports): BlockCode {
  compiled ??= new WebAssembly.Module(
    buildModule({ imports: [], functions: [readFunction(), finishFunction()], memoryPages: 1 }, new TypeIndex()),
  );
  // The exports were just written with these names and signatures; the instance's type cannot say so.
  return new WebAssembly.Instance(compiled, imports).exports as unknown as BlockCode;
}
