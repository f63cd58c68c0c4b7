/**
 * Just enough of a host to run one little guest: shadow tables filled on demand with dirty tracking, page faults
 * reflected, SET_PTE.  It is written from the ABI and not from core/host, so that the walker is held against the
 * rules and not against our other reading of them.
 */

import type { HostPhysical } from '../../../core/agreement/addresses.ts';
import type { Ground } from '../../../core/agreement/ground.ts';
import { GUEST_KERNEL_CS, GUEST_USER_CS, GUEST_USER_DS } from '../../../core/agreement/segments.ts';
import type { CrossingExit } from '../../../core/switcher/crossing.ts';
import { readGuestRegister, writeGuestRegister } from '../../../core/switcher/guest-registers.ts';
import { buildHostWorld, buildSwitcherTable, type HostWorld } from '../../../core/switcher/host-world.ts';
import { lguestRegs, type RegisterName } from '../../../core/switcher/lguest-pages.ts';
import { runGuestOnce } from '../../../core/switcher/run-guest-once.ts';
import { readWalkerCounts, walkerFields } from '../../../core/switcher/walker.ts';
import { testBoard } from '../../engine.ts';
import {
  FAULT_HANDLER,
  initialMemory,
  KERNEL,
  MEMORY_BYTES,
  PROGRAM,
  PROGRAM_STACK_TOP,
  place,
} from './little-guest.ts';
import { type End, plain, type Setting } from './setting.ts';

const BOARD_BYTES = 1 << 20;
const GUEST_BASE = 0x80000;
const TABLES = 8;

export class LittleHost {
  readonly ground: Ground;
  readonly world: HostWorld;
  readonly registersPage: HostPhysical;
  readonly shadow: HostPhysical;
  readonly #tables: HostPhysical[] = [];
  #used = new Map<number, HostPhysical>();
  #setting: Setting = plain;
  #dead = '';

  /** `wrap` may put something between this host and the board's ground. */
  constructor(wrap: (ground: Ground) => Ground = (ground) => ground) {
    this.ground = wrap(testBoard({ ramBytes: BOARD_BYTES }));
    let next = 0;
    const page = () => {
      next += 0x1000;
      return next as HostPhysical; // the test owns the board
    };
    this.world = buildHostWorld(this.ground, page);
    this.registersPage = page();
    this.shadow = page();
    const switcherTable = page();
    buildSwitcherTable(this.world, switcherTable, this.registersPage);
    this.ground.memory.write32(this.shadow + 1023 * 4, switcherTable | 0x63);
    for (let index = 0; index < TABLES; index++) this.#tables.push(page());
  }

