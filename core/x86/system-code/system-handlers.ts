/**
 * Which system instructions have a handler that does the usual without leaving WebAssembly, and for which of their forms.
 * Everything else, and everything unusual, is the service's.
 */

import { type Instruction, segmentNumber } from '../instruction.ts';
import { serviceFindings } from '../interpreter/handler-machine.ts';
import {
  type HandlerChoice,
  passToService,
  type WrittenHandler,
  type WrittenHandlers,
} from '../interpreter/written-handlers.ts';
import { words } from '../memory/words.ts';
import { mode } from '../state.ts';
import { writeControlRead, writeInvalidation, writeSpaceLoad } from './address-spaces.ts';
import { writeFlagsPop, writeFlagsPush, writeHalt, writeInterruptsOff, writeInterruptsOn } from './flag-moves.ts';
import { plainMemory } from './memory-operands.ts';
import { writeInterrupt } from './ring-entries.ts';
import { writeFarReturn, writeFarTransfer, writeInterruptReturn } from './ring-returns.ts';
import {
  writeSegmentMove,
  writeSegmentPop,
  writeSegmentPush,
  writeSegmentRead,
  writeTableLoad,
  writeTaskLoad,
} from './segment-loads.ts';
import { SystemWriter } from './system-writer.ts';

const { CR0, CR2, CR3, CR4, GDT_BASE, GDT_LIMIT, IDT_BASE, IDT_LIMIT } = words;

const FLAT_STACK = mode.flatStack | mode.stack32;
const isFlatStack = (modeBits: number) => (modeBits & FLAT_STACK) === FLAT_STACK;

function handler(key: string, write: (w: SystemWriter) => void): WrittenHandler {
  return {
    key,
    findings: serviceFindings,
    write: (code) => write(new SystemWriter(code, ({ builder, control }) => passToService(builder, control))),
  };
}

function interrupt({ operands: [number] }: Instruction): WrittenHandler | null {
  if (number.kind !== 'immediate') return null;
  const vector = number.value & 0xff;
  return handler(`int ${vector}`, (w) => writeInterrupt(w, vector));
}

function interruptReturn({ operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (operandSize !== 4 || (modeBits & mode.stack32) === 0) return null;
  const flat = (modeBits & mode.flatStack) !== 0;
  return handler(`iret ${flat ? 'flat' : 'bounded'}`, (w) => writeInterruptReturn(w, flat));
}

function farReturn({ operands, operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (operandSize !== 4 || operands.length > 0 || (modeBits & mode.stack32) === 0) return null;
  const flat = (modeBits & mode.flatStack) !== 0;
  return handler(`retf ${flat ? 'flat' : 'bounded'}`, (w) => writeFarReturn(w, flat));
}

const farTransfer =
  (call: boolean): HandlerChoice =>
  ({ mnemonic, operands: [target], operandSize }, modeBits) => {
    if (operandSize !== 4 || target.kind !== 'far pointer' || (call && !isFlatStack(modeBits))) return null;
    return handler(mnemonic, (w) => writeFarTransfer(w, call));
  };

/** By encoded number; cr1 does not exist, and writing to the others is rare. */
const readable: Readonly<Record<number, number>> = { 0: CR0, 2: CR2, 3: CR3, 4: CR4 };
const SPACE = 3;

function controlMove({ operands: [to, from] }: Instruction): WrittenHandler | null {
  if (to.kind === 'register' && from.kind === 'control register' && from.number in readable) {
    return handler(`movcr from ${from.number}`, (w) => writeControlRead(w, readable[from.number]));
  }
  const loadsSpace = to.kind === 'control register' && to.number === SPACE;
  return loadsSpace ? handler('movcr to 3', writeSpaceLoad) : null;
}

const invalidation = ({ operands: [page] }: Instruction) =>
  plainMemory(page) ? handler('invlpg', writeInvalidation) : null;

/** es, ds, fs and gs: loading ss or cs is another matter. */
const dataSegments = new Set<number>([segmentNumber.es, segmentNumber.ds, segmentNumber.fs, segmentNumber.gs]);

function segmentMove({ operands: [to, from], operandSize }: Instruction): WrittenHandler | null {
  if (from.kind === 'segment register') {
    const plain = to.kind === 'register' && operandSize === 4 && from.number <= segmentNumber.gs;
    return plain ? handler(`movseg from ${from.number}`, (w) => writeSegmentRead(w, from.number)) : null;
  }
  if (to.kind !== 'segment register' || !dataSegments.has(to.number)) return null;
  if (from.kind !== 'register' && !plainMemory(from)) return null;
  const key = `movseg to ${to.number} from ${from.kind}`;
  return handler(key, (w) => writeSegmentMove(w, to.number, from.kind === 'memory'));
}

function segmentPush({ operands: [from], operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (from.kind !== 'segment register' || operandSize !== 4 || !isFlatStack(modeBits)) return null;
  return handler(`pushseg ${from.number}`, (w) => writeSegmentPush(w, from.number));
}

function segmentPop({ operands: [to], operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (to.kind !== 'segment register' || !dataSegments.has(to.number)) return null;
  if (operandSize !== 4 || !isFlatStack(modeBits)) return null;
  return handler(`popseg ${to.number}`, (w) => writeSegmentPop(w, to.number, operandSize));
}

const tableLoad =
  (baseWord: number, limitWord: number): HandlerChoice =>
  ({ mnemonic, operands: [table], operandSize }) =>
    operandSize === 4 && plainMemory(table) ? handler(mnemonic, (w) => writeTableLoad(w, baseWord, limitWord)) : null;

const flagsMove =
  (write: (w: SystemWriter) => void): HandlerChoice =>
  ({ mnemonic, operandSize }, modeBits) =>
    operandSize === 4 && isFlatStack(modeBits) ? handler(mnemonic, write) : null;

const always =
  (write: (w: SystemWriter) => void): HandlerChoice =>
  ({ mnemonic }) =>
    handler(mnemonic, write);

const taskLoad: HandlerChoice = ({ operands: [selector] }) =>
  selector.kind === 'register' ? handler('ltr', writeTaskLoad) : null;

export const systemHandlers: WrittenHandlers = {
  int: interrupt,
  iret: interruptReturn,
  retf: farReturn,
  jmpf: farTransfer(false),
  callf: farTransfer(true),
  movcr: controlMove,
  invlpg: invalidation,
  movseg: segmentMove,
  pushseg: segmentPush,
  popseg: segmentPop,
  lgdt: tableLoad(GDT_BASE, GDT_LIMIT),
  lidt: tableLoad(IDT_BASE, IDT_LIMIT),
  ltr: taskLoad,
  pushf: flagsMove(writeFlagsPush),
  popf: flagsMove(writeFlagsPop),
  cli: always(writeInterruptsOff),
  sti: always(writeInterruptsOn),
  hlt: always(writeHalt),
};
