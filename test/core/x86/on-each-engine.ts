/**
 * Tests of the processor written in assembly, a comment a line, and run on every engine the board has:
 *
 *     onEachEngine('a page fault leaves the registers as they were', (machine) => {
 *       machine.run(`
 *         mov  eax, 0xC0000000   ; nothing is mapped here
 *         mov  ecx, [eax]        ; so this must fault
 *       `);
 *       expect(machine.exit).toEqual({ why: 'page fault', at: 0xC0000000, write: false });
 *     });
 *
 * The assembler is in assemble.ts; the machine is small-world.ts.
 */

import { it } from 'vitest';
import type { Ground, GroundExit, PhysicalMemory } from '../../../core/agreement/ground.ts';
import { createBoard, type EngineName, engines } from '../../../core/x86/board.ts';
import { AT_ONCE } from '../../engine.ts';
import { assemble } from './assemble.ts';
import { buildSmallWorld, enterRing, world } from './small-world.ts';

/** How the code ended. */
export type TestExit =
  /** It ran off its end. */
  | { why: 'end' }
  /** It said `hlt` itself. */
  | { why: 'halted' }
  | { why: 'page fault'; at: number; write: boolean }
  /** Any other vector that came through the IDT. */
  | { why: 'exception'; vector: number; errorCode: number }
  | Exclude<GroundExit, { why: 'halted' }>;

export const generalRegisters = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
export type TestRegisters = Record<(typeof generalRegisters)[number] | 'eip' | 'eflags' | 'cs', number>;

/** What an exception pushed. */
export interface Frame {
  readonly errorCode: number;
  readonly eip: number;
  readonly cs: number;
  readonly eflags: number;
}

const BUDGET = 1_000_000;
const HLT = 0xf4;
const PAGE_FAULT = 14;
const vectorsWithErrorCode = new Set([8, 10, 11, 12, 13, 14, 17]);

export class Machine {
  readonly board: Ground;
  readonly memory: PhysicalMemory;
  exit: TestExit = { why: 'end' };
  /** The registers the code left: those of the faulting instruction where it faulted. */
  registers: TestRegisters;
  /** Of the exception that ended it. */
  frame: Frame | null = null;

  constructor(engine: EngineName) {
    this.board = createBoard({ ramBytes: world.bytes, engine, hotAfter: AT_ONCE });
    buildSmallWorld(this.board);
    this.memory = this.board.memory;
    this.registers = this.snapshot();
  }

  /** Runs the code in a ring, from fresh segments and stack but with registers and memory as the last run left them. */
  run(text: string, options: { ring?: 0 | 3; registers?: Partial<TestRegisters> } = {}): void {
    const code = assemble(text);
    this.memory.writeBytes(world.code, code);
    // Ring 3 may not halt, so it ends by a breakpoint; ring 0 could do either.
    const ring = options.ring ?? 0;
    this.memory.write8(world.code + code.length, ring === 0 ? HLT : INT3);
    enterRing(this.board, ring);
    Object.assign(this.board.registers, options.registers);
    this.finish(this.board.run(BUDGET), world.code + code.length);
  }

  private finish(exit: GroundExit, end: number): void {
    this.frame = null;
    this.registers = this.snapshot();
    if (exit.why !== 'halted') {
      this.exit = exit;
      return;
    }
    const vector = this.registers.eip - 1 - world.stubs;
    if (vector >= 0 && vector < 256) this.takeFrame(vector, end);
    else this.exit = { why: this.registers.eip === end + 1 ? 'end' : 'halted' };
  }

  private takeFrame(vector: number, end: number): void {
    const { esp } = this.registers;
    const skipped = vectorsWithErrorCode.has(vector) ? 4 : 0;
    const word = (index: number) => this.memory.read32(esp + skipped + index * 4);
    const [eip, cs, eflags] = [word(0), word(1) & 0xffff, word(2)];
    const errorCode = skipped ? this.memory.read32(esp) : 0;
    this.frame = { errorCode, eip, cs, eflags };
    const fromOutside = (cs & 3) !== 0;
    Object.assign(this.registers, { eip, cs, eflags, esp: fromOutside ? word(3) : esp + skipped + 12 });
    if (vector === BREAKPOINT && eip === end + 1) this.exit = { why: 'end' };
    else if (vector !== PAGE_FAULT) this.exit = { why: 'exception', vector, errorCode };
    else this.exit = { why: 'page fault', at: this.board.registers.cr2, write: (errorCode & 2) !== 0 };
  }

  private snapshot(): TestRegisters {
    const { registers } = this.board;
    const general = Object.fromEntries(generalRegisters.map((name) => [name, registers[name]]));
    const { eip, eflags } = registers;
    return { ...general, eip, eflags, cs: registers.segment('cs').selector } as TestRegisters; // fromEntries forgets keys
  }
}

const INT3 = 0xcc;
const BREAKPOINT = 3;

/** One test per engine, each on a machine of its own. */
export function onEachEngine(name: string, test: (machine: Machine) => void | Promise<void>): void {
  for (const engine of engines) it(`${name} (${engine})`, () => test(new Machine(engine)));
}
