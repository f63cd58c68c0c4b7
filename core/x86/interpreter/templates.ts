/**
 * Templates: what the decoder made of an instruction, kept for the next one with the same opcode and the same operands.
 * Most of what a guest decodes differs from something decoded before in nothing but a constant, so after the first time
 * it is copied, and its constants are put in.  Nothing here knows an encoding: a template is whatever the decoder and
 * the operation's writer made of the first instruction of its kind, and where in it the constants were.
 *
 *      root of a mode        by prefixes and opcode      a template, or
 *        table of ModR/M     by the byte                 a template, or
 *          table of SIB      by the byte                 a template
 *
 * Zero stands for what was not met yet.  Who reads them, and makes more of them, is generated code (template-reader.ts).
 *
 * @journey ground/templates
 * Taking an instruction apart is work, and half of what a guest runs it runs once.  But programs repeat themselves even
 * where they never come back: the thousandth `mov eax, [ebp-8]` differs from the first in nothing but its eight.  So the
 * first of a kind is decoded with all due care, and what came of it is kept with holes where the constants were.
 */

import { layout, u32 } from '../../agreement/layout.ts';
import { isPrefix, OPCODE_ESCAPE, opcodeMaps, prefixBytes } from '../encoding/forms.ts';
import { take } from '../encoding/operands.ts';
import type { ParsedInstruction } from '../encoding/parsed-instruction.ts';
import { registerNumber } from '../instruction.ts';
import { memoryMap, mode, type State } from '../state.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import { handlerMode } from './shape.ts';
import { KINDS, kindOf, MIDDLES, registersField, registersOf } from './template-kinds.ts';

/** Behind the operation as it was written, for eip 0. */
export const templateLayout = layout('TEMPLATE', {
  slotWithoutFlags: u32,
  /** Bits of block-records.ts. */
  facts: u32,
  /** Bytes of the instruction. */
  length: u32,
  /** Where in the instruction the displacement is: four bytes from there, shifted up and down again with their sign,
   *  masked, and the rest added. The mask is 0 where there is none. */
  displacementAt: u32,
  displacementShift: u32,
  displacementMask: u32,
  displacementRest: u32,
  /** The same for the immediate … */
  immediateAt: u32,
  immediateShift: u32,
  immediateMask: u32,
  immediateRest: u32,
  /** … and what of it, added to the next eip, is a jump's target: nothing, all, or 16 bits. */
  targetMask: u32,
  /** Which registers it names, for templates of the same kind (template-kinds.ts); 0 if there can be none. */
  registers: u32,
});

const WORDS = 4;
const ENTRIES = 256;
/** A table by SIB; one by ModR/M has another behind it, by kind (template-kinds.ts). */
export const TABLE_BYTES = ENTRIES * WORDS;
export const KINDS_AT = TABLE_BYTES;
const KINDS_BYTES = KINDS * MIDDLES * WORDS;
export const TEMPLATE_BYTES = OPERATION_BYTES + 64;
/** Set in an entry that leads to another table. */
export const LEADS_ON = 1;

/** Bits of an instruction's prefixes, each group with all bits that exclude each other. Of two in one group, and of
 *  instructions with short addresses, there are no templates. */
const segmentGroup = 0xe;
const repeatGroup = 0x60;
const prefixGroups: readonly (readonly [number, number, number])[] = [
  [prefixBytes.operandSize, 1, 1],
  [prefixBytes.es, 2, segmentGroup],
  [prefixBytes.cs, 4, segmentGroup],
  [prefixBytes.ss, 6, segmentGroup],
  [prefixBytes.ds, 8, segmentGroup],
  [prefixBytes.fs, 10, segmentGroup],
  [prefixBytes.gs, 12, segmentGroup],
  [prefixBytes.lock, 0x10, 0x10],
  [prefixBytes.repne, 0x20, repeatGroup],
  [prefixBytes.repe, 0x40, repeatGroup],
];
/** In an entry of the table of prefixes: the group's bits stand above the prefix's own. */
export const GROUP_SHIFT = 8;
export const PREFIX_BITS = 0x7f;
const PREFIX_SETS = 128;
/** Both maps of opcodes, for each set of prefixes. */
export const ROW_SHIFT = 11;
const ROOT_BYTES = PREFIX_SETS << ROW_SHIFT;

/** Where things are: the records of the block being decoded (block-records.ts), prefixes by byte, roots by mode, where the
 *  next block goes (operation-room.ts), what is known of each entry map (code-pages.ts), then what grows. */
