/**
 * Writes the operations of a block: by templates as far as there are some, which generated code does; else instruction by
 * instruction as they are taken apart, and each leaves a template behind.  Then generated code goes over the block
 * backwards: only from behind can be seen whose flags somebody will look at.
 */

import { instructionOf } from '../encoding/decode.ts';
import type { ParsedInstruction } from '../encoding/parsed-instruction.ts';
import type { Instruction } from '../instruction.ts';
import { spelledOut } from '../meaning/implied-operands.ts';
import { meaningOf } from '../meaning/table.ts';
import type { MemoryAccess } from '../processor.ts';
import { memoryMap, type State, stateLayout } from '../state.ts';
import { type BlockFault, type BlockReader, endsBlock } from './block.ts';
import { factsOf, READER, RECORDS, readerState, recordLayout } from './block-records.ts';
import { type Findings, serviceFindings } from './handler-machine.ts';
import { type Handler, type HandlerLibrary, slot } from './handlers.ts';
import { OPERATION_BYTES, operationLayout } from './operation.ts';
import type { OperationWriter } from './operation-writer.ts';
import { OrdinaryHandlers } from './ordinary-handlers.ts';
import { shapeOf } from './shape.ts';
import { type BlockCode, blockModule } from './template-reader.ts';
import { Templates } from './templates.ts';
import type { WrittenHandler, WrittenHandlers } from './written-handlers.ts';

const PAGE = 4096;
const RAM = memoryMap.ram;
const { mode: MODE, readTable: READ_TABLE } = stateLayout.at;
const HANDLER = operationLayout.at.handler >>> 2;
/** Entries are one less than a multiple of the page size. */
const NEVER_AN_ENTRY = 1;
const FIRST_RECORD = RECORDS >>> 2;
const RECORD_WORDS = recordLayout.bytes >>> 2;
/** The reader's state, by words. */
const READER_HOST = (READER + readerState.at.host) >>> 2;
const READER_OPERATION = (READER + readerState.at.operation) >>> 2;
const READER_EIP = (READER + readerState.at.eip) >>> 2;
const READER_ENDED = (READER + readerState.at.ended) >>> 2;

const serviceHandler: Handler = {
  findings: serviceFindings,
  serves: true,
  slot: slot.service,
  slotWithoutFlags: slot.service,
};

export class BlockWriter {
  /** Of the block written last: instructions, the end of their operations, and where the code goes on. */
  count = 0;
  end = 0;
  nextEip = 0;
  /** Bytes of it on the page where it began. */
  bytes = 0;
  private readonly state: State;
  private readonly access: MemoryAccess;
  private readonly reader: BlockReader;
  private readonly operations: OperationWriter;
  private readonly library: HandlerLibrary;
  private readonly ordinary: OrdinaryHandlers;
  private readonly written: WrittenHandlers;
  private readonly templates: Templates;
  private code!: BlockCode;

  constructor(
    state: State,
    access: MemoryAccess,
    reader: BlockReader,
    operations: OperationWriter,
    library: HandlerLibrary,
    written: WrittenHandlers,
  ) {
    this.state = state;
    this.access = access;
    this.reader = reader;
    this.operations = operations;
    this.library = library;
    this.ordinary = new OrdinaryHandlers(library);
    this.written = written;
    this.templates = new Templates(state);
    library.table.place(blockModule(), (exports) => {
      // They were just written with these names and signatures; the instance's type cannot say so.
      this.code = exports as unknown as BlockCode;
    });
  }

  /** Writes at most `most` instructions from where the reader stands to `first` and behind; or nothing, and says why. They
   *  can be found through the entry map, unless that is 0. */
  write(first: number, most: number, entryMap: number): BlockFault | null {
    const { reader } = this;
    const modeBits = this.state.get(MODE);
    this.ordinary.enterMode(modeBits);
    const root = this.templates.rootOf(modeBits);
    this.count = 0;
    this.bytes = 0;
    this.end = first;
    do {
      if (root !== 0 && this.copy(root, most)) break;
      const fault = reader.next();
      if (fault !== null) {
        if (this.count === 0) return fault;
        break;
      }
      this.add(root, modeBits);
    } while (!reader.ended && this.count < most);
    this.nextEip = reader.nextEip;
    this.library.compilePending();
    this.code.finish(this.count, entryMap);
    return null;
  }

  /** Jumps of the block written last, which can be found through the entry map, go straight to where they go, and so do
   *  jumps to it. */
  link(entryMap: number): void {
    this.code.link(entryMap);
  }

  /** A block of instructions that all have templates, written to the next room and found from now on; 0 if it takes more. */
  decode(eip: number): number {
    return this.code.decode(eip);
  }

  /** The same for a block of at most `count` instructions that nobody finds. */
  shorten(eip: number, count: number): number {
    return this.code.shorten(eip, count);
  }

  /** Whether an instruction of the map, of those that begin from `first` on, has one of these bytes of its page. */
  touched(entryMap: number, first: number, from: number, end: number): boolean {
    return this.code.touched(entryMap, first, from, end) !== 0;
  }

  /** Gives all those instructions' operations their new constants, if there are templates for all of them and nobody else
   *  has to know; `physical` is the page's address. Their mode must be in force. */
  renew(entryMap: number, physical: number, first: number, from: number, end: number): boolean {
    const root = this.templates.rootOf(this.state.get(MODE));
    return root !== 0 && this.code.renew(root, entryMap, RAM + physical, first, from, end) !== 0;
  }

