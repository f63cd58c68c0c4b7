/**
 * The Machine that writes an interpreter's handler: operands come out of the operation's fields, registers and flags
 * live in the state.  It goes over a meaning twice, the first time only to learn what the meaning does.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { registerNumber, segmentNumber } from '../instruction.ts';
import type { FlagEffect, FlagName, Machine, Meaning, Place } from '../meaning/machine.ts';
import { eflag, segmentAddress, stateLayout } from '../state.ts';
import { Control, local } from './control.ts';
import { ALL_FLAGS, FlagsCode, flagBit } from './flags-code.ts';
import { loadOpcode, MemoryCode, storeOpcode } from './memory-code.ts';
import type { OperandShape, Shape } from './shape.ts';

const state = stateLayout.at;
const STACK_SEGMENT = segmentAddress(segmentNumber.ss);
const EXTRA_SEGMENT = segmentAddress(segmentNumber.es);

/** What a first pass over a meaning learns. Flag sets are bits of `flagBit`. */
export interface Findings {
  flagsRead: number;
  /** Written whatever happens, so that older values are dead. */
  flagsKilled: number;
  flagsWritten: number;
  mayFault: boolean;
  /** It may write over the instructions behind it, so that nobody knows what they will do. */
  writesMemory: boolean;
  /** Ends with a jump. */
  jumps: boolean;
  /** Operand positions that are written. */
  written: Set<number>;
}

export const noFindings = (): Findings => ({
  flagsRead: 0,
  flagsKilled: 0,
  flagsWritten: 0,
  mayFault: false,
  writesMemory: false,
  jumps: false,
  written: new Set(),
});

export class HandlerMachine extends ArithmeticWriter implements Machine {
  readonly size: 1 | 2 | 4;
  readonly addressSize: 2 | 4;
  readonly stackSize: 2 | 4;
  readonly findings = noFindings();
  private readonly shape: Shape;
  private readonly control: Control;
  private readonly memory: MemoryCode;
  private readonly flags: FlagsCode;
  /** Known from the first pass: which operands are written. */
  private readonly written: ReadonlySet<number>;
  private readonly keepFlags: boolean;
  private readonly located = new Map<number, Variable>();
  private pendingWrite: Variable | null = null;
  private depth = 0;

  constructor(code: FunctionBuilder, shape: Shape, written: ReadonlySet<number>, keepFlags: boolean) {
    super(code);
    this.shape = shape;
    this.size = shape.size;
    this.addressSize = shape.addressSize;
    this.stackSize = shape.stackSize;
    this.control = new Control(code);
    this.memory = new MemoryCode(code, this.control);
    this.flags = new FlagsCode(code, this.control);
    this.written = written;
    this.keepFlags = keepFlags;
  }

  /** Writes the whole handler. */
  writeHandler(meaning: Meaning): void {
    const places = this.shape.operands.map(
      (operand, index): Place => ({ index, kind: operand.kind, size: operand.size }),
    );
    meaning(this, ...places);
    if (this.findings.jumps) return;
    this.finishWrite(() => this.code.tailCall(local.stale, [this.control.operation, this.control.budget]));
    this.control.proceed();
  }

  read(place: Place): Value {
    switch (place.kind) {
      case 'register':
        return this.code.load(loadOpcode[place.size], this.registerAddress(place.index), 0);
      case 'memory':
        return this.memory.load(this.locate(place, this.written.has(place.index)), place.size);
      case 'immediate':
        return this.zeroExtend(this.control.field('immediate'), this.size);
      default:
        throw new Error(`${this.shape.mnemonic}: cannot read a ${place.kind} operand`);
    }
  }

  write(place: Place, value: Value): void {
    this.findings.written.add(place.index);
    if (place.kind === 'register') {
      this.code.store(storeOpcode[place.size], this.registerAddress(place.index), value, 0);
      return;
    }
    this.findings.writesMemory = true;
    const host = this.locate(place, true);
    this.memory.store(host, place.size, value);
    this.pendingWrite = host;
  }

  offsetOf(place: Place): Value {
    const shape = this.shape.operands[place.index];
    if (shape.kind === 'memory' && shape.stringTarget) return this.register(registerNumber.edi, this.addressSize);
    const base = this.loadThrough('base');
    let offset = this.add(base, this.control.field('displacement'));
    if (shape.kind === 'memory' && shape.form !== 'base') {
      offset = this.add(offset, this.shiftLeft(this.loadThrough('index'), this.control.field('shift')));
    }
    if (place.displaced) offset = this.add(offset, place.displaced);
    return this.zeroExtend(offset, this.addressSize);
  }

  displace(place: Place, bytes: Value): Place {
    return { ...place, displaced: bytes };
  }

  register(number: number, size: number = this.size): Value {
    const at = size === 1 && number > 3 ? 4 * (number - 4) + 1 : 4 * number;
    return this.code.load(loadOpcode[size], this.constant(0), state.general + at);
  }

