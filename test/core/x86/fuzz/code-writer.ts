/**
 * Machine code in the making: bytes at an address, with labels that may be used before they are placed.  Jumps take
 * their long or short form as they are told, and one that does not reach goes somewhere else.
 */

export interface Label {
  address: number | null;
}

interface Gap {
  readonly at: number;
  readonly bytes: 1 | 4;
  readonly label: Label;
  /** Counted from behind the gap, or absolute with something added. */
  readonly relative: boolean;
  readonly added: number;
}

export class CodeWriter {
  readonly origin: number;
  readonly bytes: number[] = [];
  private readonly gaps: Gap[] = [];

  constructor(origin: number) {
    this.origin = origin;
  }

  get here(): number {
    return this.origin + this.bytes.length;
  }

  put(...bytes: number[]): void {
    this.bytes.push(...bytes);
  }

  double(value: number): void {
    this.put(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  }

  newLabel(): Label {
    return { address: null };
  }

  place(label: Label): void {
    label.address = this.here;
  }

  /** A relative distance of one byte or four. */
  distance(label: Label, bytes: 1 | 4): void {
    this.leave({ at: this.bytes.length, bytes, label, relative: true, added: 0 });
  }

  /** The label's address, `added` to it. */
  address(label: Label, added = 0): void {
    this.leave({ at: this.bytes.length, bytes: 4, label, relative: false, added });
  }

  /** The finished bytes; a short jump that does not reach goes wherever its low byte says. */
  finish(): Uint8Array {
    for (const { at, bytes, label, relative, added } of this.gaps) {
      if (label.address === null) throw new Error('a label was never placed');
      const value = label.address + added - (relative ? this.origin + at + bytes : 0);
      for (let index = 0; index < bytes; index++) this.bytes[at + index] = (value >>> (8 * index)) & 0xff;
    }
    return Uint8Array.from(this.bytes);
  }

  private leave(gap: Gap): void {
    this.gaps.push(gap);
    for (let index = 0; index < gap.bytes; index++) this.bytes.push(0);
  }
}
