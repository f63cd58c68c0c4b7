/** Things that come from outside while a guest runs or sleeps: keys, packets, a resized terminal. They end its sleep. */

export class Arrivals {
  private wake = new AbortController();
  private fresh = false;

  /** Something arrived. */
  note(): void {
    this.fresh = true;
    this.wake.abort();
  }

  /** Whether anything arrived since this was last asked: a guest that idled before may have been woken. */
  takeFresh(): boolean {
    const { fresh } = this;
    this.fresh = false;
    return fresh;
  }

  /** Aborted at the next arrival. */
  next(): AbortSignal {
    if (this.wake.signal.aborted && !this.fresh) this.wake = new AbortController();
    return this.wake.signal;
  }
}
