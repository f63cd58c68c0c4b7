/** Addresses worth pointing at: mostly ordinary data, often enough the edge of something. */

import type { Random } from '../encoding/random.ts';
import { world } from '../small-world.ts';
import { fuzz } from './fuzz-world.ts';
import { notes } from './handlers.ts';

const PAGE = 0x1000;
const UNMAPPED = 0xc0000000;

/** Around the seam between two pages. */
const seam = (dice: Random, at: number) => at - 8 + dice.below(16);

export function somePointer(dice: Random): number {
  const dataPage = world.data + dice.below(fuzz.dataPages) * PAGE;
  switch (dice.below(24)) {
    case 0:
      return seam(dice, dataPage + PAGE);
    case 1:
      return seam(dice, world.readOnly);
    case 2:
      return seam(dice, world.supervisor);
    case 3:
      return seam(dice, world.absent);
    case 4:
      return world.readOnly + dice.below(PAGE);
    case 5:
      return dice.pick([UNMAPPED, 0xfffffffe, world.bytes - 2, notes.jumpTable, world.stubs]) >>> 0;
    case 6:
      return world.code + dice.below(fuzz.codePages * PAGE);
    case 7:
      return fuzz.codeAliases + dice.below(fuzz.codePages * PAGE);
    case 8:
    case 9:
    case 10:
      return fuzz.aliases + dice.below(fuzz.aliasCount * PAGE);
    case 11:
      return seam(dice, fuzz.aliases + dice.below(fuzz.aliasCount) * PAGE);
    case 12:
      return fuzz.largePage + dataPage + dice.below(PAGE);
    case 13:
      return world.stack - dice.below(0x80);
    default:
      return dataPage + dice.below(PAGE);
  }
}
