/**
 * One emulated machine: RAM, one processor, an interrupt line and an NMI line, and nothing a PC has that nobody here
 * needs.  `run` is the one place where time passes: it lets the engine execute, and between instructions looks at what
 * waits outside, delivers faults and counts by ring.
 *
 * @journey ground/board
 * A run is a function of its inputs.  Whatever arrives from outside waits until an instruction boundary that the caller
 * chose by the budget it gave, so the same start gives the same run, instruction for instruction, on every machine.
 */

import type { Ground, GroundExit, PhysicalMemory, Ports, Registers } from '../agreement/ground.ts';
import { allHandlers } from './all-handlers.ts';
import { type Engine, Interpreter } from './interpreter/interpreter.ts';
import { InterruptLines } from './interrupt-lines.ts';
import { LocalApic } from './local-apic.ts';
import type { MutableEvents, Processor } from './processor.ts';
import { eflag, State, stateLayout } from './state.ts';
import { createProcessor } from './system/create-processor.ts';
import { deliver } from './system/deliver.ts';
import { systemServices } from './system/services.ts';
import { BoardShortcuts } from './system-code/shortcuts.ts';
import { HOT_AFTER, Translator } from './translate/translator.ts';
import { x87Services } from './x87/services.ts';

const FLAGS_REST = stateLayout.at.flagsRest >>> 2;
const INTERRUPT_SHADOW = stateLayout.at.interruptShadow >>> 2;
const ATTENTION = stateLayout.at.attention >>> 2;
const EVENT_WAITING = stateLayout.at.eventWaiting >>> 2;
const BUDGET_LEFT = stateLayout.at.budgetLeft >>> 2;
const ATTRIBUTED = stateLayout.at.attributed >>> 2;
const ATTRIBUTED_BY_RING = stateLayout.at.attributedByRing >>> 2;
const RINGS = 4;
const CPL = stateLayout.at.cpl >>> 2;
const HALTED = stateLayout.at.halted >>> 2;
const FAULT_VECTOR = stateLayout.at.faultVector >>> 2;
const FAULT_ERROR = stateLayout.at.faultError >>> 2;
const DEBUG_STATUS = (stateLayout.at.debug >>> 2) + 6;
/** DR6.BS: a single step, not a breakpoint (SDM 3B 17.2.3). */
const SINGLE_STEP = 1 << 14;
const DEBUG_EXCEPTION = 1;
const NMI_VECTOR = 2;
/** An engine's budget is a signed word. */
const LONGEST_RUN = 0x3fff_ffff;
const TRAP_FLAG = eflag.trap;

/** The two exits a host sees at every crossing; no new one is made for it. */
const halted: GroundExit = { why: 'halted' };
const budgetSpent: GroundExit = { why: 'budget spent' };

export const engines = ['interpreter', 'translator'] as const;
export type EngineName = (typeof engines)[number];

export interface BoardOptions {
  /** A multiple of 4096, at most 3 GiB. */
  readonly ramBytes: number;
  readonly engine?: EngineName;
  /** How often the translator lets a block be interpreted first. */
  readonly hotAfter?: number;
  /** Whether generated code does the usual before services are asked (default). Without it everything is only slower, so
   *  that the two can be compared. */
  readonly shortcuts?: boolean;
  /** A local APIC at its usual address (default: none). */
  readonly localApic?: boolean;
}

export class Board implements Ground {
  readonly memory: PhysicalMemory;
  readonly registers: Registers;
  readonly events: MutableEvents;
  /** For those who look at a processor word by word (architectural-state.ts), between runs. */
  readonly state: State;
  private readonly processor: Processor;
  private readonly engine: Engine;
  private readonly lines = new InterruptLines();
  private readonly localApic: LocalApic | null;
  private readonly shortcuts: BoardShortcuts | null;
  private skipped = 0;
  private shutdown: string | null = null;

  constructor(options: BoardOptions) {
    this.state = new State(options.ramBytes);
    const outside = { raiseNmi: () => this.raiseNmi(), changed: () => this.noteWaiting() };
    this.localApic = options.localApic ? new LocalApic(this.state, outside) : null;
    const parts = createProcessor(this.state, {
      clock: () => this.clock,
      eventWaiting: () => this.lines.nmi || this.vectorWaiting(),
      codeWritten: (physical, length) => this.engine.codeWritten(physical, length),
      codeMoved: () => this.engine.codeMoved(),
      leavingRing: (cpl) => this.attribute(cpl),
      localApic: this.localApic,
    });
    this.processor = parts.processor;
    this.memory = parts.memory;
    this.registers = parts.registers;
    this.events = parts.processor.events;
    this.noteWaiting();
    const services = { ...systemServices, ...x87Services };
    this.shortcuts = options.shortcuts === false ? null : new BoardShortcuts();
    const handlers = this.shortcuts === null ? {} : allHandlers;
    const engine = new Interpreter(this.processor, services, handlers, this.shortcuts);
    if (options.engine === 'translator') {
      const hotAfter = options.hotAfter ?? HOT_AFTER;
      engine.translateWith(new Translator(this.state, engine, hotAfter), hotAfter);
    }
    this.engine = engine;
  }

  get instructions(): number {
    return this.engine.begun;
  }

  get clock(): number {
    return this.engine.begun + this.skipped;
  }

  get ports(): Ports {
    return this.processor.ports;
  }

  set ports(ports: Ports) {
    this.processor.ports = ports;
  }

  get nmiPending(): boolean {
    return this.lines.nmi;
  }

  skipTime(instructions: number): void {
    this.skipped += instructions;
  }

