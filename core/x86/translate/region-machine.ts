/**
 * The Machine that writes translated code: registers are locals, constants are constants, flags are whatever they were
 * made of (flag-values.ts).  Whatever it cannot do in place, a page that is not in the translation tables above all,
 * it leaves to the interpreter: it jumps out of the region to the operation of the instruction it was at, before the
 * instruction has changed anything.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { type Instruction, type MemoryOperand, registerNumber, segmentNumber } from '../instruction.ts';
import { conditionOf } from '../interpreter/flags-code.ts';
import { loadOpcode, storeOpcode } from '../interpreter/memory-code.ts';
import type { InlineSite, RegionMeaning, RegionSite, Routine } from '../interpreter/written-handlers.ts';
import { isStringTarget } from '../meaning/implied-operands.ts';
import type { Place } from '../meaning/machine.ts';
import { mode } from '../state.ts';
import { differenceIn } from './flag-values.ts';
import { isConstant } from './folding-arithmetic.ts';
import { siteIn } from './inline-site.ts';
import type { Knowledge, WayOut } from './knowledge.ts';
import { RegionMemory } from './region-memory.ts';
import { RegionSegments } from './region-segments.ts';

export class RegionMachine extends RegionSegments implements RegionSite {
  declare readonly code: FunctionBuilder;
  addressSize: 2 | 4 = 4;
  readonly stackSize: 2 | 4;
  private readonly memory: RegionMemory;
  private readonly wayOut: WayOut;
  private instruction: Instruction | null = null;
  private nextEip = 0;
  /** Operands that the meaning writes, by index. */
  private written: ReadonlySet<number> = new Set();
  /** What code written in place knows (written-handlers.ts). */
  insight: object | null = null;
  private readonly located = new Map<number, Value>();

  constructor(code: FunctionBuilder, modeBits: number, apart: boolean, wayOut: WayOut) {
    super(code, modeBits);
    this.stackSize = modeBits & mode.stack32 ? 4 : 2;
    this.memory = new RegionMemory(code, this, apart, {
      spans: () => wayOut.spans,
      leaveIf: (condition, wear) => code.if(condition, () => wayOut.toInterpreter(this.flags, wear)),
      leaveWithFault: () => wayOut.toFault(this.flags),
      leaveIfDropped: () => wayOut.ifDropped(this.flags),
      leaveBehind: () => wayOut.behind(this.flags),
    });
    this.wayOut = wayOut;
  }

  get knowledge(): Knowledge {
    return { registers: [...this.known], flags: this.flags, looks: this.memory.known, insight: this.insight };
  }

  begin(knowledge: Knowledge): void {
    this.known = [...knowledge.registers];
    this.flags = knowledge.flags;
    this.memory.begin(knowledge.looks);
    this.insight = knowledge.insight;
  }

  /** Writes one instruction; `written` are the operands its meaning writes. */
  writeInstruction(
    instruction: Instruction,
    nextEip: number,
    written: ReadonlySet<number>,
    meaning: RegionMeaning,
  ): void {
    this.instruction = instruction;
    this.nextEip = nextEip;
    this.size = instruction.operandSize;
    this.addressSize = instruction.addressSize;
    this.written = written;
    this.located.clear();
    this.memory.asks = this.wayOut.asks;
    const places = instruction.operands.map((operand, index): Place => {
      const kind =
        operand.kind === 'register' ||
        operand.kind === 'memory' ||
        operand.kind === 'immediate' ||
        operand.kind === 'relative'
          ? operand.kind
          : 'other';
      const size = operand.kind === 'relative' ? 4 : 'size' in operand ? operand.size : 0;
      return { index, kind, size };
    });
    meaning(this, ...places);
    this.memory.end();
  }

  /** Writes the code of an instruction that has no meaning in its place; where that is unable, the interpreter goes on. */
  writeInline(instruction: Instruction, eip: number, inline: (site: InlineSite) => void): void {
    const { code, flags } = this;
    this.instruction = instruction;
    this.addressSize = instruction.addressSize;
    const done = newScope();
    const unable = newScope();
    code.within(done, () => {
      code.within(unable, () => {
        inline(siteIn(this, instruction, eip, unable));
        code.branch(done);
      });
      this.wayOut.toInterpreter(flags);
    });
  }

  /** The same by a call of the routine at a slot, which reads all but the address from the operation. */
  writeCall(instruction: Instruction, routine: Routine): void {
    this.instruction = instruction;
    this.addressSize = instruction.addressSize;
    const inMemory = instruction.operands[0]?.kind === 'memory';
    const offset = inMemory ? this.offsetOf({ index: 0, kind: 'memory', size: 0 }) : this.constant(0);
    this.call(routine, offset);
    this.insight = null;
  }

  /** Address in the memory object, less one, of the memory operand of an instruction written in place, which never asks. */
  operandHost(bytes: number, write: boolean): Value {
    return this.memory.hostAt(this.offsetOf({ index: 0, kind: 'memory', size: bytes }), bytes, write);
  }

  /** Fetches what the function needs before anything else. */
  writeEntry(): void {
    this.fetchRegisters();
    this.memory.writeEntry();
  }

  read(place: Place): Value {
    const operand = this.operand(place);
    switch (operand.kind) {
      case 'register':
        return this.register(operand.number, operand.size);
      case 'memory':
        return this.loadAt(this.locate(place, this.written.has(place.index)), place.size);
      case 'immediate':
        return this.zeroExtend(this.constant(operand.value), this.size);
      default:
        throw new Error(`cannot read a ${operand.kind} operand`);
    }
  }

  write(place: Place, value: Value): void {
    const operand = this.operand(place);
    if (operand.kind === 'register') this.setRegister(operand.number, value, operand.size);
    else this.storeAt(this.locate(place, true), place.size, value);
  }

  offsetOf(place: Place): Value {
    const operand = this.operand(place);
    if (operand.kind !== 'memory') throw new Error(`no address in a ${operand.kind} operand`);
    let offset = operand.base === null ? this.constant(0) : this.whole(operand.base);
    if (operand.index !== null) {
      const scaled = this.shiftLeft(this.whole(operand.index), this.constant(operand.shift));
      offset = operand.base === null ? scaled : this.add(offset, scaled);
    }
    offset = this.add(offset, this.constant(operand.displacement + this.popped(operand)));
    if (place.displaced) offset = this.add(offset, place.displaced);
    return this.zeroExtend(offset, this.addressSize);
  }

  displace(place: Place, bytes: Value): Place {
    return { ...place, displaced: bytes };
  }

  condition(): Value {
    return conditionOf(this, this.instruction?.condition ?? 0, this.flagWord, differenceIn(this.flags));
  }

  /** Everything a meaning does under a condition can be done by choosing. */
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.under(condition, then);
    if (otherwise) this.under(this.isZero(condition), otherwise);
  }

  faultIf(condition: Value, _vector: number): void {
    this.leaveIf(condition);
  }

  readStackAt(offset: Value, size: number): Value {
    return this.loadAt(this.stackHost(offset, size, false), size);
  }

  push(value: Value, size: number): void {
    const esp = registerNumber.esp;
    const top = this.zeroExtend(this.add(this.register(esp, this.stackSize), this.constant(-size)), this.stackSize);
    this.storeAt(this.stackHost(top, size, true), size, value);
    this.setRegister(esp, top, this.stackSize);
  }

  dropStack(bytes: Value): void {
    const esp = registerNumber.esp;
    this.setRegister(esp, this.add(this.register(esp, this.stackSize), bytes), this.stackSize);
  }

  call(routine: Routine, argument: Value): void {
    this.leaveIf(this.wayOut.call(routine, argument));
  }

  unspent(): Value {
    return this.wayOut.unspent();
  }

  stackHost(offset: Value, bytes: number, write: boolean): Value {
    return this.memory.hostAt(this.throughStack(offset, bytes, write), bytes, write);
  }

  forgetPages(): void {
    this.memory.forget();
  }

  enterSpace(): void {
    this.memory.forget();
    this.memory.writeEntry();
    this.wayOut.ifMoved(this.flags);
  }

  next(): Value {
    return this.constant(this.nextEip);
  }

  jump(_target: Place): void {
    this.wayOut.jump();
  }

  jumpIf(condition: Value, _target: Place): void {
    this.wayOut.jumpIf(condition);
  }

  jumpTo(offset: Value): void {
    this.wayOut.jumpTo(offset);
  }

  private operand(place: Place) {
    const operand = this.instruction?.operands[place.index];
    if (!operand) throw new Error(`no operand ${place.index}`);
    return operand;
  }

  /** POP computes its destination's address after esp has moved (SDM 2B). */
  private popped(operand: MemoryOperand): number {
    return this.instruction?.mnemonic === 'pop' && operand.base === registerNumber.esp ? this.size : 0;
  }

  private under(condition: Value, body: () => void): void {
    if (isConstant(condition)) {
      if (condition.immediate !== 0) body();
      return;
    }
    this.guard = condition;
    body();
    this.guard = null;
  }

  override leaveIf(condition: Value): void {
    this.code.if(condition, () => this.wayOut.toInterpreter(this.flags));
  }

  private locate(place: Place, write: boolean): Value {
    const known = this.located.get(place.index);
    if (known) return known;
    const operand = this.operand(place);
    if (operand.kind !== 'memory' || !this.instruction) throw new Error(`no address in a ${operand.kind} operand`);
    const segment = isStringTarget(this.instruction, operand) ? segmentNumber.es : operand.segment;
    const flat = operand.addressSize === 4 && this.isFlat(segment);
    const offset = this.offsetOf(place);
    const linear = flat ? offset : this.throughSegment(segment, offset, place.size, write);
    const host = this.memory.hostAt(linear, place.size, write);
    this.located.set(place.index, host);
    return host;
  }

  private loadAt(host: Value, size: number): Value {
    return this.code.load(loadOpcode[size], host, 1);
  }

  private storeAt(host: Value, size: number, value: Value): void {
    if (this.guard !== null) throw new Error('a store under a condition');
    this.code.store(storeOpcode[size], host, value, 1);
    this.memory.finish(host);
  }
}
