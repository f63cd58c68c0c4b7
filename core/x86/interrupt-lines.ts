/** What waits outside the processor: a set of interrupt vectors and one latched NMI. Lowest vector first; each is taken once. */
export class InterruptLines {
  private readonly waiting = new Set<number>();
  nmi = false;
  /** Asked for at every entry, so it is kept and not computed. */
  anyVector = false;

  raise(vector: number): void {
    this.waiting.add(vector);
    this.anyVector = true;
  }

  takeVector(): number {
    const vector = Math.min(...this.waiting);
    this.waiting.delete(vector);
    this.anyVector = this.waiting.size > 0;
    return vector;
  }
}
