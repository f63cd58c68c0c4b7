/**
 * Does the fuzzer bite?  Processors that are wrong in one place, each against a right one: the difference must be found,
 * and soon, or nothing it finds equal means much.
 */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Board, createBoard, type EngineName } from '../../../../core/x86/board.ts';
import * as codePages from '../../../../core/x86/interpreter/code-pages.ts';
import * as arithmetic from '../../../../core/x86/meaning/arithmetic.ts';
import * as logic from '../../../../core/x86/meaning/logic.ts';
import * as moves from '../../../../core/x86/meaning/moves.ts';
import * as shifts from '../../../../core/x86/meaning/shifts.ts';
import * as tableWatch from '../../../../core/x86/memory/table-watch.ts';
import * as decimal from '../../../../core/x86/system/decimal.ts';
import { world } from '../small-world.ts';
import { duel } from './duel.ts';
import { randomProgram } from './program.ts';

const root = '../../../../core/x86';
const ramBytes = world.bytes;
const ENOUGH_INSTRUCTIONS = 400_000;
const EACH = 4000;
const TIMEOUT_MS = 120_000;

interface Mutant {
  readonly wrong: string;
  readonly module: string;
  /** What the module exports instead. */
  readonly exports: object;
  /** False for what generated code does in the module's stead. */
  readonly shortcuts?: boolean;
}

const mutants: readonly Mutant[] = [
  { wrong: 'bts clears its bit', module: `${root}/meaning/logic.ts`, exports: { ...logic, bts: logic.btr } },
  { wrong: 'sar shifts zeroes in', module: `${root}/meaning/shifts.ts`, exports: { ...shifts, sar: shifts.shr } },
  { wrong: 'movsx extends by zeroes', module: `${root}/meaning/moves.ts`, exports: { ...moves, movsx: moves.movzx } },
  {
    wrong: 'sbb borrows nothing',
    module: `${root}/meaning/arithmetic.ts`,
    exports: { ...arithmetic, sbb: arithmetic.sub },
  },
  { wrong: 'loope is loopne', module: `${root}/meaning/moves.ts`, exports: { ...moves, loope: moves.loopne } },
  {
    wrong: 'aam is aad',
    module: `${root}/system/decimal.ts`,
    exports: { decimalServices: { ...decimal.decimalServices, aam: decimal.decimalServices.aad } },
  },
  {
    wrong: 'code that changed is not decoded again',
    module: `${root}/interpreter/code-pages.ts`,
    exports: {
      CodePages: class extends codePages.CodePages {
        override written(): boolean {
          return false;
        }
      },
    },
  },
  {
    wrong: 'page tables that changed are not looked at again',
    module: `${root}/memory/table-watch.ts`,
    shortcuts: false,
    exports: {
      ...tableWatch,
      TableWatch: class extends tableWatch.TableWatch {
        override first(): number {
          return 0;
        }
      },
    },
  },
];

/** A board of a processor whose modules have the mutation. */
async function mutated({ module, exports, shortcuts }: Mutant): Promise<(engine: EngineName) => Board> {
  vi.resetModules();
  vi.doMock(module, () => exports);
  const wrong: { createBoard: typeof createBoard } = await import('../../../../core/x86/board.ts');
  return (engine) => wrong.createBoard({ ramBytes, engine, hotAfter: 2, shortcuts });
}

afterEach(() => {
  vi.doUnmock('../../../../core/x86/board.ts');
  for (const { module } of mutants) vi.doUnmock(module);
  vi.resetModules();
});

describe('a processor that is wrong in one place is found out', () => {
  test.each(mutants)(
    '$wrong',
    async (mutant) => {
      const wrongBoard = await mutated(mutant);
      const newPair = () => ({
        one: createBoard({ ramBytes, engine: 'interpreter' }),
        other: wrongBoard('translator'),
      });
      let [pair, instructions, found] = [newPair(), 0, false];
      for (let seed = 1; !found && instructions < ENOUGH_INSTRUCTIONS; seed++) {
        const end = duel(pair, randomProgram(seed), EACH);
        instructions += end.instructions;
        found = end.parted !== null;
        if (end.spent) pair = newPair();
      }
      expect(found).toBe(true);
    },
    TIMEOUT_MS,
  );
});
