/**
 * What a random program is made of besides single instructions: loops, branches, calls, jumps through tables, code that
 * changes code, and the tamer forms of what would otherwise bring a machine down.  A shape that needs ring 0 faults in
 * ring 3, and that is a test too.
 */

import { registerNumber } from '../../../../core/x86/instruction.ts';
import { edgeValues } from '../../../silicon/windows.ts';
import type { Random } from '../encoding/random.ts';
import { selectors, world } from '../small-world.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import { fuzz, randomAliasEntry } from './fuzz-world.ts';
import { CLIMB_VECTOR, notes, STACK_TOP } from './handlers.ts';
import { dataSelectors, oddSelector } from './odd-segments.ts';
import { somePointer } from './pointers.ts';
import { memoryForm, randomInstruction } from './random-instruction.ts';
import { numberAtEsi, X87Row } from './x87-rows.ts';

const { eax, ecx, edx, ebx, ebp, esi, edi } = registerNumber;

export interface Sketch {
  readonly dice: Random;
  readonly code: CodeWriter;
  /** Where execution may go on. */
  readonly landings: readonly Label[];
  readonly routines: readonly Label[];
  /** Places behind which an immediate ends that may be written over. */
  readonly soft: Label[];
}

type Shape = (sketch: Sketch) => void;

const moveImmediate = (code: CodeWriter, register: number, value: number): void => {
  code.put(0xb8 | register);
  code.double(value);
};

export function straight({ dice, code }: Sketch, most: number): void {
  for (let left = 1 + dice.below(most); left > 0; left--) code.put(...randomInstruction(dice));
}

/** A value that something may later write over. */
const softMove: Shape = ({ dice, code, soft }) => {
  moveImmediate(code, dice.pick([eax, ecx, edx]), dice.word());
  const label = code.newLabel();
  code.place(label);
  soft.push(label);
};

/** `dec ebp; jnz`, or `loop`. */
const countedLoop: Shape = (sketch) => {
  const { dice, code } = sketch;
  const useLoop = dice.once(6);
  moveImmediate(code, useLoop ? ecx : ebp, 2 + dice.below(dice.once(4) ? 200 : 30));
  const top = code.newLabel();
  code.place(top);
  straight(sketch, useLoop ? 3 : 8);
  if (dice.once(3)) branchOver(sketch);
  if (useLoop) {
    code.put(0xe0 + dice.below(3));
    code.distance(top, 1);
    return;
  }
  code.put(0x48 | ebp, 0x0f, 0x85);
  code.distance(top, 4);
};

/** Mostly from an empty stack on, over a few numbers at esi, and in a loop that anything else may jump out of. */
const x87Loop: Shape = ({ dice, code }) => {
  const row = new X87Row(dice, (_, middle) => (dice.once(30) ? memoryForm(dice, middle) : numberAtEsi(dice, middle)));
  const put = (count: number) => {
    for (const bytes of row.write(count)) code.put(...bytes);
  };
  if (!dice.once(4)) code.put(0xdb, 0xe3); // fninit
  moveImmediate(code, esi, dice.once(8) ? somePointer(dice) : world.data + 0x800);
  moveImmediate(code, ebp, 2 + dice.below(20));
  const top = code.newLabel();
  code.place(top);
  put(2 + dice.below(14));
  if (dice.once(3)) code.put(...randomInstruction(dice));
  put(dice.below(6));
  code.put(0x48 | ebp, 0x0f, 0x85);
  code.distance(top, 4);
};

const branchOver: Shape = (sketch) => {
  const { dice, code } = sketch;
  const over = code.newLabel();
  if (dice.once(2)) {
    code.put(0x70 | dice.below(16));
    code.distance(over, 1);
    straight(sketch, 3);
  } else {
    code.put(0x0f, 0x80 | dice.below(16));
    code.distance(over, 4);
    straight(sketch, 6);
  }
  code.place(over);
};

const callRoutine: Shape = ({ dice, code, routines }) => {
  code.put(0xe8);
  code.distance(dice.pick(routines), 4);
};

