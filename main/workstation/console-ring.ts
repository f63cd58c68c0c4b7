/**
 * The last of what a console printed, in blocks, each byte under its number since the run began.  Windows that come late
 * or fall behind read from here; what is older than the oldest block is in the log file, if anywhere.
 */

const BLOCK_BYTES = 64 * 1024;
export const RING_BYTES = 8 * 1024 * 1024;

export class ConsoleRing {
  private readonly limit: number;
  /** All but the last are full. */
  private blocks: Uint8Array[] = [];
  /** Number of the first byte of the first block. */
  private first: number;
  private past: number;

  /** `at` is the number of the first byte that will be appended. */
  constructor(at = 0, limit = RING_BYTES) {
    this.limit = limit;
    this.first = at;
    this.past = at;
  }

  get begin(): number {
    return this.first;
  }

  get end(): number {
    return this.past;
  }

  /** Copies. */
  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const used = (this.past - this.first) % BLOCK_BYTES;
      if (used === 0) this.blocks.push(new Uint8Array(BLOCK_BYTES));
      const piece = bytes.subarray(done, done + BLOCK_BYTES - used);
      this.blocks.at(-1)!.set(piece, used); // pushed above, if not before
      done += piece.length;
      this.past += piece.length;
    }
    while (this.past - this.first - BLOCK_BYTES >= this.limit) {
      this.blocks.shift();
      this.first += BLOCK_BYTES;
    }
  }

  /** A copy of what is kept from `at` on, at most `most` bytes and at most a block. Precondition: begin ≤ at. */
  read(at: number, most: number): Uint8Array {
    const block = this.blocks[Math.floor((at - this.first) / BLOCK_BYTES)];
    if (block === undefined || at >= this.past) return new Uint8Array(0);
    const from = (at - this.first) % BLOCK_BYTES;
    return block.slice(from, Math.min(BLOCK_BYTES, from + most, from + this.past - at));
  }
}
