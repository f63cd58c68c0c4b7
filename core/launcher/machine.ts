/**
 * One machine: a guest with its image, its memory and its devices, run through the host a slice at a time.  It answers
 * what the guest asks of its launcher (kicks, early prints, restarts) and says plainly when there is nothing to run.
 * It never waits and never looks at a clock on the wall; letting time pass is the board's business.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { type Counters, zeroCounters } from '../counters/list.ts';
import type { Guest, GuestEvent, Host } from '../host/guest-events.ts';
import { type DeviceFace, DeviceFaces } from './device-faces.ts';
import { ConsoleModel, type ConsoleSize } from './devices/console/model.ts';
import type { DeviceModel } from './devices/model.ts';
import { hex } from './image-error.ts';
import { explainDeath } from './kernel-facts/explain-death.ts';
import { type KernelImage, readKernelImage } from './kernel-image.ts';
import { checkLoad, checkMemoryMiB, type GuestLoad, loadGuest, MIB } from './load-guest.ts';

export interface MachineOptions {
  readonly host: Host;
  readonly name: string;
  /** The kernel's file, whole. */
  readonly image: Uint8Array;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly fastPath: boolean;
  /** New models for each life of the guest, in command-line order; the console is the machine's own. Default: none. */
  readonly devices?: () => readonly DeviceModel[];
  /** Default: 'auto'. */
  readonly deviceFace?: DeviceFace;
  /** A restart the guest asks for begins it again, or ends it. Default: true. */
  readonly restarts?: boolean;
  /** Of the screen, if it is known. */
  readonly consoleSize?: ConsoleSize;
  /** What the guest prints, as it prints it. The bytes are the sink's to keep. */
  readonly consoleOutput: (bytes: Uint8Array) => void;
  /** Sentences about a guest that is odd but alive: broken rings, restarts. */
  readonly report?: (sentence: string) => void;
}

export type MachineState =
  | { readonly is: 'running' }
  /** Waits for its clock (board clock, null for never) or for input. */
  | { readonly is: 'idle'; readonly untilInstruction: number | null }
  | { readonly is: 'ended'; readonly end: 'power off' | 'restart' | 'killed'; readonly reason: string };

export type Tallies = Guest['tallies'];

export interface Machine {
  readonly name: string;
  readonly state: MachineState;
  /** Counted since the machine was made, restarts included. */
  readonly counters: Counters;
  readonly tallies: Tallies;
  readonly restarts: number;
  /** The toggle; takes effect at the next entry. */
  fastPath: boolean;
  /** Typed bytes the guest has not taken yet. */
  readonly waitingInputBytes: number;
  /** It was cut short by how much it printed: whoever shows that should catch up before it runs on. */
  readonly outputFull: boolean;
  /** Runs until the budget is used up, the guest idles, begins again or ends, or has printed a great deal. */
  run(budgetInstructions: number): MachineState;
  typeInput(bytes: Uint8Array): void;
  /** The screen has this size now; kernels on PCI hear of it at once. */
  resizeConsole(size: ConsoleSize): void;
  /** Begins the guest again from outside, as a reset button would; not one that has ended. */
  reset(): void;
  /** Ends the guest from outside, with a sentence. */
  kill(reason: string): void;
}

/** The longest string an early NOTIFY may print. Kernels send 16 bytes a call. */
const EARLY_CONSOLE_BYTES = 4096;
/** How much a machine may print in one run. */
const LARGEST_OUTPUT = 1024 * 1024;
const RUNNING: MachineState = { is: 'running' };

/** Reads, checks and loads an image and gets it ready to run; throws ImageError. */
export function createMachine(options: MachineOptions): Machine {
  checkMemoryMiB(options.memoryMiB);
  const memoryBytes = options.memoryMiB * MIB;
  const kernel: KernelImage = readKernelImage(options.image);
  const load = { kernel, initrd: options.initrd, commandLine: options.commandLine, memoryBytes };
  checkLoad(load);
  return new LoadedMachine(options, load);
}

/** A guest between two restarts, with what belongs to it alone. */
interface Life {
  readonly guest: Guest;
  readonly faces: DeviceFaces;
  readonly console: ConsoleModel;
}

class LoadedMachine implements Machine {
  readonly name: string;
  state: MachineState = RUNNING;
  restarts = 0;
  private readonly options: MachineOptions;
  private readonly load: GuestLoad;
  private readonly past = { counters: zeroCounters(), tallies: { roundTrips: {}, hypercalls: {}, handedOn: {} } };
  private life: Life;
  private consoleSize: ConsoleSize | null;
  /** Bytes, in this run. */
  private printed = 0;

  constructor(options: MachineOptions, load: GuestLoad) {
    this.options = options;
    this.name = options.name;
    this.load = load;
    this.consoleSize = options.consoleSize ?? null;
    this.life = this.begin(options.fastPath);
  }

  get counters(): Counters {
    return sum(this.past.counters, this.life.guest.counters);
  }

