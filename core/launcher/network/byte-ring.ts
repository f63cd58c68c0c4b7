/** A queue of bytes that grows when it must: what a connection has sent and may have to send again, and what comes next. */

const FIRST_CAPACITY = 4096;

export class ByteRing {
  private bytes = new Uint8Array(FIRST_CAPACITY);
  private start = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(added: Uint8Array): void {
    if (this.count + added.length > this.bytes.length) this.grow(this.count + added.length);
    const end = (this.start + this.count) % this.bytes.length;
    const first = Math.min(added.length, this.bytes.length - end);
    this.bytes.set(added.subarray(0, first), end);
    this.bytes.set(added.subarray(first), 0);
    this.count += added.length;
  }

  /** Forgets the oldest bytes; there must be so many. */
  drop(length: number): void {
    this.start = (this.start + length) % this.bytes.length;
    this.count -= length;
  }

  /** Fills `target` with what lies `offset` bytes behind the oldest; there must be so much. */
  copy(offset: number, target: Uint8Array): void {
    const from = (this.start + offset) % this.bytes.length;
    const first = Math.min(target.length, this.bytes.length - from);
    target.set(this.bytes.subarray(from, from + first));
    target.set(this.bytes.subarray(0, target.length - first), first);
  }

  private grow(needed: number): void {
    let capacity = this.bytes.length;
    while (capacity < needed) capacity *= 2;
    const bigger = new Uint8Array(capacity);
    this.copy(0, bigger.subarray(0, this.count));
    this.bytes = bigger;
    this.start = 0;
  }
}
