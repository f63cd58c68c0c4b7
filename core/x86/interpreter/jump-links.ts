/**
 * Direct jumps that know their target's operation.  A jump may go straight there while both lie on one page, for they
 * will be dropped together; one whose target is not decoded yet waits for it.
 */

import { segmentNumber } from '../instruction.ts';
import { type State, segmentAddress, segmentLayout } from '../state.ts';
import type { CodePage } from './code-pages.ts';
import { operationLayout } from './operation.ts';

const PAGE = 4096;
const CS_BASE = (segmentAddress(segmentNumber.cs) + segmentLayout.at.base) >>> 2;
const TARGET_EIP = operationLayout.at.targetEip >>> 2;
const TARGET = operationLayout.at.target >>> 2;

export class JumpLinks {
  private readonly i32: Int32Array;

  constructor(state: State) {
    this.i32 = state.i32;
  }

  /** Sends a direct jump to its target, if that lies on its page, now or as soon as it is decoded. */
  link(page: CodePage, jump: number): void {
    const { i32 } = this;
    const linear = (i32[CS_BASE] + i32[(jump >>> 2) + TARGET_EIP]) >>> 0;
    if (linear >>> 12 !== page.linearPage) return;
    const offset = linear & (PAGE - 1);
    const known = i32[(page.entryMap >>> 2) + offset];
    if (known !== 0) {
      i32[(jump >>> 2) + TARGET] = known;
      return;
    }
    const others = page.waiting.get(offset);
    if (others === undefined) page.waiting.set(offset, [jump]);
    else others.push(jump);
  }

  /** The instruction at `offset` of the page is decoded: jumps that waited for it go there. */
  arrive(page: CodePage, offset: number, operation: number): void {
    const { waiting } = page;
    if (waiting.size === 0) return;
    const jumps = waiting.get(offset);
    if (jumps === undefined) return;
    for (const jump of jumps) this.i32[(jump >>> 2) + TARGET] = operation;
    waiting.delete(offset);
  }

  /** That operation of the page is about to be written over: it waits no longer. */
  forget(page: CodePage, operation: number): void {
    for (const jumps of page.waiting.values()) {
      const at = jumps.indexOf(operation);
      if (at >= 0) jumps.splice(at, 1);
    }
  }
}
