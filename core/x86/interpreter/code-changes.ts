/**
 * Small changes of decoded code.  Programs that patch themselves mostly exchange a constant or a displacement, and the
 * instruction stays what it was: then its operation gets the new number, and all that was decoded around it stays.
 */

import type { MemoryAccess } from '../processor.ts';
import { type State, stateLayout } from '../state.ts';
import { BlockReader } from './block.ts';
import { LONGEST_CHANGE, REACH } from './block-records.ts';
import type { BlockWriter } from './block-writer.ts';
import type { CodePage, CodePages } from './code-pages.ts';
import { operationLayout } from './operation.ts';

const PAGE = 4096;
const MODE = stateLayout.at.mode;
const EIP = operationLayout.at.eip >>> 2;
const TARGET = operationLayout.at.target >>> 2;
const NEXT_EIP = operationLayout.at.nextEip >>> 2;

export class CodeChanges {
  private readonly state: State;
  /** Its own: a page walk in the middle of decoding may change code. */
  private readonly reader: BlockReader;
  private readonly pages: CodePages;
  private readonly blocks: BlockWriter;

  constructor(state: State, access: MemoryAccess, pages: CodePages, blocks: BlockWriter) {
    this.state = state;
    this.reader = new BlockReader(state, access);
    this.pages = pages;
    this.blocks = blocks;
  }

  /** Bytes changed. True if whatever was decoded from them says so now; else it has to be forgotten. */
  absorb(physical: number, length: number): boolean {
    const offset = physical & (PAGE - 1);
    if (length > LONGEST_CHANGE || offset + length > PAGE) return false;
    for (const page of this.pages.on(physical >>> 12)) {
      if (!this.absorbOn(page, physical >>> 12, offset, length)) return false;
    }
    return true;
  }

  private absorbOn(page: CodePage, physicalPage: number, offset: number, length: number): boolean {
    if (page.physicalPage !== physicalPage) return offset > REACH;
    const first = Math.max(offset - REACH, 0);
    if (!this.blocks.touched(page.entryMap, first, offset, offset + length)) return true;
    this.pages.tell(page, true);
    if (page.mode !== this.state.get(MODE)) return false;
    if (this.blocks.renew(page.entryMap, physicalPage * PAGE, first, offset, offset + length)) return true;
    return this.renewEach(page, first, offset, offset + length);
  }

  /** One by one, as the decoder has them. */
  private renewEach(page: CodePage, first: number, from: number, end: number): boolean {
    const { i32 } = this.state;
    const map = page.entryMap >>> 2;
    for (let at = first; at < end; at++) {
      const operation = i32[map + at] >>> 2;
      if (operation === 0 || at + i32[operation + NEXT_EIP] - i32[operation + EIP] <= from) continue;
      if (!this.renew(page, at, operation)) return false;
    }
    return true;
  }

  /** The instruction at that offset of the page has other bytes now. */
  private renew(page: CodePage, offset: number, operation: number): boolean {
    const { state, reader } = this;
    const { i32 } = state;
    // Others have a copy (template-reader.ts); or it is a jump, and those are never exchanged in place.
    if (i32[operation + TARGET] !== 0) return false;
    const eip = state.u32[operation + EIP];
    // Nothing beyond the page is fetched: whoever is longer now than before is another instruction anyway.
    const limit = eip + PAGE - 1 - offset;
    reader.begin(eip, page.physicalPage * PAGE + offset, page.linearPage * PAGE + offset - eip, limit);
    return reader.next() === null && this.blocks.rewrite(operation << 2, reader);
  }
}