  /** Puts guest and shadow back to the start, with `program` at its entry in ring 3. */
  reset(program: string, setting: Partial<Setting> = {}): void {
    this.#setting = { ...plain, ...setting };
    this.#dead = '';
    const { memory } = this.ground;
    memory.writeBytes(GUEST_BASE, initialMemory(program));
    for (const index of this.#used.keys()) memory.write32(this.shadow + index * 4, 0);
    this.#used = new Map();
    memory.fill(this.registersPage, 0x1000, 0);
    const { state } = this.world;
    state.writeDescriptor(12, 0xffff, 0x00cfbb00);
    state.writeDescriptor(13, 0xffff, 0x00cfb300);
    state.writeDescriptor(14, 0xffff, 0x00cffb00);
    state.writeDescriptor(15, 0xffff, 0x00cff300);
    state.writeStubGate(31, 1);
    state.writeStubGate(128, 3);
    state.setGuestStack(this.#setting.stack.segment, this.#setting.stack.pointer);
    this.#start();
    if (this.#setting.mapKernelFirst) this.mapKernel();
    this.aimWalker();
  }

  #start(): void {
    const start = { cs: GUEST_USER_CS, ss: GUEST_USER_DS, ds: GUEST_USER_DS, es: GUEST_USER_DS, eflags: 0x202 };
    const general = { eip: PROGRAM, esp: PROGRAM_STACK_TOP, eax: 0xa0a0a0a0, ebx: 0xb0b0b0b0, ebp: 0xeb0eb0eb };
    for (const [name, value] of Object.entries({ ...start, ...general })) this.set(name as RegisterName, value);
  }

  /** Puts into the shadow what the guest's tables say of these addresses, as if each had been written to. */
  show(...addresses: number[]): void {
    for (const address of addresses) this.#fill(address, 2);
  }

  /** Takes a page out of the shadow, or its right to be written: what the guest's tables say stays. */
  hide(address: number): void {
    this.#editShadow(address, () => 0);
  }

  protect(address: number): void {
    this.#editShadow(address, (entry) => entry & ~2);
  }

  #editShadow(address: number, edit: (entry: number) => number): void {
    const table = this.#used.get(address >>> 22);
    if (table === undefined) return;
    const at = table + ((address >>> 12) & 0x3ff) * 4;
    this.ground.memory.write32(at, edit(this.ground.memory.read32(at)) >>> 0);
  }

  /** The toggle, on a guest that has begun. */
  turn(fastPath: boolean): void {
    this.#setting = { ...this.#setting, fastPath };
    this.aimWalker();
  }

  mapKernel(): void {
    for (const at of [place.lguestData, place.stack, place.directory, place.programTable, place.kernelTable]) {
      this.#fill(KERNEL + at, 2);
    }
  }

  /** Tells the walker all it must know, or closes it; answers why it was refused. */
  aimWalker(): string | null {
    const { kernelAddress, lguestData, stack, fastPath, trapGate } = this.#setting;
    if (!fastPath) {
      this.world.state.closeWalker();
      return 'off';
    }
    const answer = walkerFields({
      directory: place.directory as never,
      memoryBytes: MEMORY_BYTES,
      kernelAddress,
      lguestData: lguestData as never,
      gate: { low: FAULT_HANDLER & 0xffff, high: ((FAULT_HANDLER & 0xffff0000) | (trapGate ? 0x8f00 : 0x8e00)) >>> 0 },
      stack,
      stackDescriptor: { low: 0xffff, high: 0x00cfb300 },
      translate: (address) => this.translate(address) as never,
    });
    if ('refused' in answer) {
      this.world.state.closeWalker();
      return answer.refused;
    }
    this.world.state.openWalker(answer.fields);
    return null;
  }

  get(name: RegisterName): number {
    return readGuestRegister(this.ground.memory, this.registersPage, name);
  }

  set(name: RegisterName, value: number): void {
    writeGuestRegister(this.ground.memory, this.registersPage, name, value);
  }

  read(at: number): number {
    return this.ground.memory.read32(GUEST_BASE + at);
  }

  write(at: number, value: number): void {
    this.ground.memory.write32(GUEST_BASE + at, value >>> 0);
  }

  /** Guest-physical address behind a guest-virtual one, by the guest's own tables. */
  translate(address: number): number | null {
    const entry = this.#walk(address);
    return entry === null || !(this.read(entry) & 1) ? null : (this.read(entry) & 0xfffff000) | (address & 0xfff);
  }

  /** One crossing, and nothing served. */
  cross(slice = 100_000): CrossingExit {
    return runGuestOnce(this.world, this.shadow, this.registersPage, slice);
  }

  /** Runs until `int 0x80`, a death, or `crossings` round trips. */
  run(crossings = 400, slice = 100_000): End {
    const { events } = this.ground;
    const before = [...events.instructions];
    const [nmisBefore, begun] = [this.world.served[2], this.ground.instructions];
    const traps: Record<number, number> = {};
    let count = 0;
    let how = 'spent';
    while (how === 'spent' && count < crossings) {
      const exit = this.cross(slice);
      count++;
      if (exit.why === 'shut down') how = `dead: ${exit.reason}`;
      if (exit.why !== 'trap') continue;
      traps[exit.trap] = (traps[exit.trap] ?? 0) + 1;
      this.#serve(exit.trap, exit.errorCode);
      if (exit.trap === 128) how = 'done';
      if (this.#dead !== '') how = `dead: ${this.#dead}`;
    }
    const registers = Object.fromEntries(
      (Object.keys(lguestRegs.at) as RegisterName[]).map((name) => [name, this.get(name)]),
    );
    const after = events.instructions;
    return {
      how,
      memory: this.ground.memory.readBytes(GUEST_BASE, MEMORY_BYTES),
      registers,
      traps,
      crossings: count,
      nmis: this.world.served[2] - nmisBefore,
      counts: readWalkerCounts(this.ground.memory, this.registersPage),
      guestInstructions: after[1] + after[3] - before[1] - before[3],
      instructions: this.ground.instructions - begun,
    };
  }

  #serve(trap: number, errorCode: number): void {
    if (trap === 14) this.#pageFault(this.ground.registers.cr2, errorCode);
    else if (trap === 31) this.#hypercall();
    else if (trap !== 128)
      this.#dead = `trap ${trap} error ${errorCode.toString(16)} at ${this.get('eip').toString(16)}`;
  }

  /** SHUTDOWN, or SET_PTE of the page in ebx: what the shadow has is dropped, what the guest has is put there. */
  #hypercall(): void {
    if (this.get('eax') === 2) this.#dead = 'the guest gave up';
    const address = this.get('ebx');
    const table = this.#used.get(address >>> 22);
    if (table !== undefined) this.ground.memory.write32(table + ((address >>> 12) & 0x3ff) * 4, 0);
    this.#fill(address, 2);
  }

