/**
 * Which system instructions have a handler that does the usual without leaving WebAssembly, and for which of their forms.
 * Everything else, and everything unusual, is the service's.
 */

import { type Instruction, segmentNumber } from '../instruction.ts';
import { ALL_FLAGS } from '../interpreter/flags-code.ts';
import { type Findings, noFindings, serviceFindings } from '../interpreter/handler-machine.ts';
import {
  type HandlerChoice,
  passToService,
  type RegionMeaning,
  type Routine,
  type WrittenHandler,
  type WrittenHandlers,
} from '../interpreter/written-handlers.ts';
import { exception } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import { mode } from '../state.ts';
import {
  loadSpace,
  writeClearTaskSwitched,
  writeControlRead,
  writeInvalidation,
  writeInvalidationRoutine,
  writeSpaceLoad,
  writeTaskSwitched,
} from './address-spaces.ts';
import { writeFlagsPop, writeFlagsPush, writeHalt, writeInterruptsOff, writeInterruptsOn } from './flag-moves.ts';
import { plainMemory } from './memory-operands.ts';
import {
  controlRead,
  flagsPop,
  flagsPush,
  interruptsOff,
  interruptsOn,
  invalidation as invalidationInRegion,
  segmentMove as segmentMoveInRegion,
  segmentPop as segmentPopInRegion,
  segmentPush as segmentPushInRegion,
  segmentRead,
  spaceLoad,
  tableLoad as tableLoadInRegion,
  taskLoad as taskLoadInRegion,
} from './region-forms.ts';
import { writeInterrupt } from './ring-entries.ts';
import { writeFarReturn, writeFarTransfer, writeInterruptReturn } from './ring-returns.ts';
import {
  writeSegmentMove,
  writeSegmentPop,
  writeSegmentPush,
  writeSegmentRead,
  writeSegmentRoutine,
  writeStackMove,
  writeTableLoad,
  writeTaskLoad,
} from './segment-loads.ts';
import { FLAT_STACK, routine, SystemWriter, writeOrGiveUp } from './system-writer.ts';

const { CR0, CR2, CR3, CR4, GDT_BASE, GDT_LIMIT, IDT_BASE, IDT_LIMIT } = words;

const isFlatStack = (modeBits: number) => (modeBits & FLAT_STACK) === FLAT_STACK;

function handler(key: string, write: (w: SystemWriter) => void): WrittenHandler {
  return {
    key,
    findings: serviceFindings,
    write: (code) =>
      writeOrGiveUp(
        code,
        (giveUp) => new SystemWriter(code, giveUp),
        write,
        ({ control }) => passToService(code, control),
      ),
  };
}

/** The same for an instruction that regions do, too. */
const both = (
  key: string,
  write: (w: SystemWriter) => void,
  inRegion: RegionMeaning,
  findings: Partial<Findings> = {},
): WrittenHandler => ({
  ...handler(key, write),
  findings: { ...noFindings(), mayFault: true, ...findings },
  inRegion,
});

/** The same for one that regions do by a call. */
const byCall = (
  key: string,
  write: (w: SystemWriter) => void,
  inRegion: (called: Routine) => RegionMeaning,
  called: Routine,
): WrittenHandler => ({ ...both(key, write, inRegion(called)), calls: [called] });

const interruptBy = (vector: number) => handler(`int ${vector}`, (w) => writeInterrupt(w, vector));

const interrupt = ({ operands: [number] }: Instruction) =>
  number.kind === 'immediate' ? interruptBy(number.value & 0xff) : null;

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

/** By encoded number; cr1 does not exist. */
const readable: Readonly<Record<number, number>> = { 0: CR0, 2: CR2, 3: CR3, 4: CR4 };
/** Of these, the two that are written to in earnest. */
const MODES = 0;
const SPACE = 3;

const spaceRoutine = routine('cr3', loadSpace);

function controlMove({ operands: [to, from] }: Instruction): WrittenHandler | null {
  if (to.kind === 'register' && from.kind === 'control register' && from.number in readable) {
    const word = readable[from.number];
    return both(`movcr from ${from.number}`, (w) => writeControlRead(w, word), controlRead(word));
  }
  if (to.kind !== 'control register') return null;
  if (to.number === MODES) return handler('movcr to 0', writeTaskSwitched);
  return to.number === SPACE ? byCall('movcr to 3', writeSpaceLoad, spaceLoad, spaceRoutine) : null;
}

const invalidationRoutine = routine('invlpg', writeInvalidationRoutine);