export const templateMemory = {
  records: memoryMap.templates,
  prefixes: memoryMap.templates + 0x1000,
  roots: memoryMap.templates + 0x1400,
  /** Where the next template goes. */
  room: memoryMap.templates + 0x1800,
  operationRoom: memoryMap.templates + 0x1840,
  pages: memoryMap.templates + 0x2000,
  first: memoryMap.templates + 0x12000,
  end: memoryMap.templates + memoryMap.templateBytes,
} as const;

const NEXT = templateMemory.room >>> 2;
const SLOT_WITHOUT_FLAGS = OPERATION_BYTES + templateLayout.at.slotWithoutFlags;
const FIRST_REGISTER_MODRM = 0xc0;
const MIXED = -1;
const { esp, ebp } = registerNumber;

/** A constant of the instruction: where, how many bytes, and whether the sign goes on above them. */
interface Constant {
  readonly at: number;
  readonly bytes: number;
  readonly signed: boolean;
}
const noConstant: Constant = { at: 0, bytes: 0, signed: true };

/** An instruction's bytes as far as the tables go by them. */
interface Place {
  /** Address of the entry in the root. */
  readonly entry: number;
  /** Address of the ModR/M byte, or 0; and of SIB. */
  readonly modrm: number;
  readonly sib: number;
}

export class Templates {
  private readonly state: State;
  private readonly roots = new Map<number, number>();
  /** Of the last place: the table by kind, or 0. */
  private kinds = 0;

  constructor(state: State) {
    this.state = state;
    state.i32[NEXT] = templateMemory.first;
    for (const [byte, bits, group] of prefixGroups) {
      state.i32[(templateMemory.prefixes >>> 2) + byte] = bits | (group << GROUP_SHIFT);
    }
  }

  /** The root for code of this mode; 0 if there is none. */
  rootOf(modeBits: number): number {
    const inAnyRing = handlerMode(modeBits);
    const known = this.roots.get(inAnyRing);
    if (known !== undefined) return known;
    const root = modeBits & mode.code32 ? this.allocate(ROOT_BYTES) : 0;
    this.roots.set(inAnyRing, root);
    for (const each of [inAnyRing, inAnyRing | mode.user]) this.state.i32[(templateMemory.roots >>> 2) + each] = root;
    return root;
  }

  /**
   * A place for the template of the instruction just taken apart, whose bytes all lie at `host`: write its operation
   * there, for eip 0, and then `complete` it. 0 if it cannot have one: where constants are more than the fields for them,
   * or where a service wants to see them.
   */
  placeFor(root: number, parsed: ParsedInstruction, host: number, serves: boolean): number {
    const { takes } = parsed.form;
    if (root === 0 || takes.length > 1 || takes[0] === take.farPointer) return 0;
    const immediateBytes = immediateOf(parsed).bytes;
    if (serves && immediateBytes + displacementOf(parsed, immediateBytes).bytes > 0) return 0;
    const place = this.placeOf(root, parsed, host);
    if (place === null) return 0;
    let { entry } = place;
    this.kinds = 0;
    if (place.modrm !== 0) {
      entry = this.further(entry, place.modrm, TABLE_BYTES + KINDS_BYTES);
      this.kinds = entry === 0 ? 0 : entry - this.state.u8[place.modrm] * WORDS + KINDS_AT;
    }
    if (entry !== 0 && place.sib !== 0) entry = this.further(entry, place.sib, TABLE_BYTES);
    if (entry === 0 || this.state.i32[entry >>> 2] !== 0) return 0;
    const template = this.allocate(TEMPLATE_BYTES);
    if (template !== 0) this.state.i32[entry >>> 2] = template;
    return template;
  }

  /** `ordinary` if its handler depends on nothing but its kind. */
  complete(
    template: number,
    parsed: ParsedInstruction,
    slotWithoutFlags: number,
    facts: number,
    ordinary: boolean,
  ): void {
    const { i32 } = this.state;
    const words = (template + SLOT_WITHOUT_FLAGS) >>> 2;
    const { displacement: written, immediate: kept } = operationLayout.at;
    const immediate = immediateOf(parsed);
    const displacement = displacementOf(parsed, immediate.bytes);
    const rest = i32[(template + written) >>> 2] - (displacement.bytes > 0 ? parsed.displacement : 0);
    i32.set([slotWithoutFlags, facts, parsed.length, ...fieldsOf(displacement), rest, ...fieldsOf(immediate)], words);
    const last = words + (templateLayout.at.immediateRest >>> 2);
    i32[last] = immediate.bytes > 0 ? 0 : i32[(template + kept) >>> 2];
    i32[last + 1] = !parsed.form.jumps ? 0 : parsed.operandSize === 2 ? 0xffff : -1;
    const registers = ordinary && this.kinds !== 0 ? registersOf(parsed) : 0;
    i32[last + 2] = registers;
    if (registers !== 0) this.enterKind(template, parsed, registers);
  }

