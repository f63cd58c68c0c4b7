/** Every mnemonic that has a meaning. The others have a service (service.ts); only what may be repeated has both. */

import type { Instruction } from '../instruction.ts';
import * as arithmetic from './arithmetic.ts';
import * as logic from './logic.ts';
import type { Meaning } from './machine.ts';
import * as moves from './moves.ts';
import * as multiply from './multiply.ts';
import * as shifts from './shifts.ts';
import * as strings from './strings.ts';

export const meanings: Readonly<Record<string, Meaning>> = {
  ...arithmetic,
  ...logic,
  ...moves,
  ...multiply,
  ...shifts,
  ...strings,
};

/** The meaning of an instruction, if it has one: a repeated string instruction is a loop, and left to its service. */
export function meaningOf({ mnemonic, repeat }: Instruction): Meaning | null {
  if (repeat !== 'none' && mnemonic in strings) return null;
  return meanings[mnemonic] ?? null;
}
