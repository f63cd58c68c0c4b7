/**
 * From parsed bytes to a handler without an Instruction in between.  An instruction is ordinary if it has a meaning and
 * all its operands are in the encoding, and then the shape depends on so little that it fits into a number: which form,
 * which prefixes for size, where the memory operand is, and how the segments are just now.
 */

import { instructionOf } from '../encoding/decode.ts';
import { type Form, opcodeMaps } from '../encoding/forms.ts';
import { NO_REGISTER, type ParsedInstruction } from '../encoding/parsed-instruction.ts';
import { spellsOut } from '../meaning/implied-operands.ts';
import { meanings } from '../meaning/table.ts';
import type { Handler, HandlerLibrary } from './handlers.ts';
import { handlerMode, shapeOf } from './shape.ts';

/** Everything of an ordinary instruction's shape that is not in its form: narrow operands, narrow addresses, memory or
 *  not, with an index or not, and through which of six segments. */
const NARROW = 1;
const NARROW_ADDRESS = 2;
const IN_MEMORY = 4;
const INDEXED = 8;
const SEGMENT_SHIFT = 4;
const VARIANTS = 128;

function isOrdinary({ mnemonic, operands }: Form): boolean {
  return (
    mnemonic in meanings &&
    spellsOut(mnemonic) &&
    operands.every(({ special, from }) => special === null && from !== 'far pointer')
  );
}

/** By number of form. */
const ordinary = Uint8Array.from(opcodeMaps.forms, (form) => (isOrdinary(form) ? 1 : 0));

/** Handlers of one mode: by form, then by variant. */
type Handlers = (Handler | undefined)[][];

export class OrdinaryHandlers {
  private readonly library: HandlerLibrary;
  private readonly byMode = new Map<number, Handlers>();
  private modeBits = -1;
  private handlers: Handlers = [];

  constructor(library: HandlerLibrary) {
    this.library = library;
  }

  /** From now on code is decoded in this mode. */
  enterMode(mode: number): void {
    const modeBits = handlerMode(mode);
    if (modeBits === this.modeBits) return;
    this.modeBits = modeBits;
    const known = this.byMode.get(modeBits);
    this.handlers = known ?? opcodeMaps.forms.map(() => []);
    if (!known) this.byMode.set(modeBits, this.handlers);
  }

  /** Null if the instruction is not ordinary. Like the library's, a handler may have to be compiled first. */
  find(parsed: ParsedInstruction): Handler | null {
    const { number } = parsed.form;
    if (ordinary[number] === 0) return null;
    const variants = this.handlers[number];
    const variant = variantOf(parsed);
    const known = variants[variant];
    if (known !== undefined) return known;
    if (variants.length === 0) this.handlers[number] = new Array(VARIANTS).fill(undefined);
    const made = this.library.find(shapeOf(instructionOf(parsed), this.modeBits));
    this.handlers[number][variant] = made;
    return made;
  }
}

function variantOf(parsed: ParsedInstruction): number {
  const { form } = parsed;
  let variant = (parsed.operandSize === 2 ? NARROW : 0) | (parsed.addressSize === 2 ? NARROW_ADDRESS : 0);
  if (form.inMemory || (form.addresses && parsed.inMemory)) {
    variant |= IN_MEMORY | (parsed.memorySegment << SEGMENT_SHIFT);
    if (parsed.index !== NO_REGISTER) variant |= INDEXED;
  }
  return variant;
}
