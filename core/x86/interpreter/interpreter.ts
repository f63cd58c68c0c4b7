/**
 * Runs decoded code: enters the handlers, finds or decodes what they lack, and ends after exactly as many instructions as
 * it was given.  It knows nothing of interrupts; whatever needs a look around comes back to the run loop.
 */

import type { Processor } from '../processor.ts';
import { LEAVE, NEXT, type Outcome, TRANSFER } from '../service.ts';
import { memoryMap, type State, stateLayout } from '../state.ts';
import { CodeCache } from './code-cache.ts';
import { HandlerLibrary, type Shortcuts } from './handlers.ts';
import { engineExit, operationLayout, slot } from './operation.ts';
import type { Services } from './operation-writer.ts';
import type { WrittenHandlers } from './written-handlers.ts';

const EIP = stateLayout.at.eip >>> 2;
const ATTENTION = stateLayout.at.attention >>> 2;
const NEXT_EIP = stateLayout.at.nextEip >>> 2;
const OPERATION = stateLayout.at.operation >>> 2;
const ATTRIBUTED = stateLayout.at.attributed >>> 2;
const BUDGET_LEFT = stateLayout.at.budgetLeft >>> 2;
const UNFETCHED = memoryMap.unfetched;
const HANDLER = operationLayout.at.handler >>> 2;
const REMAINING = operationLayout.at.remaining >>> 2;
const HEAT = operationLayout.at.heat >>> 2;
const OPERATION_EIP = operationLayout.at.eip >>> 2;

export type ExecuteExit = 'budget spent' | 'fault' | 'leave';

export interface Engine {
  /** Instructions begun since reset, exact even while a service runs. */
  readonly begun: number;
  /** Runs from eip until `count` instructions have begun, a fault waits in the state, or a service wants a look around. */
  execute(count: number): ExecuteExit;
  /** Bytes changed under decoded code; true if any of it is gone. */
  codeWritten(physical: number, length: number): boolean;
  /** Page tables changed under decoded code. */
  codeMoved(): void;
}

/** Takes what runs often off the interpreter's hands. */
export interface HotCode {
  /** The block at this operation, found at this offset of the code segment, was entered often. */
  hot(operation: number, eip: number): void;
  /** A region was left too often at this exit. */
  worn(exit: number): void;
  /** The most instructions to run before `settle` wants to be called, at least a block's; Infinity if nothing waits. */
  readonly patience: number;
  /** Makes what waits ready. */
  settle(): void;
}

export class Interpreter implements Engine {
  readonly library: HandlerLibrary;
  readonly cache: CodeCache;
  private readonly state: State;
  private hotCode: HotCode | null = null;
  /** Instructions begun before the present entry, and the budget it was given. */
  private before = 0;
  private given = 0;
  /** Decoded code was dropped, or may lie elsewhere, since the running service began. */
  private dropped = false;

  constructor(processor: Processor, services: Services, written: WrittenHandlers, shortcuts: Shortcuts | null) {
    const { state, access } = processor;
    this.state = state;
    const imports = {
      slowRead: (linear: number, size: number) => access.slowRead(linear >>> 0, size),
      slowWrite: (linear: number, size: number) => access.slowWrite(linear >>> 0, size),
      finishWrite: () => access.finishWrite(),
      service: (operation: number) => this.serve(processor, operation),
    };
    this.library = new HandlerLibrary(state.memory, imports, shortcuts);
    this.cache = new CodeCache(processor, this.library, services, written, () => this.begun);
  }

  /** From now on blocks entered `after` times are handed to `hotCode`. */
  translateWith(hotCode: HotCode, after: number): void {
    this.hotCode = hotCode;
    this.cache.firstHeat = -after;
  }

  get begun(): number {
    return this.before + this.given - this.state.i32[BUDGET_LEFT];
  }

  codeWritten(physical: number, length: number): boolean {
    const dropped = this.cache.codeWritten(physical, length);
    this.dropped ||= dropped;
    return dropped;
  }

  codeMoved(): void {
    this.dropped = true;
  }

  /** A service that wrote over decoded code may have dropped the very block it was called from; one that wrote over page
   *  tables may have put another in its place. */
  private serve(processor: Processor, operation: number): Outcome {
    const { service, instruction } = this.cache.callOf(operation);
    this.dropped = false;
    const outcome = service(processor, instruction);
    const attention = this.state.u32[ATTENTION] !== 0;
    if (outcome !== NEXT || !(this.dropped || attention)) return outcome;
    this.state.u32[EIP] = this.state.u32[NEXT_EIP];
    return attention ? LEAVE : TRANSFER;
  }

  execute(count: number): ExecuteExit {
    this.give(count);
    for (;;) {
      const left = this.state.i32[BUDGET_LEFT];
      if (left <= 0) return 'budget spent';
      const operation = this.operationFor(left);
      const exit = this.enter(operation < 0 ? this.unfetched() : operation, left);
      if (exit === engineExit.fault) return 'fault';
      if (exit === engineExit.leave) return 'leave';
    }
  }

  private enter(operation: number, left: number): number {
    const { hotCode, state } = this;
    if (hotCode === null) return this.library.enter(operation, left);
    const { patience } = hotCode;
    const exit = left <= patience ? this.library.enter(operation, left) : this.enterBriefly(operation, left, patience);
    if (exit === engineExit.hot) hotCode.hot(state.i32[OPERATION], state.u32[EIP]);
    else if (exit === engineExit.worn) hotCode.worn(state.i32[OPERATION]);
    if (left > patience) hotCode.settle();
    return exit;
  }

  /** Only so far that what waits for translation does not wait long. */
  private enterBriefly(operation: number, left: number, patience: number): number {
    const { i32 } = this.state;
    const held = left - patience;
    this.given -= held;
    i32[ATTRIBUTED] -= held;
    const exit = this.library.enter(operation, patience);
    this.given += held;
    i32[BUDGET_LEFT] += held;
    i32[ATTRIBUTED] += held;
    return exit;
  }

  /** The code at eip; a block too long for the budget is cut to it. */
  private operationFor(left: number): number {
    const eip = this.state.u32[EIP];
    const operation = this.cache.known(eip) || this.cache.lookUp(eip);
    if (operation < 0 || this.cache.wordOf(operation, 'remaining') <= left) return operation;
    return this.cache.shortened(eip, left);
  }

  /** An instruction that could not even be fetched has begun all the same, and all it does is fault. */
  private unfetched(): number {
    const { i32 } = this.state;
    const at = UNFETCHED >>> 2;
    i32[at + HANDLER] = slot.deliverFault;
    i32[at + REMAINING] = 1;
    i32[at + HEAT] = 0;
    i32[at + OPERATION_EIP] = i32[EIP];
    return UNFETCHED;
  }

  private give(count: number): void {
    const { i32 } = this.state;
    const left = i32[BUDGET_LEFT];
    this.before += this.given - left;
    this.given = count;
    i32[ATTRIBUTED] += count - left;
    i32[BUDGET_LEFT] = count;
  }
}
