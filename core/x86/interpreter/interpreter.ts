/**
 * Runs decoded code: enters the handlers, finds or decodes what they lack, and ends after exactly as many instructions as
 * it was given.  It knows nothing of interrupts; whatever needs a look around comes back to the run loop.
 */

import type { Processor } from '../processor.ts';
import { LEAVE, NEXT, type Outcome, type Service, TRANSFER } from '../service.ts';
import { type State, stateLayout } from '../state.ts';
import { CodeCache } from './code-cache.ts';
import { HandlerLibrary } from './handlers.ts';
import { engineExit } from './operation.ts';

const EIP = stateLayout.at.eip >>> 2;
const ATTENTION = stateLayout.at.attention >>> 2;
const NEXT_EIP = stateLayout.at.nextEip >>> 2;
const BUDGET_LEFT = stateLayout.at.budgetLeft >>> 2;

export type ExecuteExit = 'budget spent' | 'fault' | 'leave';

export interface Engine {
  /** Instructions begun since reset, exact even while a service runs. */
  readonly begun: number;
  /** Runs from eip until `count` instructions have begun, a fault waits in the state, or a service wants a look around. */
  execute(count: number): ExecuteExit;
  /** Bytes changed under decoded code; true if any of it is gone. */
  codeWritten(physical: number, length: number): boolean;
}

export class Interpreter implements Engine {
  private readonly state: State;
  private readonly library: HandlerLibrary;
  private readonly cache: CodeCache;
  /** Instructions begun before the present entry, and the budget it was given. */
  private before = 0;
  private given = 0;
  /** Decoded code was dropped since the running service began. */
  private dropped = false;

  constructor(processor: Processor, services: Readonly<Record<string, Service>>) {
    const { state, access } = processor;
    this.state = state;
    this.library = new HandlerLibrary(state.memory, {
      slowRead: (linear, size) => access.slowRead(linear >>> 0, size),
      slowWrite: (linear, size) => access.slowWrite(linear >>> 0, size),
      finishWrite: () => access.finishWrite(),
      service: (operation) => this.serve(processor, operation),
    });
    this.cache = new CodeCache(processor, this.library, services);
  }

  get begun(): number {
    return this.before + this.given - this.state.i32[BUDGET_LEFT];
  }

  codeWritten(physical: number, length: number): boolean {
    const dropped = this.cache.codeWritten(physical, length);
    this.dropped ||= dropped;
    return dropped;
  }

  /** A service that wrote over decoded code may have dropped the very block it was called from. */
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
      if (operation < 0) return this.unfetched();
      const exit = this.library.enter(operation, left);
      if (exit === engineExit.fault) return 'fault';
      if (exit === engineExit.leave) return 'leave';
    }
  }

  /** The code at eip; a block too long for the budget is cut to it. */
  private operationFor(left: number): number {
    const eip = this.state.u32[EIP];
    const operation = this.cache.known(eip) || this.cache.lookUp(eip);
    if (operation < 0 || this.cache.lengthOf(operation) <= left) return operation;
    return this.cache.shortened(eip, left);
  }

  /** An instruction that could not even be fetched has begun all the same. */
  private unfetched(): ExecuteExit {
    this.state.i32[BUDGET_LEFT]--;
    return 'fault';
  }

  private give(count: number): void {
    this.before = this.begun;
    this.given = count;
    this.state.i32[BUDGET_LEFT] = count;
  }
}