const invalidation = ({ operands: [page] }: Instruction) =>
  plainMemory(page) ? byCall('invlpg', writeInvalidation, invalidationInRegion, invalidationRoutine) : null;

/** Loading ss or cs is another matter. */
const dataSegments = new Set<number>([segmentNumber.es, segmentNumber.ds, segmentNumber.fs, segmentNumber.gs]);

const segmentRoutine = (number: number) =>
  routine(`segment ${number}`, (w, selector) => writeSegmentRoutine(w, number, selector));

function segmentMove({ operands: [to, from], operandSize }: Instruction): WrittenHandler | null {
  if (from.kind === 'segment register') {
    const plain = to.kind === 'register' && operandSize === 4 && from.number <= segmentNumber.gs;
    if (!plain) return null;
    return both(`movseg from ${from.number}`, (w) => writeSegmentRead(w, from.number), segmentRead(from.number));
  }
  if (to.kind !== 'segment register' || (from.kind !== 'register' && !plainMemory(from))) return null;
  const fromMemory = from.kind === 'memory';
  if (to.number === segmentNumber.ss) {
    return handler(`movseg to ss from ${from.kind}`, (w) => writeStackMove(w, fromMemory));
  }
  if (!dataSegments.has(to.number)) return null;
  const key = `movseg to ${to.number} from ${from.kind}`;
  const write = (w: SystemWriter) => writeSegmentMove(w, to.number, fromMemory);
  return byCall(key, write, segmentMoveInRegion, segmentRoutine(to.number));
}

function segmentPush({ operands: [from], operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (from.kind !== 'segment register' || operandSize !== 4 || !isFlatStack(modeBits)) return null;
  return both(`pushseg ${from.number}`, (w) => writeSegmentPush(w, from.number), segmentPushInRegion(from.number));
}

function segmentPop({ operands: [to], operandSize }: Instruction, modeBits: number): WrittenHandler | null {
  if (to.kind !== 'segment register' || !dataSegments.has(to.number)) return null;
  if (operandSize !== 4 || !isFlatStack(modeBits)) return null;
  const write = (w: SystemWriter) => writeSegmentPop(w, to.number, operandSize);
  return byCall(`popseg ${to.number}`, write, segmentPopInRegion, segmentRoutine(to.number));
}

const goingOn = (write: (w: SystemWriter) => void) => (w: SystemWriter) => {
  write(w);
  w.control.proceed();
};

const tableLoad =
  (baseWord: number, limitWord: number): HandlerChoice =>
  ({ mnemonic, operands: [table], operandSize }) => {
    if (operandSize !== 4 || !plainMemory(table)) return null;
    const load = routine(mnemonic, (w, offset) => writeTableLoad(w, baseWord, limitWord, offset));
    const write = goingOn((w) => writeTableLoad(w, baseWord, limitWord));
    return byCall(mnemonic, write, tableLoadInRegion, load);
  };

const flagsMove =
  (write: (w: SystemWriter) => void, inRegion: RegionMeaning, findings: Partial<Findings>): HandlerChoice =>
  ({ mnemonic, operandSize }, modeBits) =>
    operandSize === 4 && isFlatStack(modeBits) ? both(mnemonic, write, inRegion, findings) : null;

const taskRoutine = routine('ltr', writeTaskLoad);

const taskLoad: HandlerChoice = ({ operands: [selector] }) =>
  selector.kind === 'register' ? byCall('ltr', goingOn(writeTaskLoad), taskLoadInRegion, taskRoutine) : null;

export const systemHandlers: WrittenHandlers = {
  int: interrupt,
  int3: () => interruptBy(exception.breakpoint),
  iret: interruptReturn,
  retf: farReturn,
  jmpf: farTransfer(false),
  callf: farTransfer(true),
  movcr: controlMove,
  clts: () => handler('clts', writeClearTaskSwitched),
  invlpg: invalidation,
  movseg: segmentMove,
  pushseg: segmentPush,
  popseg: segmentPop,
  lgdt: tableLoad(GDT_BASE, GDT_LIMIT),
  lidt: tableLoad(IDT_BASE, IDT_LIMIT),
  ltr: taskLoad,
  pushf: flagsMove(writeFlagsPush, flagsPush, { flagsRead: ALL_FLAGS }),
  popf: flagsMove(writeFlagsPop, flagsPop, { flagsWritten: ALL_FLAGS, flagsKilled: ALL_FLAGS }),
  cli: () => both('cli', writeInterruptsOff, interruptsOff),
  sti: () => both('sti', writeInterruptsOn, interruptsOn),
  hlt: () => handler('hlt', writeHalt),
};
