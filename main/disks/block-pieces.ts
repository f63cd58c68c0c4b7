/** Disks that remember what was written do so in blocks; a request may begin and end at any sector. */

export const BLOCK_BYTES = 4096;

export interface BlockPiece {
  readonly block: number;
  /** Within the block. */
  readonly offset: number;
  readonly length: number;
  /** Within the request. */
  readonly from: number;
}

/** Cuts a request at the borders of blocks. */
export function* blockPieces(at: number, length: number): Generator<BlockPiece> {
  for (let from = 0; from < length; ) {
    const block = Math.floor((at + from) / BLOCK_BYTES);
    const offset = at + from - block * BLOCK_BYTES;
    const some = Math.min(BLOCK_BYTES - offset, length - from);
    yield { block, offset, length: some, from };
    from += some;
  }
}

/** Calls `onRun` for each longest stretch of places that follow one another: what one read or write can carry. */
export function eachRun(places: readonly number[], onRun: (first: number, count: number) => void): void {
  for (let first = 0; first < places.length; ) {
    let count = 1;
    while (first + count < places.length && places[first + count] === places[first] + count) count++;
    onRun(first, count);
    first += count;
  }
}
