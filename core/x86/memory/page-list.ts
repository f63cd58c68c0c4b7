/**
 * Linear pages that have been touched in a table, each once, so that a table of a million entries is emptied in as many
 * steps as it had uses.
 */

const LINEAR_PAGES = 1 << 20;
const BITS = 32;
const FIRST_ROOM = 1024;

export class PageList {
  /** The pages are `pages[0]` to `pages[count - 1]`. */
  pages = new Uint32Array(FIRST_ROOM);
  count = 0;
  private readonly listed = new Uint32Array(LINEAR_PAGES / BITS);

  add(page: number): void {
    const bit = 1 << (page & (BITS - 1));
    if ((this.listed[page >>> 5] & bit) !== 0) return;
    this.listed[page >>> 5] |= bit;
    if (this.count === this.pages.length) {
      const roomier = new Uint32Array(2 * this.count);
      roomier.set(this.pages);
      this.pages = roomier;
    }
    this.pages[this.count++] = page;
  }

  clear(): void {
    for (let index = 0; index < this.count; index++) this.listed[this.pages[index] >>> 5] = 0;
    this.count = 0;
  }
}
