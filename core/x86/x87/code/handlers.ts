/**
 * The x87's code where it is wanted: in a handler of the interpreter's, in a region of the translator's, or (arithmetic,
 * which is long) in a routine that regions call.  What comes with a segment that is not flat is left to the service.
 */

import type { FunctionBuilder, Scope, Value } from '../../emit/function-builder.ts';
import { newScope } from '../../emit/function-items.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { registerNumber } from '../../instruction.ts';
import { Control } from '../../interpreter/control.ts';
import { ALL_FLAGS, FlagsCode } from '../../interpreter/flags-code.ts';
import { type Findings, noFindings } from '../../interpreter/handler-machine.ts';
import { type AddressForm, addressForm } from '../../interpreter/shape.ts';
import {
  type HandlerChoice,
  passToService,
  type Routine,
  type Site,
  type WrittenHandlers,
} from '../../interpreter/written-handlers.ts';
import { stateLayout } from '../../state.ts';
import { type CodeChoice, memoryOf, type X87Code, x87Choices } from './choices.ts';
import { writeInRegion } from './held-choices.ts';
import { UnitCode } from './unit-code.ts';

const AX = stateLayout.at.general + 4 * registerNumber.eax;
const WORD_BYTES = 4;
/** What a routine answers. */
const DONE = 0;
const UNABLE = 1;

/** In a function whose first parameter is the operation. */
function operationSite(code: FunctionBuilder, control: Control, unable: Scope, offset: () => Value): Site {
  return {
    code,
    unable,
    offset,
    stackRegister: (position) => control.field(position === 0 ? 'register0' : 'register1'),
    segment: () => control.field('segment'),
    eip: () => control.field('eip'),
    setAx: (value) => code.store(wasm.i32Store16, code.constant(0), value, AX),
    setFlags: (effect) => new FlagsCode(code, control).write(effect, WORD_BYTES),
  };
}

function offsetByFields(code: FunctionBuilder, control: Control, form: AddressForm): Value {
  const through = (field: 'base' | 'index') => code.load(wasm.i32Load, control.field(field), 0);
  const add = (a: Value, b: Value) => code.value('i32', wasm.i32Add, [a, b]);
  const offset = add(through('base'), control.field('displacement'));
  if (form === 'base') return offset;
  return add(offset, code.value('i32', wasm.i32Shl, [through('index'), control.field('shift')]));
}

function writeHandler(code: FunctionBuilder, chosen: X87Code, form: AddressForm): void {
  const control = new Control(code);
  const unable = newScope();
  const offset = () => offsetByFields(code, control, form);
  code.within(unable, () => {
    chosen.write(new UnitCode(operationSite(code, control, unable, offset)));
    control.proceed();
  });
  passToService(code, control);
}

function routineOf(key: string, chosen: X87Code): Routine {
  return {
    key,
    write: (code) => {
      const unable = newScope();
      const offset = code.parameter(1);
      code.within(unable, () => {
        chosen.write(new UnitCode(operationSite(code, new Control(code), unable, () => offset)));
        code.return(code.constant(DONE));
      });
      code.return(code.constant(UNABLE));
    },
  };
}

const COMPARES_INTO_FLAGS = /^fu?comip?$/;

/** It may fault, if not by itself then as a service. */
function findingsOf(mnemonic: string): Findings {
  const flags = COMPARES_INTO_FLAGS.test(mnemonic) ? ALL_FLAGS : 0;
  return { ...noFindings(), flagsWritten: flags, flagsKilled: flags, mayFault: true };
}

function handlerChoice(mnemonic: string, choose: CodeChoice): HandlerChoice {
  const findings = findingsOf(mnemonic);
  return (instruction, modeBits) => {
    const operand = memoryOf(instruction);
    const form = operand === null ? 'base' : addressForm(operand, modeBits, mnemonic);
    const chosen = form === 'general' ? null : choose(instruction);
    if (chosen === null) return null;
    const key = `${mnemonic} ${chosen.key}`;
    const routine = routineOf(key, chosen);
    return {
      key: operand === null ? key : `${key} ${form}`,
      findings,
      write: (code) => writeHandler(code, chosen, form),
      inline: (site) => writeInRegion(site, instruction, chosen, routine),
      calls: chosen.long ? [routine] : [],
    };
  };
}

/** What the processor takes. */
export const x87Handlers: WrittenHandlers = Object.fromEntries(
  Object.entries(x87Choices).map(([mnemonic, choose]) => [mnemonic, handlerChoice(mnemonic, choose)]),
);
