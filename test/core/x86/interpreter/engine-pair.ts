/**
 * Two interpreters on worlds of their own, alike but for one thing: only the first has the handlers that stand before
 * services.  Whatever runs on both must leave the same registers, memory and fault, at the same count.
 */

import { Interpreter } from '../../../../core/x86/interpreter/interpreter.ts';
import type { WrittenHandlers } from '../../../../core/x86/interpreter/written-handlers.ts';
import { memoryMap, State, stateLayout } from '../../../../core/x86/state.ts';
import { createProcessor, type ProcessorParts } from '../../../../core/x86/system/create-processor.ts';
import { systemServices } from '../../../../core/x86/system/services.ts';
import { x87Services } from '../../../../core/x86/x87/services.ts';
import { buildSmallWorld, world } from '../small-world.ts';

export interface Side extends ProcessorParts {
  readonly state: State;
  readonly engine: Interpreter;
}

export function buildSide(handlers: WrittenHandlers): Side {
  const state = new State(world.bytes);
  const parts = createProcessor(state, {
    clock: () => engine.begun,
    eventWaiting: () => false,
    codeWritten: (physical, length) => engine.codeWritten(physical, length),
    codeMoved: () => engine.codeMoved(),
    leavingRing: () => undefined,
  });
  const engine: Interpreter = new Interpreter(parts.processor, { ...systemServices, ...x87Services }, handlers, null);
  buildSmallWorld(parts);
  return { ...parts, state, engine };
}

const at = stateLayout.at;

/** Everything a program could notice, but for memory. */
function visible({ state, engine, processor: { events } }: Side, exit: string) {
  const general = Array.from({ length: 8 }, (_, number) => state.register(number).toString(16));
  const fault = [at.faultVector, at.faultError, at.faultAddress].map((word) => state.get(word));
  return {
    exit,
    general,
    eip: state.get(at.eip).toString(16),
    eflags: state.eflags.toString(16),
    begun: engine.begun,
    looked: [events.pageWalks, events.tlbFills],
    fault: exit === 'fault' ? fault : [],
  };
}

const ramOf = ({ state }: Side) => Buffer.from(state.u8.buffer, memoryMap.ram, world.bytes);

export class EnginePair {
  private readonly sides: readonly [Side, Side];

  constructor(handlers: WrittenHandlers) {
    this.sides = [buildSide(handlers), buildSide({})];
  }

  /** Does the same to both. */
  each(change: (side: Side) => void): void {
    for (const side of this.sides) change(side);
  }

  /** Runs `count` instructions on both; answers how they ended and where the sides differ, if they do. */
  execute(count: number): { exit: string; seen: ReturnType<typeof visible>[] } {
    const seen = this.sides.map((side) => visible(side, side.engine.execute(count)));
    return { exit: seen[0].exit, seen };
  }

  get memoryAlike(): boolean {
    return Buffer.compare(ramOf(this.sides[0]), ramOf(this.sides[1])) === 0;
  }
}