  #pageFault(address: number, error: number): void {
    if (this.#fill(address, error)) return;
    this.write(this.#setting.lguestData + 8, address);
    this.#reflect(error);
  }

  /** Answers whether the guest's tables allow the access; then the shadow has it too. */
  #fill(address: number, error: number): boolean {
    const directoryEntry = this.read(place.directory + (address >>> 22) * 4);
    if (address >= 0xffc00000 || !(directoryEntry & 1)) return false;
    if (directoryEntry & 0xf98 || (directoryEntry & 0xfffff000) >>> 0 >= MEMORY_BYTES)
      return this.#die('bad directory entry');
    const at = (directoryEntry & 0xfffff000) + ((address >>> 12) & 0x3ff) * 4;
    const rights = this.read(at) & directoryEntry;
    if (!(rights & 1) || (error & 2 && !(rights & 2)) || (error & 4 && !(rights & 4))) return false;
    if ((this.read(at) & 0xfffff000) >>> 0 >= MEMORY_BYTES) return this.#die('bad table entry');
    this.write(at, this.read(at) | 0x20 | (error & 2 ? 0x40 : 0));
    const dirty = this.read(at) & 0x40;
    const entry = ((this.read(at) & 0xfffff067) >>> 0) + GUEST_BASE;
    const table = this.#tableFor(address, directoryEntry);
    this.ground.memory.write32(table + ((address >>> 12) & 0x3ff) * 4, (dirty ? entry : entry & ~2) >>> 0);
    return true;
  }

  #die(why: string): boolean {
    this.#dead = why;
    return true;
  }

  #tableFor(address: number, directoryEntry: number): HostPhysical {
    const index = address >>> 22;
    const table = this.#used.get(index) ?? this.#tables[this.#used.size];
    if (!this.#used.has(index)) {
      this.ground.memory.fill(table, 0x1000, 0);
      this.#used.set(index, table);
    }
    this.ground.memory.write32(this.shadow + index * 4, table | (directoryEntry & 0x67));
    return table;
  }

  /** Guest-physical address of the entry for `address`, or null. */
  #walk(address: number): number | null {
    const directoryEntry = this.read(place.directory + (address >>> 22) * 4);
    const table = (directoryEntry & 0xfffff000) >>> 0;
    return directoryEntry & 1 && table < MEMORY_BYTES ? table + ((address >>> 12) & 0x3ff) * 4 : null;
  }

  /** lguest-abi §9: the frame on the guest's ring-1 stack, then its handler. */
  #reflect(error: number): void {
    const fromProgram = (this.get('ss') & 3) !== 1;
    let top = fromProgram ? this.#setting.stack.pointer : this.get('esp');
    const push = (value: number) => {
      top = (top - 4) >>> 0;
      const at = this.translate(top);
      if (at === null) this.#die(`bad stack ${top.toString(16)}`);
      else this.write(at, value);
    };
    if (fromProgram) for (const name of ['ss', 'esp'] as const) push(this.get(name));
    const flags = this.get('eflags');
    push((flags & ~0x200) | (this.read(this.#setting.lguestData) & 0x200));
    for (const name of ['cs', 'eip'] as const) push(this.get(name));
    push(error);
    if (fromProgram) this.set('ss', this.#setting.stack.segment);
    this.set('esp', top);
    this.set('cs', GUEST_KERNEL_CS);
    this.set('eip', FAULT_HANDLER);
    this.set('eflags', (flags & ~0x34100) >>> 0);
    if (!this.#setting.trapGate) this.write(this.#setting.lguestData, 0);
  }
}