/** `and ecx, 3; call or jmp [table + ecx*4]`: the first half of the table are routines, the second landings. */
const throughTable: Shape = ({ dice, code }) => {
  const jumps = dice.once(3);
  code.put(0x83, 0xe0 | ecx, 3, 0xff, jumps ? 0x24 : 0x14, 0x85 | (ecx << 3));
  code.double(notes.jumpTable + (jumps ? 16 : 0));
};

/** Into the program by its other address. */
const jumpToAlias: Shape = ({ dice, code, landings }) => {
  const added = (dice.once(3) ? fuzz.largePage + world.code : fuzz.codeAliases) - world.code;
  code.put(0xb8 | eax);
  code.address(dice.pick(landings), added);
  code.put(0xff, 0xe0 | eax);
};

/** Writes a byte of an immediate, behind, ahead, or in the very next instruction. */
const patchCode: Shape = (sketch) => {
  const { dice, code, soft } = sketch;
  if (dice.once(3)) {
    const next = code.newLabel();
    code.put(0xc6, 0x05);
    code.address(next, -1 - dice.below(4));
    code.put(dice.below(256), 0xb8 | dice.pick([eax, ecx, edx]));
    code.double(dice.word());
    code.place(next);
    soft.push(next);
    return;
  }
  if (soft.length === 0) return;
  const byAlias = dice.once(3) ? fuzz.codeAliases - world.code : 0;
  const [width, opcode] = dice.pick([[1, 0x88], [2, 0x89], [4, 0x89]] as const); // biome-ignore format: pairs
  if (width === 2) code.put(0x66);
  code.put(opcode, 0x05 | (dice.pick([eax, ecx, edx]) << 3));
  code.address(dice.pick(soft), byAlias - 4);
};

/** Writes an opcode byte: whatever that makes of it. */
const patchOpcode: Shape = ({ dice, code, soft }) => {
  if (soft.length === 0) return;
  code.put(0xc6, 0x05);
  code.address(dice.pick(soft), -5);
  code.put(dice.once(4) ? dice.below(256) : 0xb8 | dice.pick([eax, ecx, edx]));
};

const setPointer: Shape = ({ dice, code }) => moveImmediate(code, dice.pick([ebx, esi, edi]), somePointer(dice));
const setValue: Shape = ({ dice, code }) =>
  moveImmediate(code, dice.pick([eax, ecx, edx]), dice.once(2) ? dice.pick(edgeValues) : dice.word());

const repeatString: Shape = ({ dice, code }) => {
  moveImmediate(code, ecx, dice.below(dice.once(5) ? 300 : 20));
  if (dice.once(10)) code.put(0xfd);
  code.put(dice.once(4) ? 0xf2 : 0xf3, dice.pick([0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad, 0xa6, 0xa7, 0xae, 0xaf]));
  code.put(0xfc);
};

const loadSegment: Shape = ({ dice, code }) => {
  moveImmediate(code, eax, dice.pick(dataSelectors));
  const segment = dice.pick([0, 3, 4, 4, 5, 5]);
  code.put(0x8e, 0xc0 | (segment << 3) | eax);
  if (segment >= 4) code.put(segment === 4 ? 0x64 : 0x65, 0x8b, 0x00 | (edx << 3) | esi);
};

const changeFlags: Shape = ({ dice, code }) => {
  const trap = dice.once(12) ? 0x100 : 0;
  const alignment = dice.once(12) ? 0x40000 : 0;
  code.put(0x68);
  code.double((dice.word() & 0xed5) | 2 | trap | alignment);
  code.put(0x9d);
};

/** far jmp, far call through a routine's far return, or iret: to a place of the same or the outer ring. */
const farTransfer: Shape = ({ dice, code, landings }) => {
  const target = dice.pick(landings);
  const outer = dice.once(2);
  const codeSelector = outer ? selectors.code3 : dice.pick([selectors.code0, selectors.code0, oddSelector.conforming]);
  if (dice.once(3)) {
    code.put(0xea);
    code.address(target);
    code.put(codeSelector & 0xff, codeSelector >> 8);
    return;
  }
  const double = (value: number) => {
    code.put(0x68);
    code.double(value);
  };
  if (outer) {
    double(selectors.data3);
    double(STACK_TOP - dice.below(64) * 4);
  }
  double((dice.word() & 0x2d5) | 2);
  double(codeSelector);
  code.put(0x68);
  code.address(target);
  code.put(dice.once(4) ? 0xcb : 0xcf);
};

