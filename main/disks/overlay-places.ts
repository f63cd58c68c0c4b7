/**
 * Which places of an overlay file are taken.  A place that the last flush made part of the disk's safe state stays taken
 * until the next flush is through, even if something newer has replaced it: a crash would want it back.
 */

import { StorageError } from '../../core/launcher/devices/block/storage.ts';
import { FIRST_PLACE } from './overlay-layout.ts';

const MOST_PLACES = 2 ** 32;

export class OverlayPlaces {
  private taken = new Uint8Array(1024);
  /** Places from here on have never been used. */
  private end: number = FIRST_PLACE;
  private freeBelowEnd = 0;
  private cursor: number = FIRST_PLACE;
  /** Taken since the last flush: nobody would want them back. */
  private readonly fresh = new Set<number>();
  private readonly replaced = new Set<number>();

  /** One more than the last place in use. */
  get count(): number {
    return this.end;
  }

  /** For an overlay that was just read: false if somebody else has it already. Call `settle` after the last one. */
  claim(place: number): boolean {
    this.reach(place + 1);
    if (this.taken[place] !== 0) return false;
    this.taken[place] = 1;
    this.freeBelowEnd--;
    return true;
  }

  /** Neighbours come one after the other as long as there are any, so that they can be written together. */
  take(): number {
    if (this.freeBelowEnd === 0) this.reach(this.end + 1);
    const found = this.taken.subarray(0, this.end).indexOf(0, this.cursor);
    const place = found >= 0 ? found : this.taken.indexOf(0, FIRST_PLACE);
    this.cursor = place + 1;
    this.taken[place] = 1;
    this.freeBelowEnd--;
    this.fresh.add(place);
    return place;
  }

  /** Something newer lies elsewhere, or what was meant for this place never got there. */
  release(place: number): void {
    if (this.fresh.delete(place)) this.free(place);
    else this.replaced.add(place);
  }

  /** A flush is through: what it wrote is the safe state now, and nobody wants the one before back. */
  settle(): void {
    this.fresh.clear();
    for (const place of this.replaced) this.free(place);
    this.replaced.clear();
  }

  private free(place: number): void {
    this.taken[place] = 0;
    this.freeBelowEnd++;
  }

  private reach(end: number): void {
    if (end <= this.end) return;
    if (end > MOST_PLACES) throw new StorageError('an overlay holds 16 TiB at most');
    if (end > this.taken.length) {
      const larger = new Uint8Array(Math.max(end, this.taken.length * 2));
      larger.set(this.taken);
      this.taken = larger;
    }
    this.freeBelowEnd += end - this.end;
    this.end = end;
  }
}
