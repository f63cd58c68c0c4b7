/** Indirect jumps to places inside the region: a few comparisons, or a table of the jump's own if there are many. */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { operationLayout } from '../interpreter/operation.ts';
import { type ExitTable, exitLayout } from './exit-table.ts';
import type { FoldingArithmetic } from './folding-arithmetic.ts';

/** More places than this are found through a table. */
const MOST_COMPARED = 3;
/** Unless they lie further apart: a table has a byte for each between the first and the last. */
const LONGEST_TABLE = 0x8000;

/** Where an expected place begins, and how to get there. */
export interface Place {
  readonly eip: number;
  go(): void;
}

/** Falls through where `offset` is none of the places. */
export function writeIndirectJump(
  code: FunctionBuilder,
  m: FoldingArithmetic,
  exits: ExitTable,
  offset: Value,
  places: readonly Place[],
): void {
  const eips = places.map(({ eip }) => eip);
  const first = Math.min(...eips);
  const span = Math.max(...eips) - first + 1;
  if (places.length <= MOST_COMPARED || span > LONGEST_TABLE) {
    for (const place of places) code.if(m.equal(offset, m.constant(place.eip)), () => place.go());
    return;
  }
  const distance = m.sub(offset, m.constant(first));
  const scopes = places.map(() => newScope());
  const elsewhere = newScope();
  const write = (n: number): void => {
    if (n === places.length) {
      code.if(m.below(m.constant(span - 1), distance), () => code.branch(elsewhere));
      const number = code.load(wasm.i32Load8U, distance, exits.jumpTable(first, eips, span));
      code.branchTable(number, [elsewhere, ...scopes], elsewhere);
      return;
    }
    code.within(scopes[n], () => write(n + 1));
    places[n].go();
  };
  code.within(elsewhere, () => write(0));
}

/** Counts jumps that go elsewhere on a record; when it is worn out, notes where this one goes and leaves through it. */
export function countStraying(
  code: FunctionBuilder,
  m: FoldingArithmetic,
  exits: ExitTable,
  operation: number,
  offset: Value,
  leave: (exit: number) => void,
): void {
  const exit = exits.elsewhere(operation);
  const record = m.constant(exit);
  const count = m.add(code.load(wasm.i32Load, record, exitLayout.at.wear), m.constant(1));
  code.store(wasm.i32Store, record, count, exitLayout.at.wear);
  code.if(m.isZero(count), () => {
    code.store(wasm.i32Store, m.constant(operation), offset, operationLayout.at.targetEip);
    leave(exit);
  });
}
