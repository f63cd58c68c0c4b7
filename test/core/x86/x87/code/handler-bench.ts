/**
 * The Bench again, with the generated handlers before the services: an instruction goes to its handler, and to its
 * service only if the handler passes it on.  Handlers are the real ones; what they would call next answers with a number.
 */

import { FunctionBuilder } from '../../../../../core/x86/emit/function-builder.ts';
import { buildModule, type ModuleFunction, TypeIndex } from '../../../../../core/x86/emit/module-builder.ts';
import type { Instruction } from '../../../../../core/x86/instruction.ts';
import { handlerSignature } from '../../../../../core/x86/interpreter/control.ts';
import { slot } from '../../../../../core/x86/interpreter/handlers.ts';
import { OPERATION_BYTES, operationLayout } from '../../../../../core/x86/interpreter/operation.ts';
import type { WrittenHandler } from '../../../../../core/x86/interpreter/written-handlers.ts';
import { NEXT } from '../../../../../core/x86/service.ts';
import { memoryMap, mode, segmentAddress, stateLayout } from '../../../../../core/x86/state.ts';
import { x87Handlers } from '../../../../../core/x86/x87/code/handlers.ts';
import { Bench, EIP, instructionAt, WINDOW, WINDOW_BYTES } from '../bench.ts';

const at = stateLayout.at;
const field = operationLayout.at;
const FLAT = mode.code32 | mode.stack32 | mode.flatCode | mode.flatData | mode.flatExtra | mode.flatStack;
const PAGE = 4096;
const OPERATION = memoryMap.operations;
/** Any slot but the services'. */
const NEXT_SLOT = slot.service + 1;
const TABLE_SLOTS = 2;

/** What the functions answer that stand where a handler would have gone on. */
const answers = { next: 0, service: 1 } as const;

function answering(answer: number, placed: number): ModuleFunction {
  const code = new FunctionBuilder(handlerSignature.parameters);
  code.return(code.constant(answer));
  return { ...handlerSignature, code: code.finish(), slot: placed };
}

export function handlerOf(instruction: Instruction): WrittenHandler | null {
  return x87Handlers[instruction.mnemonic]?.(instruction, FLAT) ?? null;
}

type Handler = (operation: number, budget: number) => number;

export class HandlerBench extends Bench {
  /** By mnemonic: how often its handler did it all, and how often it was asked. */
  readonly done = new Map<string, number>();
  readonly asked = new Map<string, number>();
  private readonly byKey = new Map<string, Handler>();
  private readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: TABLE_SLOTS });
  private readonly builder: () => FunctionBuilder;

  /** Another builder may spoil what it is told to write, to see whether anybody notices. */
  constructor(builder: () => FunctionBuilder = () => new FunctionBuilder(handlerSignature.parameters)) {
    super();
    this.builder = builder;
    this.compile([answering(answers.service, slot.service), answering(answers.next, NEXT_SLOT)]);
    const { state } = this;
    state.set(at.readTable, memoryMap.tlb);
    state.set(at.writeTable, memoryMap.tlb);
    for (let offset = 0; offset < WINDOW_BYTES; offset += PAGE) {
      const linear = WINDOW + offset;
      state.i32[(memoryMap.tlb >>> 2) + (linear >>> 12)] = memoryMap.ram + offset - linear - 1;
    }
    state.set(OPERATION + OPERATION_BYTES + field.handler, NEXT_SLOT);
  }

  override execute(code: string): number | undefined {
    return this.executeHandler(code) ? NEXT : super.execute(code);
  }

  executeService(code: string): void {
    super.execute(code);
  }

  /** Answers whether the instruction's handler did it all; if not, the state should be as it was. */
  executeHandler(code: string): boolean {
    const instruction = instructionAt(code);
    const handler = instruction && this.handlerFor(instruction);
    if (!instruction || !handler) return false;
    this.writeOperation(OPERATION, EIP, instruction);
    const { mnemonic } = instruction;
    this.asked.set(mnemonic, (this.asked.get(mnemonic) ?? 0) + 1);
    if (handler(OPERATION, 0) !== answers.next) return false;
    this.done.set(mnemonic, (this.done.get(mnemonic) ?? 0) + 1);
    return true;
  }

  private handlerFor(instruction: Instruction): Handler | null {
    const written = handlerOf(instruction);
    if (written === null) return null;
    const known = this.byKey.get(written.key);
    if (known) return known;
    const code = this.builder();
    written.write(code);
    // The export is what was just written, with handlerSignature.
    const made = this.compile([{ ...handlerSignature, code: code.finish(), exportAs: 'handler' }]) as Handler;
    this.byKey.set(written.key, made);
    return made;
  }

  protected compile(functions: readonly ModuleFunction[]): unknown {
    const types = new TypeIndex();
    types.of(handlerSignature);
    const memoryPages = this.state.memory.buffer.byteLength / 65536;
    const module = new WebAssembly.Module(buildModule({ imports: [], functions, memoryPages }, types));
    const imports = { m: { memory: this.state.memory, table: this.table } };
    return new WebAssembly.Instance(module, imports).exports.handler;
  }

  /** As the interpreter's writer fills it in. */
  protected writeOperation(operation: number, eip: number, instruction: Instruction): void {
    const set = (offset: number, value: number) => {
      this.state.i32[(operation + offset) >>> 2] = value;
    };
    set(field.eip, eip);
    set(field.base, at.zero);
    set(field.index, at.zero);
    instruction.operands.forEach((operand, index) => {
      if (operand.kind === 'x87 register') set(field.register0 + 4 * index, operand.number);
      if (operand.kind !== 'memory') return;
      set(field.displacement, operand.displacement);
      set(field.segment, segmentAddress(operand.segment));
    });
  }
}