  setRegister(number: number, value: Value, size: number = this.size): void {
    const at = size === 1 && number > 3 ? 4 * (number - 4) + 1 : 4 * number;
    this.code.store(storeOpcode[size], this.constant(0), value, state.general + at);
  }

  flag(name: FlagName): Value {
    this.findings.flagsRead |= flagBit[name];
    return this.flags.read(name);
  }

  setFlags(effect: FlagEffect): void {
    const bits = FlagsCode.written(effect);
    this.findings.flagsWritten |= bits;
    if (this.depth === 0) this.findings.flagsKilled |= bits;
    if (this.keepFlags) this.flags.write(effect, this.size);
  }

  direction(): Value {
    const shifted = this.shiftRight(this.control.state('flagsRest'), this.constant(Math.log2(eflag.direction)));
    return this.and(shifted, this.constant(1));
  }

  setDirection(down: boolean): void {
    const rest = this.control.state('flagsRest');
    const bit = this.constant(eflag.direction);
    this.control.setState('flagsRest', down ? this.or(rest, bit) : this.and(rest, this.not(bit)));
  }

  condition(): Value {
    this.findings.flagsRead |= FlagsCode.conditionReads(this.shape.condition);
    return this.flags.condition(this.shape.condition);
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.depth++;
    this.code.if(condition, then, otherwise);
    this.depth--;
  }

  faultIf(condition: Value, vector: number): void {
    this.findings.mayFault = true;
    this.code.if(condition, () => {
      this.control.setState('faultVector', this.constant(vector));
      this.control.setState('faultError', this.constant(-1));
      this.control.fault();
    });
  }

  readStackAt(offset: Value, size: number): Value {
    return this.memory.load(this.locateStack(offset, size, false), size);
  }

  push(value: Value, size: number): void {
    const esp = registerNumber.esp;
    const top = this.zeroExtend(this.sub(this.register(esp, this.stackSize), this.constant(size)), this.stackSize);
    const host = this.locateStack(top, size, true);
    this.memory.store(host, size, value);
    this.pendingWrite = host;
    this.setRegister(esp, top, this.stackSize);
  }

  dropStack(bytes: Value): void {
    const esp = registerNumber.esp;
    this.setRegister(esp, this.add(this.register(esp, this.stackSize), bytes), this.stackSize);
  }

  next(): Value {
    return this.control.field('nextEip');
  }

  jump(_target: Place): void {
    this.findings.jumps = true;
    this.leaveTo(this.control.unspent());
  }

  jumpIf(condition: Value, _target: Place): void {
    this.findings.jumps = true;
    this.code.if(condition, () => this.leaveTo(this.control.unspent()));
    this.control.proceed();
  }

  jumpTo(offset: Value): void {
    this.findings.jumps = true;
    const budget = this.control.unspent();
    this.finishWrite(() => this.control.go(offset, budget));
    this.control.go(offset, budget);
  }

  /** A direct jump: through the link if there is one and the code was not just dropped. */
  private leaveTo(budget: Value): void {
    const eip = this.control.field('targetEip');
    this.finishWrite(() => this.control.go(eip, budget));
    const link = this.control.field('target');
    this.code.if(link, () => this.control.enterBlock(link, budget));
    this.control.go(eip, budget);
  }

  private finishWrite(dropped: () => void): void {
    if (this.pendingWrite) this.memory.finish(this.pendingWrite, dropped);
  }

  private registerAddress(index: number): Value {
    return this.control.field((['register0', 'register1', 'register2'] as const)[index]);
  }

  private loadThrough(field: 'base' | 'index'): Value {
    return this.code.load(wasm.i32Load, this.control.field(field), 0);
  }

  /** One look-up per operand and handler; a place that is read and written is looked up for writing. */
  private locate(place: Place, write: boolean): Variable {
    this.findings.mayFault = true;
    const known = this.located.get(place.index);
    if (known) return known;
    const shape = this.shape.operands[place.index];
    const offset = this.offsetOf(place);
    const host = this.memory.locate(this.linearOf(shape, offset, place.size, write), place.size, write);
    this.located.set(place.index, host);
    return host;
  }

  private linearOf(shape: OperandShape, offset: Value, size: number, write: boolean): Value {
    if (shape.kind !== 'memory' || shape.form !== 'general') return offset;
    const segment = shape.stringTarget ? this.constant(EXTRA_SEGMENT) : this.control.field('segment');
    return this.memory.throughSegment(segment, offset, size, write, shape.stack);
  }

  private locateStack(offset: Value, size: number, write: boolean): Variable {
    this.findings.mayFault = true;
    if (this.shape.flatStack) return this.memory.locate(offset, size, write);
    const linear = this.memory.throughSegment(this.constant(STACK_SEGMENT), offset, size, write, true);
    return this.memory.locate(linear, size, write);
  }
}

/** What liveness must assume of a service: it reads everything and may fault. */
export const serviceFindings: Findings = { ...noFindings(), flagsRead: ALL_FLAGS, mayFault: true };
