/**
 * The bytes of one instruction, taken from the front.  What cannot be taken (a byte that cannot be fetched, a sixteenth
 * byte) is noted once and reads as zero from then on, so that nobody downstream has to ask after every byte.  Most
 * instructions lie ready in one piece of memory; only what lies beyond it is asked for one by one.
 */

/** SDM 2A 2.3.11: a longer one is #GP(0). */
export const LONGEST_INSTRUCTION = 15;

export type FetchFault = { readonly fault: 'fetch'; readonly at: number } | { readonly fault: 'too long' };

export class InstructionBytes {
  /** How many were taken. */
  length = 0;
  fault: FetchFault | null = null;
  private readonly read: (index: number) => number;
  private readonly memory: Uint8Array;
  private first = 0;
  private ready = 0;

  /** `read(i)` answers byte i of the instruction, or -1 if it cannot be fetched; it is asked in order. */
  constructor(read: (index: number) => number, memory: Uint8Array = new Uint8Array(0)) {
    this.read = read;
    this.memory = memory;
  }

  /** Starts with another instruction, whose first `ready` bytes lie at `first` in the memory. */
  open(first: number, ready: number): void {
    this.length = 0;
    this.fault = null;
    this.first = first;
    this.ready = Math.min(ready, LONGEST_INSTRUCTION);
  }

  byte(): number {
    const { length } = this;
    if (length >= this.ready) return this.further();
    this.length = length + 1;
    return this.memory[this.first + length];
  }

  signedByte(): number {
    return (this.byte() << 24) >> 24;
  }

  word(): number {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  signedWord(): number {
    return (this.word() << 16) >> 16;
  }

  /** Signed 32 bits. */
  double(): number {
    const low = this.word();
    return low | (this.word() << 16);
  }

  private further(): number {
    if (this.fault !== null) return 0;
    if (this.length === LONGEST_INSTRUCTION) return this.stop({ fault: 'too long' });
    const value = this.read(this.length);
    if (value < 0) return this.stop({ fault: 'fetch', at: this.length });
    this.length++;
    return value;
  }

  private stop(fault: FetchFault): 0 {
    this.fault = fault;
    return 0;
  }
}