  raiseInterrupt(vector: number): void {
    this.lines.raise(vector);
    this.noteWaiting();
  }

  raiseNmi(): void {
    this.lines.nmi = true;
    this.noteWaiting();
  }

  run(budgetInstructions: number): GroundExit {
    const { engine } = this;
    const end = engine.begun + budgetInstructions;
    for (let left = budgetInstructions; ; left = end - engine.begun) {
      if (this.state.i32[EVENT_WAITING] !== 0) this.takeWaitingEvent();
      if (this.shutdown !== null) return { why: 'shut down', reason: this.shutdown };
      if (left <= 0) return budgetSpent;
      const exit = this.advance(left);
      if (exit !== null) return exit;
    }
  }

  /** Executes until something wants attention, and attends to it. */
  private advance(left: number): GroundExit | null {
    const { i32 } = this.state;
    i32[ATTENTION] = 0;
    if ((i32[INTERRUPT_SHADOW] | (i32[FLAGS_REST] & TRAP_FLAG)) !== 0) this.advanceByOne();
    else {
      const exit = this.engine.execute(left < LONGEST_RUN ? left : LONGEST_RUN);
      this.attribute(i32[CPL]);
      if (exit === 'fault') this.deliverFault();
    }
    return this.outcome();
  }

  /** In the shadow of an instruction, or stepping. */
  private advanceByOne(): void {
    const { i32 } = this.state;
    const stepping = (i32[FLAGS_REST] & TRAP_FLAG) !== 0;
    i32[INTERRUPT_SHADOW] = 0;
    const { deliveries } = this.events;
    const exit = this.engine.execute(1);
    this.attribute(i32[CPL]);
    if (exit === 'fault') this.deliverFault();
    else if (stepping && i32[INTERRUPT_SHADOW] === 0 && this.events.deliveries === deliveries) this.singleStep();
  }

  private outcome(): GroundExit | null {
    const { processor } = this;
    const { i32 } = this.state;
    if (processor.unsupported !== null) {
      const what = processor.unsupported;
      processor.unsupported = null;
      return { why: 'not supported', what };
    }
    if (processor.stopCode !== null) {
      const code = processor.stopCode;
      processor.stopCode = null;
      return { why: 'stopped', code };
    }
    if (i32[HALTED] === 0) return null;
    i32[HALTED] = 0;
    return this.wakesAtOnce() ? null : halted;
  }

  /** hlt is over before it began if the processor's own APIC has something to deliver. Other lines are the caller's. */
  private wakesAtOnce(): boolean {
    if (this.localApic === null) return false;
    const open = (this.state.i32[FLAGS_REST] & eflag.interrupt) !== 0;
    return (open && this.localApic.isWaiting) || (this.lines.nmi && !this.processor.nmiBlocked);
  }

  private deliverFault(): void {
    const vector = this.state.i32[FAULT_VECTOR];
    const error = this.state.i32[FAULT_ERROR];
    this.shutdown = deliver(this.processor, { kind: 'fault', vector, error: error < 0 ? null : error });
  }

  /** TF: a trap after the instruction that began with it set (SDM 3B 17.3.1.4). */
  private singleStep(): void {
    this.state.i32[DEBUG_STATUS] |= SINGLE_STEP;
    this.shutdown = deliver(this.processor, { kind: 'trap', vector: DEBUG_EXCEPTION, error: null });
  }

  /** An NMI before an interrupt; neither in the shadow of sti or mov ss (SDM 3A 6.8, 6.9). */
  private takeWaitingEvent(): void {
    const { lines, state } = this;
    if (this.shutdown !== null || state.i32[INTERRUPT_SHADOW] !== 0) return;
    if (lines.nmi && !this.processor.nmiBlocked) {
      lines.nmi = false;
      this.noteWaiting();
      this.shutdown = deliver(this.processor, { kind: 'nmi', vector: NMI_VECTOR, error: null });
    } else if ((state.i32[FLAGS_REST] & eflag.interrupt) !== 0 && this.vectorWaiting()) {
      const vector = this.localApic?.isWaiting ? this.localApic.take() : lines.takeVector();
      this.noteWaiting();
      if (this.shortcuts !== null && this.shortcuts.deliverInterrupt(vector) !== 0) return;
      this.shutdown = deliver(this.processor, { kind: 'external', vector, error: null });
    }
  }

  private vectorWaiting(): boolean {
    return this.lines.anyVector || (this.localApic?.isWaiting ?? false);
  }

  /** For generated code, which cannot ask. */
  private noteWaiting(): void {
    this.state.i32[EVENT_WAITING] = this.lines.nmi || this.vectorWaiting() ? 1 : 0;
  }

  /** What began since the last time, at this privilege level; and what generated code has attributed meanwhile. */
  private attribute(cpl: number): void {
    const { i32 } = this.state;
    const { instructions } = this.events;
    const left = i32[BUDGET_LEFT];
    i32[ATTRIBUTED_BY_RING + cpl] += i32[ATTRIBUTED] - left;
    i32[ATTRIBUTED] = left;
    for (let ring = 0; ring < RINGS; ring++) {
      const begun = i32[ATTRIBUTED_BY_RING + ring];
      if (begun === 0) continue;
      instructions[ring] += begun;
      i32[ATTRIBUTED_BY_RING + ring] = 0;
    }
  }
}

/** A machine with empty RAM, its processor in flat 32-bit protected mode at CPL 0, eip 0, interrupts off. */
export function createBoard(options: BoardOptions): Board {
  return new Board(options);
}
// @end
