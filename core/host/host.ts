/**
 * One board's host kernel.  It owns the board's RAM and the Switcher's pages, makes guests and takes them apart, and
 * runs whichever it is told to.  Which devices exist, what an image is, when to stop: others know that.
 */

import { type GuestPhysical, type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { Ground } from '../agreement/ground.ts';
import { GUEST_KERNEL_CS, GUEST_KERNEL_DS } from '../agreement/segments.ts';
import { eflags } from '../agreement/traps.ts';
import { type Counters, zeroCounters } from '../counters/list.ts';
import { buildHostWorld, buildSwitcherTable } from '../switcher/host-world.ts';
import type { Board } from './board.ts';
import { BoardRam } from './board-ram.ts';
import { createTripMeter, settleMeter } from './count-crossing.ts';
import { setFastPath } from './fast-path.ts';
import { freshFloatingPoint } from './floating-point.ts';
import { type GuestCpu, newGuestCpu } from './guest-cpu.ts';
import type { Guest, GuestOptions, Host, HostOptions } from './guest-events.ts';
import { GuestBlock } from './guest-memory.ts';
import { GuestRegisters } from './guest-registers.ts';
import { endGuest } from './kill-guest.ts';
import type { BoardTime } from './lguest-data.ts';
import { runUntilEvent } from './run-guest.ts';
import { bootSegments } from './segments.ts';
import { createShadowTables, shadowPages } from './shadow-tables.ts';
import { surroundingsOf } from './surroundings.ts';
import { setPending } from './virtual-interrupts.ts';

/** Pages of each guest besides its memory and shadow tables: registers, x87 image, the Switcher's page table. */
const PAGES_PER_GUEST = 3;
/** Pages the host itself needs on a board, with room to spare. */
const HOST_PAGES = 1024;

/** How large a board must be for these guests and their host. */
export function boardBytesFor(guests: readonly GuestOptions[]): number {
  const pages = guests.map(
    (guest) => (guest.memoryBytes + guest.deviceBytes) / PAGE_BYTES + shadowPages(guest.memoryBytes) + PAGES_PER_GUEST,
  );
  return (HOST_PAGES + pages.reduce((sum, count) => sum + Math.ceil(count), 0)) * PAGE_BYTES;
}

interface Resident {
  readonly cpu: GuestCpu;
  readonly blocks: readonly { at: HostPhysical; pages: number }[];
}

/** The host kernel of a board fresh from reset. */
export function createHost(ground: Ground, options: HostOptions = {}): Host {
  const ram = new BoardRam(ground.memory);
  const world = buildHostWorld(ground, () => ram.allocate(1));
  const { wallClockSeconds = 0, onCrossing = null } = options;
  const time = new GroundTime(ground, wallClockSeconds);
  const codePage = ram.allocate(1);
  const meter = createTripMeter(ground);
  const places = { ground, world, ram, codePage };
  const board: Board = { ...places, time, onCrossing, watcher: null, meter, lastGuest: null };
  const residents = new Map<Guest, Resident>();
  return {
    createGuest(guestOptions) {
      const resident = admit(board, guestOptions);
      const guest = new HostedGuest(board, resident.cpu);
      residents.set(guest, resident);
      return guest;
    },
    removeGuest(guest) {
      const resident = cpuOf(residents, guest);
      for (const { at, pages } of resident.blocks) ram.release(at, pages);
      if (board.lastGuest === resident.cpu) {
        settleMeter(meter, resident.cpu);
        board.lastGuest = null;
      }
      residents.delete(guest);
    },
    get clock() {
      return ground.clock;
    },
    runGuest: (guest, budgetInstructions) => {
      const { cpu } = cpuOf(residents, guest);
      if (!cpu.started) throw new Error(`guest ${guest.name} was never started`);
      return runUntilEvent(board, cpu, budgetInstructions);
    },
    watchCrossings(watcher) {
      board.watcher = watcher;
    },
    skipTime: (instructions) => ground.skipTime(instructions),
  };
}

/** Classes and no object literals, these two: V8 keeps a literal with accessors as a dictionary. */
class GroundTime implements BoardTime {
  readonly secondsAtStart: number;
  readonly #ground: Ground;

  constructor(ground: Ground, secondsAtStart: number) {
    this.#ground = ground;
    this.secondsAtStart = secondsAtStart;
  }

  get clock(): number {
    return this.#ground.clock;
  }
}

function cpuOf(residents: ReadonlyMap<Guest, Resident>, guest: Guest): Resident {
  const resident = residents.get(guest);
  if (resident === undefined) throw new Error(`guest ${guest.name} is not on this board`);
  return resident;
}

/** Finds room for a guest; throws BoardFull with nothing taken. */
function admit(board: Board, options: GuestOptions): Resident {
  const { ground, ram, world } = board;
  const blocks: { at: HostPhysical; pages: number }[] = [];
  const allocate = (pages: number): HostPhysical => {
    const at = ram.allocate(pages);
    blocks.push({ at, pages });
    return at;
  };
  try {
    const size = options.memoryBytes + options.deviceBytes;
    const memory = new GuestBlock(ground.memory, allocate(Math.ceil(size / PAGE_BYTES)), size);
    const [registersPage, floatingPointPage, switcherTable] = [allocate(1), allocate(1), allocate(1)];
    buildSwitcherTable(world, switcherTable, registersPage);
    freshFloatingPoint(ground.memory, floatingPointPage);
    const counters = zeroCounters();
    const tablePages = shadowPages(options.memoryBytes);
    const shadow = createShadowTables(ground.memory, allocate(tablePages), tablePages, switcherTable, counters);
    const registers = new GuestRegisters(ground.memory, registersPage);
    const { name, memoryBytes: ramBytes, fastPath } = options;
    const rest = { name, fastPath, counters, surroundings: surroundingsOf(options) };
    const places = { memory, ramBytes, board: ground.memory, registers, registersPage, floatingPointPage, shadow };
    const cpu = newGuestCpu({ ...rest, ...places });
    bootSegments(cpu);
    return { cpu, blocks };
  } catch (problem) {
    for (const { at, pages } of blocks) ram.release(at, pages);
    throw problem;
  }
}

/** What the launcher may do with a guest. */
class HostedGuest implements Guest {
  readonly name: string;
  readonly memory: GuestBlock;
  readonly #board: Board;
  readonly #cpu: GuestCpu;

  constructor(board: Board, cpu: GuestCpu) {
    this.#board = board;
    this.#cpu = cpu;
    this.name = cpu.name;
    this.memory = cpu.memory;
  }

  get counters(): Counters {
    if (this.#board.lastGuest === this.#cpu) settleMeter(this.#board.meter, this.#cpu);
    return this.#cpu.counters;
  }

  get tallies(): Guest['tallies'] {
    const { roundTrips, hypercalls, handedOn } = this.#cpu.tallies;
    return { roundTrips: roundTrips.table, hypercalls: hypercalls.table, handedOn: handedOn.table };
  }

  // fast path begins
  get fastPath(): boolean {
    return this.#cpu.fastPath;
  }

  set fastPath(on: boolean) {
    setFastPath(this.#cpu, on);
  }
  // fast path ends

  start(entry: GuestPhysical): void {
    start(this.#cpu, entry);
  }

  raiseInterrupt(irq: number): void {
    if (!setPending(this.#cpu, irq)) throw new RangeError(`there is no virtual interrupt ${irq}`);
  }

  kill(reason: string): void {
    endGuest(this.#cpu, 'killed', reason);
  }

  get dead(): Guest['dead'] {
    return this.#cpu.dead;
  }

  get era(): Guest['era'] {
    return this.#cpu.lguestData?.era ?? null;
  }
}

// @journey host/first-entry  How a guest starts life
// A guest starts life as lguest's always did: in ring 1, flat segments, interrupts really on though it believes them off,
// every register zero.  Zero in esi is meant: that is where the launcher put its boot parameters.
/** The register state of lguest-abi §1. */
function start(cpu: GuestCpu, entry: GuestPhysical): void {
  if (cpu.started) throw new Error(`guest ${cpu.name} was started twice`);
  cpu.started = true;
  const { registers } = cpu;
  for (const name of ['ds', 'es', 'ss'] as const) registers.write(name, GUEST_KERNEL_DS);
  registers.cs = GUEST_KERNEL_CS;
  registers.eip = entry;
  registers.eflags = eflags.interrupt | eflags.reserved;
}
// @end
