/** Whether a region's code is where it was: asked where it is entered, and wherever it may have lost it since. */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import type { CodePage } from '../interpreter/code-pages.ts';
import { operationLayout } from '../interpreter/operation.ts';
import { stateLayout } from '../state.ts';
import type { RegionMachine } from './region-machine.ts';

/** Not 0 unless the code tables lead to all of these pages. */
export function pagesMoved(m: RegionMachine, pages: readonly CodePage[]): Value {
  const { code } = m;
  const codeTable = code.load(wasm.i32Load, code.constant(0), stateLayout.at.codeTable);
  return pages
    .map(({ linearPage, entryMap }) => {
      const entry = code.load(wasm.i32Load, codeTable, linearPage << 2);
      return m.xor(entry, m.constant(entryMap));
    })
    .reduce((any, next) => m.or(any, next));
}

/** 1 if the first operation has got back the handler that the region stood in for, else 0. */
export function regionGone(m: RegionMachine, operation: number, handler: number): Value {
  const { code } = m;
  const now = code.load(wasm.i32Load, code.constant(operation), operationLayout.at.handler);
  return m.equal(now, m.constant(handler));
}
