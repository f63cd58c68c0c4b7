/**
 * The bytes of one instruction, taken from the front.  What cannot be taken (a byte that cannot be fetched, a sixteenth
 * byte) is noted once and reads as zero from then on, so that nobody downstream has to ask after every byte.
 */

/** SDM 2A 2.3.11: a longer one is #GP(0). */
export const LONGEST_INSTRUCTION = 15;

export type FetchFault = { readonly fault: 'fetch'; readonly at: number } | { readonly fault: 'too long' };

export class InstructionBytes {
  /** How many were taken. */
  length = 0;
  fault: FetchFault | null = null;
  private readonly read: (index: number) => number;

  constructor(read: (index: number) => number) {
    this.read = read;
  }

  byte(): number {
    if (this.fault !== null) return 0;
    if (this.length === LONGEST_INSTRUCTION) return this.stop({ fault: 'too long' });
    const value = this.read(this.length);
    if (value < 0) return this.stop({ fault: 'fetch', at: this.length });
    this.length++;
    return value;
  }

  signedByte(): number {
    return (this.byte() << 24) >> 24;
  }

  word(): number {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  /** Signed 32 bits. */
  double(): number {
    const low = this.word();
    return low | (this.word() << 16);
  }

  private stop(fault: FetchFault): 0 {
    this.fault = fault;
    return 0;
  }
}