  get tallies(): Tallies {
    const { past, life } = this;
    return {
      roundTrips: sum(past.tallies.roundTrips, life.guest.tallies.roundTrips),
      hypercalls: sum(past.tallies.hypercalls, life.guest.tallies.hypercalls),
      handedOn: sum(past.tallies.handedOn, life.guest.tallies.handedOn),
    };
  }

  get fastPath(): boolean {
    return this.life.guest.fastPath;
  }

  set fastPath(on: boolean) {
    this.life.guest.fastPath = on;
  }

  get waitingInputBytes(): number {
    return this.life.console.waitingBytes;
  }

  typeInput(bytes: Uint8Array): void {
    if (this.state.is !== 'ended') this.life.console.typeInput(bytes);
  }

  reset(): void {
    if (this.state.is !== 'ended') this.state = this.restart('somebody pressed reset');
  }

  kill(reason: string): void {
    if (this.state.is === 'ended') return;
    this.life.guest.kill(reason);
    this.state = { is: 'ended', end: 'killed', reason };
  }

  get outputFull(): boolean {
    return this.printed >= LARGEST_OUTPUT;
  }

  resizeConsole(size: ConsoleSize): void {
    this.consoleSize = size;
    if (this.state.is !== 'ended') this.life.console.resize(size);
  }

  run(budgetInstructions: number): MachineState {
    const { host } = this.options;
    const stop = host.clock + budgetInstructions;
    this.printed = 0;
    const { restarts } = this;
    while (this.state.is !== 'ended' && host.clock < stop && !this.outputFull && this.restarts === restarts) {
      if (this.life.console.printOn()) continue;
      this.state = this.onEvent(host.runGuest(this.life.guest, stop - host.clock));
      if (this.state.is === 'idle') break;
    }
    return this.state;
  }

  private onEvent(event: GuestEvent): MachineState {
    switch (event.why) {
      case 'slice over':
        return RUNNING;
      case 'notify':
        this.onNotify(event.address);
        return this.life.guest.dead === null ? RUNNING : this.onEvent(this.life.guest.dead);
      case 'idle':
        return { is: 'idle', untilInstruction: event.untilInstruction };
      case 'dead':
        while (this.life.console.printOn()); // a dead guest adds nothing, so this ends with its ring
        if (event.end === 'restart' && this.options.restarts !== false) return this.restart(event.reason);
        return { is: 'ended', end: event.end, reason: this.explained(event) };
      default:
        return event satisfies never;
    }
  }

  /** A kernel that was never a guest ends in a way that tells nobody so. */
  private explained({ end, reason }: Extract<GuestEvent, { why: 'dead' }>): string {
    return end === 'killed' ? explainDeath(this.life.guest, this.options.image, reason) : reason;
  }

  private onNotify(address: GuestPhysical): void {
    const { guest, faces } = this.life;
    if (faces.onNotify(address)) return;
    if (address < guest.memory.size) this.print(earlyString(guest, address));
    else guest.kill(`it notified ${hex(address)}, which is neither memory nor a device`);
  }

  private begin(fastPath: boolean): Life {
    const { host, name, devices, deviceFace } = this.options;
    const { memoryBytes } = this.load;
    const console = new ConsoleModel((bytes) => this.print(bytes));
    if (this.consoleSize !== null) console.resize(this.consoleSize);
    const faces = new DeviceFaces({
      console,
      devices: devices?.() ?? [],
      memoryBytes,
      face: deviceFace ?? 'auto',
      report: (sentence) => this.report(sentence),
    });
    const { deviceBytes } = faces;
    const guest = host.createGuest({ name, memoryBytes, deviceBytes, fastPath, surroundings: faces });
    faces.attach(guest);
    guest.start(loadGuest(guest.memory, this.load));
    return { guest, faces, console };
  }

  /** The same image from the beginning, in fresh memory, as a reset button would. */
  private restart(reason: string): MachineState {
    const { guest } = this.life;
    const { past } = this;
    this.report(`restarts: ${reason}`);
    past.counters = sum(past.counters, guest.counters);
    for (const kind of ['roundTrips', 'hypercalls', 'handedOn'] as const) {
      past.tallies[kind] = sum(past.tallies[kind], guest.tallies[kind]);
    }
    this.options.host.removeGuest(guest);
    this.restarts++;
    this.life = this.begin(guest.fastPath);
    return RUNNING;
  }

  private print(bytes: Uint8Array): void {
    this.printed += bytes.length;
    this.options.consoleOutput(bytes);
  }

  private report(sentence: string): void {
    this.options.report?.(sentence);
  }
}

/** The guest promises a NUL; we look no further than a bound and the end of its memory. */
function earlyString(guest: Guest, address: GuestPhysical): Uint8Array {
  const bytes = guest.memory.readBytes(address, Math.min(EARLY_CONSOLE_BYTES, guest.memory.size - address));
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Adds two tallies name by name. */
function sum<Tally extends Record<string, number>>(one: Tally, other: Tally): Tally {
  const total: Record<string, number> = { ...one };
  for (const [name, value] of Object.entries(other)) total[name] = (total[name] ?? 0) + value;
  return total as Tally; // has every name of both
}
