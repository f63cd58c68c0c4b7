/** Every mnemonic that has a meaning. The others have a service (service.ts); a test sees that none has both or neither. */

import * as arithmetic from './arithmetic.ts';
import * as logic from './logic.ts';
import type { Meaning } from './machine.ts';
import * as moves from './moves.ts';
import * as multiply from './multiply.ts';
import * as shifts from './shifts.ts';

export const meanings: Readonly<Record<string, Meaning>> = {
  ...arithmetic,
  ...logic,
  ...moves,
  ...multiply,
  ...shifts,
};
