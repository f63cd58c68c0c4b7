/**
 * A local APIC (SDM 3A chapter 10) for boards that want one: programs that run on the bare processor send themselves
 * interrupts with it.  It is alone in the world: no timer counts, nobody else hears an IPI, and its local vectors are
 * registers that remember.  Boards under a host have none, and CPUID says so.
 *
 * Its registers are a page of the memory object, always up to date, so that reading one is an ordinary read; a write
 * arrives here afterwards, as a word that has changed.
 */

import { memoryMap, type State, stateLayout } from './state.ts';

/** Table 10-1: byte offsets within the page. */
const register = {
  version: 0x30,
  taskPriority: 0x80,
  processorPriority: 0xa0,
  endOfInterrupt: 0xb0,
  logicalDestination: 0xd0,
  destinationFormat: 0xe0,
  spuriousVector: 0xf0,
  inService: 0x100,
  requested: 0x200,
  errorStatus: 0x280,
  commandLow: 0x300,
  commandHigh: 0x310,
  localVectors: 0x320,
  initialCount: 0x380,
  divideConfiguration: 0x3e0,
} as const;

const REGISTER_STEP = 16;
/** Version 0x14, and the highest of six local vectors is number 5. */
const VERSION = 0x0005_0014;
const LOCAL_VECTORS = 6;
const MASKED = 1 << 16;
const VECTOR_WORDS = 8;
const CLASS = 0xf0;
/** Vectors below this are the processor's own and cannot be sent. */
const FIRST_VECTOR = 16;
const SEND_ILLEGAL_VECTOR = 1 << 5;
const SOFTWARE_ENABLED = 1 << 8;
/** The interrupt command register's fields (SDM 3A figure 10-12). */
const command = { modeShift: 8, logical: 1 << 11, shorthandShift: 18 } as const;
const deliveryMode = { fixed: 0, lowestPriority: 1, nmi: 4 } as const;
const shorthand = { none: 0, self: 1, all: 2 } as const;
const BROADCAST = 0xff;

/** IA32_APIC_BASE (SDM 3A figure 10-5). */
const base = { address: 0xfee0_0000, bootstrap: 1 << 8, enabled: 1 << 11, frame: 0xffff_f000 } as const;

/** What can be written to, and which of its bits stay. */
const stored: Readonly<Record<number, number>> = {
  [register.taskPriority]: 0xff,
  [register.logicalDestination]: 0xff00_0000,
  [register.spuriousVector]: 0x1ff,
  [register.commandLow]: 0x000c_cfff,
  [register.commandHigh]: 0xff00_0000,
  [register.initialCount]: 0xffff_ffff,
  [register.divideConfiguration]: 0xb,
};
const LOCAL_VECTOR_BITS = 0x0003_a7ff;

/** Who hears of what goes on here. */
export interface ApicOutside {
  raiseNmi(): void;
  /** What waits, or may be taken, may be another than before. */
  changed(): void;
}

export class LocalApic {
  /** Value of IA32_APIC_BASE. */
  baseRegister = 0;
  private readonly state: State;
  private readonly outside: ApicOutside;
  private readonly page: Uint32Array;
  /** What the page says when the last write is undone or accepted. */
  private readonly words = new Uint32Array(1024);
  private error = 0;

  constructor(state: State, outside: ApicOutside) {
    this.state = state;
    this.outside = outside;
    this.page = new Uint32Array(state.memory.buffer, memoryMap.localApic, 1024);
    this.setBase(base.address | base.enabled);
  }

  get isEnabled(): boolean {
    return (this.baseRegister & base.enabled) !== 0;
  }

  /** Number of the physical page its registers answer at, or -1 while it is disabled. */
  get physicalPage(): number {
    return this.isEnabled ? (this.baseRegister & base.frame) >>> 12 : -1;
  }

  /** Moves it, or switches it on or off; off, it forgets everything. False if a reserved bit is set. */
  setBase(value: number): boolean {
    if ((value & ~(base.frame | base.enabled | base.bootstrap)) !== 0) return false;
    const wasEnabled = this.isEnabled;
    this.baseRegister = (value | base.bootstrap) >>> 0;
    if (!wasEnabled || !this.isEnabled) this.reset();
    return true;
  }

