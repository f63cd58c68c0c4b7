/** A guest that is only memory and a record of what was done to it: for tests of the launcher without a processor. */

import type { GuestPhysical } from '../../../core/agreement/addresses.ts';
import { type LguestEra, lguestEras } from '../../../core/agreement/lguest-data.ts';
import { zeroCounters } from '../../../core/counters/list.ts';
import type {
  Guest,
  GuestEvent,
  GuestMemory,
  GuestOptions,
  GuestSurroundings,
  Host,
} from '../../../core/host/guest-events.ts';

/** Tests speak of addresses as plain numbers; the claim is made here. */
export const physical = (at: number) => at as GuestPhysical;

export class FakeMemory implements GuestMemory {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.bytes.length;
  }

  read8 = (at: number) => this.view.getUint8(at);
  read16 = (at: number) => this.view.getUint16(at, true);
  read32 = (at: number) => this.view.getUint32(at, true);
  write8 = (at: number, value: number) => this.view.setUint8(at, value);
  write16 = (at: number, value: number) => this.view.setUint16(at, value, true);
  write32 = (at: number, value: number) => this.view.setUint32(at, value, true);

  readBytes(at: number, length: number): Uint8Array {
    this.check(at, length);
    return this.bytes.slice(at, at + length);
  }

  writeBytes(at: number, bytes: Uint8Array): void {
    this.check(at, bytes.length);
    this.bytes.set(bytes, at);
  }

  fill(at: number, length: number, value: number): void {
    this.check(at, length);
    this.bytes.fill(value, at, at + length);
  }

  /** As the real one: a wrong address is the launcher's mistake. */
  private check(at: number, length: number): void {
    if (at < 0 || at + length > this.size) throw new RangeError(`${length} bytes at ${at} of ${this.size}`);
  }
}

export class FakeGuest implements Guest {
  readonly name: string;
  readonly memory: FakeMemory;
  readonly counters = zeroCounters();
  readonly tallies = { roundTrips: {}, hypercalls: {}, handedOn: {} };
  fastPath: boolean;
  entry: number | null = null;
  interrupts: number[] = [];
  dead: Guest['dead'] = null;
  era: LguestEra | null = null;
  readonly surroundings: GuestSurroundings | null;

  constructor({ name, memoryBytes, deviceBytes, fastPath, surroundings }: GuestOptions) {
    this.name = name;
    this.memory = new FakeMemory(memoryBytes + deviceBytes);
    this.fastPath = fastPath;
    this.surroundings = surroundings ?? null;
  }

  /** As LGUEST_INIT: once. */
  shakeHands(era: LguestEra): void {
    if (this.era !== null) return;
    this.era = era;
    this.surroundings?.onHandshake(era);
  }

  start(entry: number): void {
    this.entry = entry;
  }

  raiseInterrupt(irq: number): void {
    this.interrupts.push(irq);
  }

  kill(reason: string): void {
    this.dead ??= { why: 'dead', end: 'killed', reason };
  }
}

/** What a scripted guest does next: an event, how many instructions it took, and what it did to its memory before. */
export type Script = (guest: FakeGuest, budgetInstructions: number) => { event: GuestEvent; took: number };

/** The shape of kernels from this one on; they are listed by the first that had it. */
export function eraOf(since: string): LguestEra {
  const era = lguestEras.find((one) => one.since === since);
  if (era === undefined) throw new Error(`no era begins with ${since}`);
  return era;
}

/** A host whose guests follow scripts, by name, after having shaken hands. */
export class FakeHost implements Host {
  clock = 0;
  skipped = 0;
  readonly guests: FakeGuest[] = [];
  readonly removed: FakeGuest[] = [];
  private readonly scripts: Record<string, Script>;
  private readonly era: LguestEra;

  constructor(scripts: Record<string, Script>, era = eraOf('3.0')) {
    this.scripts = scripts;
    this.era = era;
  }

  createGuest(options: GuestOptions): FakeGuest {
    const guest = new FakeGuest(options);
    this.guests.push(guest);
    return guest;
  }

  removeGuest(guest: Guest): void {
    this.removed.push(guest as FakeGuest); // this host makes no others
  }

  runGuest(guest: Guest, budgetInstructions: number): GuestEvent {
    if (guest.dead !== null) return guest.dead;
    const fake = guest as FakeGuest; // this host makes no others
    fake.shakeHands(this.era);
    if (fake.dead !== null) return fake.dead;
    const { event, took } = this.scripts[guest.name](fake, budgetInstructions);
    this.clock += took;
    fake.counters.roundTrips++;
    fake.counters.guestInstructions += took;
    if (event.why === 'dead') fake.dead = event;
    return event;
  }

  watchCrossings(): void {}

  skipTime(instructions: number): void {
    this.clock += instructions;
    this.skipped += instructions;
  }
}
