/** What waits outside the processor: a set of interrupt vectors and one latched NMI. Lowest vector first; each is taken once. */
export class InterruptLines {
  private readonly waiting = new Set<number>();
  nmi = false;

  raise(vector: number): void {
    this.waiting.add(vector);
  }

  get anyVector(): boolean {
    return this.waiting.size > 0;
  }

  takeVector(): number {
    const vector = Math.min(...this.waiting);
    this.waiting.delete(vector);
    return vector;
  }
}