  /** Some bytes of the page were written, from `offset` on. */
  written(offset: number): void {
    const at = offset & ~(REGISTER_STEP - 1);
    const value = this.page[at >>> 2];
    if (at === register.endOfInterrupt) this.endInterrupt();
    else if (at === register.errorStatus) this.showError();
    else if (at === register.destinationFormat) this.words[at >>> 2] = (value | 0x0fff_ffff) >>> 0;
    else if (isLocalVector(at)) this.words[at >>> 2] = (value & LOCAL_VECTOR_BITS) | this.maskIfDisabled();
    else if (stored[at] !== undefined) this.words[at >>> 2] = value & stored[at];
    if (at === register.commandLow) this.send(value);
    this.publish();
    this.state.set(stateLayout.at.attention, 1);
  }

  /** An interrupt waits whose class is above what the processor is busy with. */
  get isWaiting(): boolean {
    const vector = this.highest(register.requested);
    return vector >= 0 && (vector & CLASS) > (this.words[register.processorPriority >>> 2] & CLASS);
  }

  /** The highest request becomes the one in service. Only while `isWaiting`. */
  take(): number {
    const vector = this.highest(register.requested);
    this.flip(register.requested, vector);
    this.flip(register.inService, vector);
    this.publish();
    return vector;
  }

  private reset(): void {
    const { words } = this;
    words.fill(0);
    words[register.version >>> 2] = VERSION;
    words[register.destinationFormat >>> 2] = 0xffff_ffff;
    words[register.spuriousVector >>> 2] = 0xff;
    for (let index = 0; index < LOCAL_VECTORS; index++) {
      words[(register.localVectors + index * REGISTER_STEP) >>> 2] = MASKED;
    }
    this.error = 0;
    this.publish();
  }

  /** Software-disabled, local vectors cannot be unmasked. */
  private maskIfDisabled(): number {
    return this.acceptsInterrupts() ? 0 : MASKED;
  }

  private acceptsInterrupts(): boolean {
    return this.isEnabled && (this.words[register.spuriousVector >>> 2] & SOFTWARE_ENABLED) !== 0;
  }

  /** One that reaches us is accepted; what goes to others goes nowhere. */
  private send(order: number): void {
    const mode = (order >>> command.modeShift) & 7;
    if (!this.reachesUs(order)) return;
    if (mode === deliveryMode.nmi) this.outside.raiseNmi();
    else if (mode === deliveryMode.fixed || mode === deliveryMode.lowestPriority) this.request(order & 0xff);
  }

  private reachesUs(order: number): boolean {
    const target = (order >>> command.shorthandShift) & 3;
    if (target !== shorthand.none) return target === shorthand.self || target === shorthand.all;
    const destination = this.words[register.commandHigh >>> 2] >>> 24;
    if ((order & command.logical) === 0) return destination === 0 || destination === BROADCAST;
    return (destination & (this.words[register.logicalDestination >>> 2] >>> 24)) !== 0;
  }

  private request(vector: number): void {
    if (vector < FIRST_VECTOR) this.error |= SEND_ILLEGAL_VECTOR;
    else if (this.acceptsInterrupts() && !this.has(register.requested, vector)) this.flip(register.requested, vector);
  }

  private endInterrupt(): void {
    const vector = this.highest(register.inService);
    if (vector >= 0) this.flip(register.inService, vector);
  }

  /** A write makes the errors since the last one readable. */
  private showError(): void {
    this.words[register.errorStatus >>> 2] = this.error;
    this.error = 0;
  }

  private publish(): void {
    const { words } = this;
    const priority = words[register.taskPriority >>> 2];
    const inService = Math.max(this.highest(register.inService), 0);
    const busy = (priority & CLASS) >= (inService & CLASS) ? priority : inService & CLASS;
    words[register.processorPriority >>> 2] = busy;
    this.page.set(words);
    this.outside.changed();
  }

  private has(set: number, vector: number): boolean {
    return ((this.words[wordOf(set, vector)] >>> (vector & 31)) & 1) !== 0;
  }

  private flip(set: number, vector: number): void {
    this.words[wordOf(set, vector)] ^= 1 << (vector & 31);
  }

  /** Largest vector of a set, or -1. */
  private highest(set: number): number {
    for (let index = VECTOR_WORDS - 1; index >= 0; index--) {
      const word = this.words[(set + index * REGISTER_STEP) >>> 2];
      if (word !== 0) return index * 32 + 31 - Math.clz32(word);
    }
    return -1;
  }
}

const wordOf = (set: number, vector: number) => (set + (vector >>> 5) * REGISTER_STEP) >>> 2;

const isLocalVector = (at: number) =>
  at >= register.localVectors && at < register.localVectors + LOCAL_VECTORS * REGISTER_STEP;