  /** Writes an instruction over another's operation, if it is so much like it that nobody has to know: as long, done by
   *  the same handler, no jump. */
  rewrite(operation: number, { parsed, eip, nextEip }: BlockReader): boolean {
    const { operations } = this;
    if (parsed.form.jumps || nextEip !== operations.nextEipOf(operation)) return false;
    this.ordinary.enterMode(this.state.get(MODE));
    const handler = this.ordinary.find(parsed);
    if (handler === null || !operations.isDoneBy(operation, handler)) return false;
    operations.writeAgain(operation, parsed, eip, nextEip);
    return true;
  }

  /** Writes what there are templates for; true if no more belongs to the block. */
  private copy(root: number, most: number): boolean {
    const { reader, count } = this;
    const { i32 } = this.state;
    const { host } = reader;
    i32[READER_HOST] = host;
    i32[READER_OPERATION] = this.end;
    i32[READER_EIP] = reader.nextEip;
    this.count = this.code.read(root, count, most, host + reader.ready, this.operations.firstHeat);
    if (this.count === count) return false;
    const length = (i32[READER_HOST] - host) | 0;
    this.end = i32[READER_OPERATION];
    this.bytes += length;
    reader.skip(length, i32[READER_ENDED] !== 0);
    return reader.ended || this.count === most;
  }

  /** Writes the instruction just read. */
  private add(root: number, modeBits: number): void {
    const { reader, operations } = this;
    const { parsed, eip, nextEip, physical, crossing } = reader;
    const start = this.end;
    const offset = physical & (PAGE - 1);
    this.bytes += crossing ? PAGE - offset : parsed.length;
    if (crossing) {
      operations.writeGuard(start, eip, nextEip, reader.crossingLinear, this.readEntry(reader.crossingLinear));
    }
    const own = crossing ? start + OPERATION_BYTES : start;
    this.end = own + OPERATION_BYTES;
    const ordinary = this.ordinary.find(parsed);
    const instruction = ordinary === null ? instructionOf(parsed) : null;
    const handler = ordinary ?? this.handlerOf(instruction ?? instructionOf(parsed), modeBits);
    this.writeOne(own, parsed, instruction, handler, eip, nextEip);
    if (instruction !== null && handler.serves) operations.writeCall(own, instruction);
    const facts = factsOf(handler, endsBlock[parsed.form.number] !== 0, parsed.form.jumps);
    this.state.i32.set(
      [start, own, handler.slot, handler.slotWithoutFlags, facts, offset],
      FIRST_RECORD + this.count++ * RECORD_WORDS,
    );
    if (!crossing && physical + parsed.length <= this.state.ramBytes) {
      this.keep(root, parsed, instruction, handler, facts, RAM + physical);
    }
  }

  private writeOne(
    operation: number,
    parsed: ParsedInstruction,
    instruction: Instruction | null,
    handler: Handler,
    eip: number,
    nextEip: number,
  ): void {
    if (instruction === null) this.operations.writeParsed(operation, parsed, eip, nextEip);
    else this.operations.writeInstruction(operation, instruction, handler, eip, nextEip);
  }

  /** Keeps a template of the instruction, whose bytes lie at `host`. */
  private keep(
    root: number,
    parsed: ParsedInstruction,
    instruction: Instruction | null,
    handler: Handler,
    facts: number,
    host: number,
  ): void {
    const template = this.templates.placeFor(root, parsed, host, handler.serves);
    if (template === 0) return;
    this.writeOne(template, parsed, instruction, handler, 0, 0);
    this.state.i32[(template >>> 2) + HANDLER] = handler.slot;
    if (instruction !== null && handler.serves) this.operations.writeLastingCall(template, instruction);
    this.templates.complete(template, parsed, handler.slotWithoutFlags, facts, instruction === null);
  }

  private handlerOf(instruction: Instruction, modeBits: number): Handler {
    if (meaningOf(instruction)) return this.library.find(shapeOf(spelledOut(instruction), modeBits));
    const written = this.written[instruction.mnemonic]?.(instruction, modeBits);
    return written ? this.library.findWritten(written) : serviceHandler;
  }

  /** The handler written by hand for an instruction that has no meaning, if regions can use it, too. */
  translatable(instruction: Instruction): WrittenHandler | null {
    const written = this.written[instruction.mnemonic]?.(instruction, this.state.get(MODE)) ?? null;
    return written?.inline || written?.routine || written?.inRegion ? written : null;
  }

  /** What the meaning of an instruction does. */
  findingsOf(instruction: Instruction): Findings {
    const written = meaningOf(instruction) ? null : this.translatable(instruction);
    if (written) return written.findings;
    return this.library.find(shapeOf(spelledOut(instruction), this.state.get(MODE))).findings;
  }

  /** The read table's entry for a page, filled if it was not. While alignment is checked there is none, and nothing shall be
   *  taken for it later. */
  readEntry(linear: number): number {
    this.access.slowRead(linear, 1);
    return this.state.i32[(this.state.get(READ_TABLE) + ((linear >>> 12) << 2)) >>> 2] || NEVER_AN_ENTRY;
  }
}
