/**
 * Puts the processor's parts together around a state.  What only the engine can know (the clock, pending interrupts,
 * decoded code) is handed in.
 */

import type { PhysicalMemory, Ports, Registers } from '../../agreement/ground.ts';
import type { LocalApic } from '../local-apic.ts';
import { TranslatedAccess } from '../memory/access.ts';
import { TranslatedSpaces } from '../memory/address-spaces.ts';
import { cr0Bit } from '../memory/page-walk.ts';
import { BoardMemory } from '../memory/physical-memory.ts';
import { words } from '../memory/words.ts';
import type { CodeWatcher, Processor } from '../processor.ts';
import { StateRegisters } from '../registers.ts';
import { eflag, type State, stateLayout } from '../state.ts';
import { CountedEvents } from './counted-events.ts';
import { descriptorBit, systemType } from './descriptors.ts';
import { nullSegment, storeSegment } from './segments.ts';

const { CR0, DEBUG, GDT_LIMIT, HALTED, IDT_LIMIT, LDTR, NMI_BLOCKED, TR } = words;

export interface EngineHooks extends CodeWatcher {
  clock(): number;
  eventWaiting(): boolean;
  leavingRing(cpl: number): void;
  readonly localApic?: LocalApic | null;
}

export interface ProcessorParts {
  readonly processor: Processor;
  readonly memory: PhysicalMemory;
  readonly registers: Registers;
}

const ABSENT_PORT = 0xffffffff;
const silentPorts: Ports = { read: (_port, size) => ABSENT_PORT >>> (32 - 8 * size), write: () => undefined };

const RESET_LIMIT = 0xffff;
const RESET_DEBUG_STATUS = 0;
const TYPE_SHIFT = 8;

/** A class and no object literal: V8 keeps a literal with accessors as a dictionary, and everything here is asked for often. */
class AssembledProcessor implements Processor {
  readonly state: State;
  readonly access: TranslatedAccess;
  readonly spaces: TranslatedSpaces;
  readonly events: CountedEvents;
  readonly localApic: LocalApic | null;
  ports: Ports = silentPorts;
  stopCode: number | null = null;
  unsupported: string | null = null;
  private readonly hooks: EngineHooks;
  private readonly u32: Uint32Array;

  constructor(state: State, spaces: TranslatedSpaces, events: CountedEvents, hooks: EngineHooks) {
    this.state = state;
    this.u32 = state.u32;
    this.spaces = spaces;
    this.access = new TranslatedAccess(state, spaces);
    this.events = events;
    this.hooks = hooks;
    this.localApic = hooks.localApic ?? null;
  }

  clock(): number {
    return this.hooks.clock();
  }

  eventWaiting(): boolean {
    return this.hooks.eventWaiting();
  }

  leavingRing(cpl: number): void {
    this.hooks.leavingRing(cpl);
  }

  get halted(): boolean {
    return this.u32[HALTED] !== 0;
  }
  set halted(halted: boolean) {
    this.u32[HALTED] = halted ? 1 : 0;
  }

  get nmiBlocked(): boolean {
    return this.u32[NMI_BLOCKED] !== 0;
  }
  set nmiBlocked(blocked: boolean) {
    this.u32[NMI_BLOCKED] = blocked ? 1 : 0;
  }
}

/** A processor in its reset state over `state`, which no other processor uses. */
export function createProcessor(state: State, hooks: EngineHooks): ProcessorParts {
  const events = new CountedEvents(state);
  const spaces = new TranslatedSpaces(state, events, hooks, hooks.localApic ?? null);
  const processor = new AssembledProcessor(state, spaces, events, hooks);
  resetProcessor(processor);
  return { processor, memory: new BoardMemory(state, spaces), registers: new StateRegisters(processor) };
}

/**
 * Power-on values (SDM 3A table 9-1), except that protection is already on, for this processor knows no real mode, and
 * that every segment is null: whoever starts the board puts flat ones in with setSegment.
 */
export function resetProcessor(processor: Processor): void {
  const { state, spaces } = processor;
  state.u32.fill(0, 0, stateLayout.bytes >>> 2);
  state.set(stateLayout.at.ramBytes, state.ramBytes);
  state.eflags = eflag.one;
  state.u32[CR0] = cr0Bit.extension | cr0Bit.protection;
  state.u32[DEBUG + 6] = RESET_DEBUG_STATUS;
  state.u32[GDT_LIMIT] = RESET_LIMIT;
  state.u32[IDT_LIMIT] = RESET_LIMIT;
  for (let at = stateLayout.at.segments; at < stateLayout.at.ldtr; at += stateLayout.sizeOf.ldtr) {
    nullSegment(state, at >>> 2, 0);
  }
  nullSegment(state, LDTR, 0);
  storeSegment(state, TR, 0, 0, RESET_LIMIT, descriptorBit.present | (systemType.busyTss32 << TYPE_SHIFT));
  processor.stopCode = null;
  processor.unsupported = null;
  processor.halted = false;
  spaces.flushAll();
}
