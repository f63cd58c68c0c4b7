/**
 * Who owns which part of the board's RAM.  Guests get one contiguous block each, so that guest-physical becomes
 * host-physical by a single addition; the host's own tables get pages.  It refuses to be clever: first fit, merged on
 * return, the same order every time.
 */

import { type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';

/** The board has no room for what was asked: the caller asked for too much, or built too small a board. */
export class BoardFull extends Error {
  override readonly name = 'BoardFull';
}

interface FreeRange {
  from: number;
  to: number;
}

export class BoardRam {
  readonly #memory: PhysicalMemory;
  readonly #free: FreeRange[];
  /** Nothing at or above this was ever handed out, so it still holds the zeros it was born with. */
  #untouchedFrom: number;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    // Page 0 stays unused: an address of 0 that turns up somewhere is then always a mistake.
    this.#free = [{ from: PAGE_BYTES, to: memory.size - (memory.size % PAGE_BYTES) }];
    this.#untouchedFrom = PAGE_BYTES;
  }

  /** A zeroed block of whole pages; throws BoardFull. */
  allocate(pages: number): HostPhysical {
    const length = pages * PAGE_BYTES;
    const index = this.#free.findIndex((range) => range.to - range.from >= length);
    if (index < 0) throw new BoardFull(`the board has no ${pages} free pages in a row`);
    const range = this.#free[index];
    const at = range.from;
    range.from += length;
    if (range.from === range.to) this.#free.splice(index, 1);
    if (at < this.#untouchedFrom) this.#memory.fill(at, Math.min(length, this.#untouchedFrom - at), 0);
    this.#untouchedFrom = Math.max(this.#untouchedFrom, at + length);
    return at as HostPhysical; // the one place where board addresses are born
  }

  /** Takes back a block exactly as it was allocated. */
  release(at: HostPhysical, pages: number): void {
    this.#free.push({ from: at, to: at + pages * PAGE_BYTES });
    this.#free.sort((one, other) => one.from - other.from);
    for (let index = this.#free.length - 1; index > 0; index--) {
      const [lower, upper] = [this.#free[index - 1], this.#free[index]];
      if (lower.to !== upper.from) continue;
      lower.to = upper.to;
      this.#free.splice(index, 1);
    }
  }
}
