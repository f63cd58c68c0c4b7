/**
 * Writes the operations of a block, one after the other as its instructions are read, and then goes over them backwards:
 * only from behind can be seen whose flags somebody will look at.
 */

import { instructionOf } from '../encoding/decode.ts';
import type { Instruction } from '../instruction.ts';
import { spelledOut } from '../meaning/implied-operands.ts';
import { meaningOf } from '../meaning/table.ts';
import type { MemoryAccess } from '../processor.ts';
import { type State, stateLayout } from '../state.ts';
import { type BlockFault, type BlockReader, LONGEST_BLOCK } from './block.ts';
import { ALL_FLAGS } from './flags-code.ts';
import { type Findings, serviceFindings } from './handler-machine.ts';
import { type Handler, type HandlerLibrary, slot } from './handlers.ts';
import { OPERATION_BYTES } from './operation.ts';
import type { OperationWriter } from './operation-writer.ts';
import { OrdinaryHandlers } from './ordinary-handlers.ts';
import { shapeOf } from './shape.ts';
import type { WrittenHandler, WrittenHandlers } from './written-handlers.ts';

const PAGE = 4096;
const { mode: MODE, readTable: READ_TABLE } = stateLayout.at;

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
  /** For each instruction its offset in the page, and its first operation: a guard, or its own. */
  readonly offsets = new Int32Array(LONGEST_BLOCK);
  readonly starts = new Int32Array(LONGEST_BLOCK);
  /** Whether it is a direct jump. */
  readonly jumps = new Uint8Array(LONGEST_BLOCK);
  private readonly handlers: Handler[] = new Array(LONGEST_BLOCK).fill(serviceHandler);
  private readonly state: State;
  private readonly access: MemoryAccess;
  private readonly reader: BlockReader;
  private readonly operations: OperationWriter;
  private readonly library: HandlerLibrary;
  private readonly ordinary: OrdinaryHandlers;
  private readonly written: WrittenHandlers;

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
  }

  /** Writes at most `most` instructions from where the reader stands to `first` and behind; or nothing, and says why. */
  write(first: number, most: number): BlockFault | null {
    const { reader } = this;
    const modeBits = this.state.get(MODE);
    this.ordinary.enterMode(modeBits);
    this.count = 0;
    this.bytes = 0;
    let at = first;
    do {
      const fault = reader.next();
      if (fault !== null) {
        if (this.count === 0) return fault;
        break;
      }
      at = this.add(at, modeBits);
    } while (!reader.ended && this.count < most);
    this.end = at;
    this.library.compilePending();
    this.complete();
    return null;
  }

  /** Writes the instruction just read; answers the end of its operations. */
  private add(first: number, modeBits: number): number {
    const { reader, operations } = this;
    const { parsed, eip, nextEip } = reader;
    const index = this.count++;
    const offset = reader.physical & (PAGE - 1);
    this.offsets[index] = offset;
    this.starts[index] = first;
    this.jumps[index] = parsed.form.jumps ? 1 : 0;
    this.bytes += reader.crossing ? PAGE - offset : parsed.length;
    this.nextEip = nextEip;
    let at = first;
    if (reader.crossing) {
      operations.writeGuard(at, eip, nextEip, reader.crossingLinear, this.readEntry(reader.crossingLinear));
      at += OPERATION_BYTES;
    }
    const handler = this.ordinary.find(parsed);
    if (handler !== null) {
      operations.writeParsed(at, parsed, eip, nextEip);
      this.handlers[index] = handler;
    } else {
      const instruction = instructionOf(parsed);
      this.handlers[index] = this.handlerOf(instruction, modeBits);
      operations.writeInstruction(at, instruction, this.handlers[index], eip, nextEip);
    }
    return at + OPERATION_BYTES;
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

  private handlerOf(instruction: Instruction, modeBits: number): Handler {
    if (meaningOf(instruction)) return this.library.find(shapeOf(spelledOut(instruction), modeBits));
    const written = this.written[instruction.mnemonic]?.(instruction, modeBits);
    return written ? this.library.findWritten(written) : serviceHandler;
  }

  /** The handler written by hand for an instruction that has no meaning, if regions can use it, too. */
  translatable(instruction: Instruction): WrittenHandler | null {
    const written = this.written[instruction.mnemonic]?.(instruction, this.state.get(MODE)) ?? null;
    return written?.inline || written?.routine ? written : null;
  }

  /** What the meaning of an instruction does. */
  findingsOf(instruction: Instruction): Findings {
    const written = meaningOf(instruction) ? null : this.translatable(instruction);
    if (written) return written.findings;
    return this.library.find(shapeOf(spelledOut(instruction), this.state.get(MODE))).findings;
  }

  /** Backwards, so that each knows whether its flags will be looked at. What may fault, and be it that its second page is
   *  gone, shows all flags to the fault's handler; where a block ends or may be left, or what follows may be written over,
   *  all may be looked at. */
  private complete(): void {
    const { count, starts, handlers, operations } = this;
    let live = ALL_FLAGS;
    let end = this.end;
    const { isGuarded } = this;
    for (let index = count - 1; index >= 0; index--) {
      const { findings, slot: full, slotWithoutFlags } = handlers[index];
      if (findings.jumps || findings.writesMemory) live = ALL_FLAGS;
      const remaining = count - index;
      operations.complete(end - OPERATION_BYTES, findings.flagsWritten & live ? full : slotWithoutFlags, remaining);
      end = starts[index];
      live = (live & ~findings.flagsKilled) | findings.flagsRead;
      if (findings.mayFault || (isGuarded && index === count - 1)) live = ALL_FLAGS;
    }
    // Only the last instruction of a block may run over into the next page.
    if (isGuarded) operations.complete(starts[count - 1], slot.guard, 1);
  }

  /** Whether the last instruction has a guard before it. */
  private get isGuarded(): boolean {
    return this.end - this.starts[this.count - 1] > OPERATION_BYTES;
  }

  /** An instruction's own operation. */
  operationOf(index: number): number {
    return (index + 1 < this.count ? this.starts[index + 1] : this.end) - OPERATION_BYTES;
  }

  /** The read table's entry for a page, filled if it was not. */
  readEntry(linear: number): number {
    this.access.slowRead(linear, 1);
    return this.state.i32[(this.state.get(READ_TABLE) + ((linear >>> 12) << 2)) >>> 2];
  }
}
