/**
 * What a build prepares for every board: the handlers of common shapes, and of the instructions below those that were
 * written by hand.  Three Linux kernels and a shell met them while booting, one by one, and to write and compile each
 * when it was met took a seventh of the time.  Nothing depends on this list being right.
 */

import { allHandlers } from './all-handlers.ts';
import { decode } from './encoding/decode.ts';
import { type PreparedHandlers, prepareHandlers } from './interpreter/common-handlers.ts';
import { engineFunctions } from './interpreter/engine-functions.ts';
import type { WrittenHandler } from './interpreter/written-handlers.ts';
import { FLAT_PROGRAM } from './state.ts';
import { missesModule } from './system-code/memory-misses.ts';
import { writeFaultDelivery } from './system-code/ring-entries.ts';

/** As bytes, each with the name it goes by; constants in them do not matter. */
const common: readonly (readonly [mnemonic: string, ...encodings: string[]])[] = [
  ['int', 'cd1f', 'cd80'],
  ['iret', 'cf'],
  ['retf', 'cb'],
  ['callf', '9a000000000000'],
  ['jmpf', 'ea000000000000'],
  ['hlt', 'f4'],
  ['cli', 'fa'],
  ['sti', 'fb'],
  ['pushf', '9c'],
  ['popf', '9d'],
  ['pusha', '60'],
  ['popa', '61'],
  ['pushseg', '06', '0e', '16', '1e', '0fa0', '0fa8'],
  ['popseg', '07', '1f', '0fa1', '0fa9'],
  ['movseg', '8cc0', '8cc8', '8cd0', '8cd8', '8ce0', '8ce8'],
  ['movseg', '8ec0', '8ed8', '8ee0', '8ee8', '8e00', '8e18', '8e20', '8e28'],
  ['lgdt', '0f0110'],
  ['lidt', '0f0118'],
  ['ltr', '0f00d8'],
  ['movcr', '0f20c0', '0f20d0', '0f20d8', '0f22d8'],
  ['invlpg', '0f0138'],
  ['movs', 'f3a4', 'f3a5'],
  ['stos', 'f3aa', 'f3ab'],
  ['cmps', 'f3a6'],
  ['scas', 'f2ae', 'f3ae'],
  ['wait', '9b'],
  ['fnstsw', 'dd38', 'dfe0'],
  ['fnstcw', 'd938'],
  ['fldcw', 'd928'],
  ['fld', 'dd00', 'd900', 'd9c0'],
  ['fst', 'dd10', 'd910', 'ddd0'],
  ['fstp', 'dd18', 'd918', 'ddd8'],
  ['fild', 'db00', 'df28'],
  ['fistp', 'db18', 'df38'],
  ['fld1', 'd9e8'],
  ['fldz', 'd9ee'],
  ['fxch', 'd9c9'],
  ['fchs', 'd9e0'],
  ['fadd', 'dc00', 'd800', 'd8c0', 'dcc1'],
  ['faddp', 'dec1'],
  ['fmul', 'dc08', 'd808', 'd8c8', 'dcc9'],
  ['fmulp', 'dec9'],
  ['fsub', 'dc20', 'd820', 'd8e0'],
  ['fsubp', 'dee9'],
  ['fsubr', 'dc28', 'd828', 'd8e8'],
  ['fsubrp', 'dee1'],
  ['fdiv', 'dc30', 'd830', 'd8f0'],
  ['fdivp', 'def9'],
  ['fdivr', 'dc38', 'd838', 'd8f8'],
  ['fdivrp', 'def1'],
  ['fsqrt', 'd9fa'],
  ['fucompp', 'dae9'],
  ['fucomp', 'dde9'],
];

/** Throws where the list and the decoder do not agree. */
export function commonWritten(): WrittenHandler[] {
  const byKey = new Map<string, WrittenHandler>();
  for (const [mnemonic, ...encodings] of common) {
    for (const encoding of encodings) {
      const handler = handlerOf(mnemonic, encoding);
      byKey.set(handler.key, handler);
    }
  }
  return [...byKey.values()];
}

function handlerOf(mnemonic: string, encoding: string): WrittenHandler {
  const instruction = decode((index) => Number.parseInt(encoding.slice(2 * index, 2 * index + 2), 16), true);
  if ('fault' in instruction || instruction.mnemonic !== mnemonic) throw new Error(`${encoding} is no ${mnemonic}`);
  const handler = allHandlers[mnemonic]?.(instruction, FLAT_PROGRAM);
  if (!handler) throw new Error(`no handler is written for ${mnemonic}, ${encoding}`);
  return handler;
}

/** For the build. */
export const prepareForBoards = (): PreparedHandlers =>
  prepareHandlers({
    written: commonWritten(),
    functions: engineFunctions(writeFaultDelivery),
    misses: missesModule(),
  });
