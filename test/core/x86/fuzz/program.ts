/**
 * A random program from a number: its code, its world, and what comes from outside while it runs.  It never ends by
 * itself; whatever happens to it, a handler finds it a place to go on.
 */

import type { Ground } from '../../../../core/agreement/ground.ts';
import { registerNumber } from '../../../../core/x86/instruction.ts';
import { someValue } from '../../../silicon/windows.ts';
import { type Random, random } from '../encoding/random.ts';
import { enterRing, world } from '../small-world.ts';
import { CodeWriter, type Label } from './code-writer.ts';
import { buildFuzzWorld, fuzz } from './fuzz-world.ts';
import { LANDINGS, notes, STACK_TOP } from './handlers.ts';
import { somePointer } from './pointers.ts';
import { type Sketch, someShape, straight } from './shapes.ts';

const { ebx, esp, esi, edi } = registerNumber;
const PAGE = 0x1000;
const ROUTINES = 4;
const BLOCKS = 8;
const TABLE_ENTRIES = 4;

export interface Program {
  readonly seed: number;
  readonly code: Uint8Array;
  readonly origin: number;
  readonly ring: 0 | 3;
  readonly landings: readonly number[];
  readonly routines: readonly number[];
}

const newLabels = (code: CodeWriter, count: number): Label[] => Array.from({ length: count }, () => code.newLabel());
const addressesOf = (labels: readonly Label[]) => labels.map(({ address }) => address!); // all are placed by then

/** A landing puts right what a fault may have left behind: the stack, and now and then segments and pointers. */
function land({ dice, code }: Sketch): void {
  code.put(0xb8 | esp);
  code.double(STACK_TOP - 4 * dice.below(64));
  if (dice.once(3)) code.put(0xfc);
  if (dice.once(3)) code.put(0x8c, 0xd0, 0x8e, 0xd8, 0x8e, 0xc0); // mov eax, ss; mov ds, eax; mov es, eax
  for (const pointer of [ebx, esi, edi]) {
    if (dice.once(3)) continue;
    code.put(0xb8 | pointer);
    code.double(somePointer(dice));
  }
}

function jumpTo({ code }: Sketch, label: Label): void {
  code.put(0xe9);
  code.distance(label, 4);
}

/** Landings are the beginnings of blocks, and each block leads to the next, the last to the first. */
function writeBlocks(sketch: Sketch): void {
  const { dice, landings } = sketch;
  landings.forEach((landing, index) => {
    sketch.code.place(landing);
    if (index === 0 || !dice.once(8)) land(sketch);
    for (let left = 1 + dice.below(5); left > 0; left--) someShape(sketch);
    if (dice.once(10)) jumpTo(sketch, dice.pick(landings));
  });
  jumpTo(sketch, landings[0]);
}

function writeRoutines(sketch: Sketch): void {
  const { dice, code, routines } = sketch;
  for (const routine of routines) {
    code.place(routine);
    straight(sketch, 6);
    if (dice.once(3)) someShape(sketch);
    if (dice.once(6)) code.put(0xc2, 4 * dice.below(3), 0);
    else code.put(0xc3);
  }
}

export function randomProgram(seed: number): Program {
  const dice = random(seed);
  // Mostly so that the code crosses from one page into the next.
  const code = new CodeWriter(world.code + (dice.once(4) ? dice.below(0x400) : 0xc00 + dice.below(0x400)));
  const labels = newLabels(code, BLOCKS);
  const sketch: Sketch = { dice, code, landings: labels, routines: newLabels(code, ROUTINES), soft: [] };
  writeBlocks(sketch);
  writeRoutines(sketch);
  const bytes = code.finish().subarray(0, world.code + fuzz.codePages * PAGE - code.origin);
  const [landings, routines] = [addressesOf(labels), addressesOf(sketch.routines)];
  return { seed, code: bytes, origin: code.origin, ring: dice.below(5) < 3 ? 3 : 0, landings, routines };
}

function fillData({ memory }: Ground, dice: Random): void {
  const words = Uint32Array.from({ length: (fuzz.dataPages * PAGE) / 4 }, () => someValue(dice));
  memory.writeBytes(world.data, new Uint8Array(words.buffer));
  memory.writeBytes(world.readOnly, new Uint8Array(words.buffer, 0, PAGE));
}

/** Puts the program and its world on a board, with registers that hold something. */
export function install(board: Ground, program: Program): void {
  const { memory, registers } = board;
  const { landings, routines, origin, ring } = program;
  const dice = random(program.seed ^ 0x10ad);
  buildFuzzWorld(board, dice, landings[0]);
  fillData(board, dice);
  memory.writeBytes(origin, program.code);
  for (let slot = 0; slot < LANDINGS; slot++) memory.write32(notes.landings + slot * 4, landings[slot % BLOCKS]);
  for (let slot = 0; slot < TABLE_ENTRIES; slot++) {
    memory.write32(notes.jumpTable + slot * 4, routines[slot % ROUTINES]);
    memory.write32(notes.jumpTable + 16 + slot * 4, landings[dice.below(BLOCKS)]);
  }
  enterRing(board, ring);
  registers.eip = landings[0];
  registers.eflags = 2 | (dice.once(2) ? 0x200 : 0) | (dice.once(6) ? 0x3000 : 0);
  for (const name of ['eax', 'ecx', 'edx', 'ebp'] as const) registers[name] = someValue(dice);
  for (const name of ['ebx', 'esi', 'edi'] as const) registers[name] = somePointer(dice);
}