  /** Others of its kind are made of this template. */
  private enterKind(template: number, parsed: ParsedInstruction, registers: number): void {
    const { i32 } = this.state;
    const kind = (this.kinds >>> 2) + kindOf(parsed) * MIDDLES;
    if (registers & registersField.position) i32.fill(template, kind, kind + MIDDLES);
    else i32[kind + ((parsed.modrm >> 3) & (MIDDLES - 1))] = template;
  }

  private placeOf(root: number, parsed: ParsedInstruction, host: number): Place | null {
    const { u8 } = this.state;
    let at = host;
    let prefixes = 0;
    for (; isPrefix[u8[at]] !== 0; at++) {
      prefixes = this.withPrefix(prefixes, u8[at]);
      if (prefixes === MIXED) return null;
    }
    let index = u8[at++];
    let opcode = opcodeMaps.primary[index];
    if (index === OPCODE_ESCAPE) {
      opcode = opcodeMaps.secondary[u8[at]];
      index = ENTRIES + u8[at++];
    }
    const entry = root + (prefixes << ROW_SHIFT) + index * WORDS;
    const modrm = opcode.byModrm === undefined ? 0 : at++;
    return { entry, modrm, sib: hasSib(parsed) ? at : 0 };
  }

  private withPrefix(prefixes: number, byte: number): number {
    const entry = this.state.i32[(templateMemory.prefixes >>> 2) + byte];
    return entry === 0 || prefixes & (entry >>> GROUP_SHIFT) ? MIXED : prefixes | (entry & PREFIX_BITS);
  }

  /** The entry of the byte at `host` in the table this entry leads to. */
  private further(entry: number, host: number, bytes: number): number {
    const { i32, u8 } = this.state;
    if (i32[entry >>> 2] === 0) {
      const table = this.allocate(bytes);
      if (table === 0) return 0;
      i32[entry >>> 2] = table | LEADS_ON;
    }
    return (i32[entry >>> 2] & ~LEADS_ON) + u8[host] * WORDS;
  }

  /** Zeros; or 0 when all is taken, and then there will be no more templates. */
  private allocate(bytes: number): number {
    const { i32 } = this.state;
    const at = i32[NEXT];
    if (at + bytes > templateMemory.end) return 0;
    i32[NEXT] = at + bytes;
    return at;
  }
}

function hasSib({ form, modrm, inMemory }: ParsedInstruction): boolean {
  return form.addresses && inMemory && (modrm & 7) === esp;
}

function fieldsOf({ at, bytes, signed }: Constant): [at: number, shift: number, mask: number] {
  if (bytes === 0) return [0, 0, 0];
  return [at, 32 - 8 * bytes, signed ? -1 : 2 ** (8 * bytes) - 1];
}

function immediateOf(parsed: ParsedInstruction): Constant {
  const { form, operandSize, length } = parsed;
  const of = (bytes: number, signed: boolean) => ({ at: length - bytes, bytes, signed });
  switch (form.takes[0]) {
    case take.sized:
      return of(operandSize, true);
    case take.signedByte:
      return of(1, true);
    case take.byte:
      return of(1, false);
    case take.word:
      return of(2, false);
    default:
      return noConstant;
  }
}

/** Before the immediate (SDM 2A 2.1). */
function displacementOf(parsed: ParsedInstruction, immediateBytes: number): Constant {
  const { form, modrm, base, length } = parsed;
  const of = (bytes: number) => ({ at: length - immediateBytes - bytes, bytes, signed: true });
  if (form.takes[0] === take.offset) return of(4);
  if (!form.addresses || modrm >= FIRST_REGISTER_MODRM) return noConstant;
  const mod = modrm >> 6;
  if (mod === 1) return of(1);
  return mod === 2 || (base < 0 && ((modrm & 7) === ebp || hasSib(parsed))) ? of(4) : noConstant;
}
// @end