const trap: Shape = ({ dice, code }) => {
  const vector = dice.pick([3, 4, 14, 0x20, 0x80, CLIMB_VECTOR, dice.below(256)]);
  code.put(...dice.pick([[0xcc], [0xce], [0xcd, vector], [0xcd, vector], [0x0f, 0x34], [0x0f, 0x0b]]));
};

/** Uses an alias, gives it another page or other rights, and uses it again; the table is one of two, and may not be in use. */
function changeEntry(dice: Random, code: CodeWriter): void {
  const slot = dice.below(fuzz.aliasCount);
  const use = () => {
    code.put(dice.once(3) ? 0x89 : 0x8b, 0x05 | (edx << 3));
    code.double(fuzz.aliases + slot * 0x1000 + dice.below(0x1000));
  };
  if (dice.once(2)) use();
  code.put(0xc7, 0x05);
  code.double(dice.pick(fuzz.aliasTables) + slot * 4);
  code.double(randomAliasEntry(dice));
  if (dice.once(4)) code.put(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8); // mov eax, cr3; mov cr3, eax
  use();
}

/** What changes the mapping: ring 0's business, in ring 3 one fault more. */
const changeMapping: Shape = ({ dice, code }) => {
  switch (dice.below(6)) {
    case 0:
      moveImmediate(code, eax, dice.pick(fuzz.directories));
      code.put(0x0f, 0x22, 0xd8);
      break;
    case 1:
      code.put(0x0f, 0x01, 0x38 | dice.pick([ebx, esi, edi]));
      break;
    case 2:
    case 3:
      changeEntry(dice, code);
      break;
    case 4: // cr0.WP on or off
      code.put(0x0f, 0x20, 0xc0, 0x35, 0, 0, 1, 0, 0x0f, 0x22, 0xc0);
      break;
    default: // cr0.TS, which the handler clears
      code.put(0x0f, 0x20, 0xc0, 0x83, 0xc8, 8, 0x0f, 0x22, 0xc0);
  }
};

const oddCorners: Shape = ({ dice, code }) => {
  code.put(
    ...dice.pick([
      [0xfa], // cli
      [0xfb], // sti
      [0xfb],
      [0xf4], // hlt
      [0xdb, 0xe3], // fninit
      [0x0f, 0x31], // rdtsc
      [0x0f, 0xa2], // cpuid
      [0x16, 0x17], // push ss, pop ss: a shadow
      [0x0e, 0x07], // push cs, pop es
      [0xe4, 0x60], // in al, 0x60
      [0xee], // out dx, al
      [0xf3, 0x90], // pause
      [0x9b], // wait
    ]),
  );
};

const shapes: readonly (readonly [number, Shape])[] = [
  [30, (sketch) => straight(sketch, 6)],
  [14, countedLoop],
  [6, x87Loop],
  [12, branchOver],
  [8, callRoutine],
  [6, throughTable],
  [3, jumpToAlias],
  [4, softMove],
  [4, patchCode],
  [1, patchOpcode],
  [8, setPointer],
  [5, setValue],
  [4, repeatString],
  [2, loadSegment],
  [2, changeFlags],
  [2, farTransfer],
  [1, trap],
  [3, changeMapping],
  [2, oddCorners],
];
const totalWeight = shapes.reduce((sum, [weight]) => sum + weight, 0);

/** Writes one shape, chosen by chance. */
export function someShape(sketch: Sketch): void {
  let roll = sketch.dice.below(totalWeight);
  for (const [weight, shape] of shapes) {
    roll -= weight;
    if (roll < 0) {
      shape(sketch);
      return;
    }
  }
}
