/**
 * What is known of a kernel, and how we know.  A header is what somebody wrote once, a run is what the kernel did before
 * our eyes, and the two may disagree; so no fact here goes without its origin, and what nobody told us stays null.
 */

export type Origin =
  /** The first kilobyte of the file. */
  | 'header'
  /** Bytes further back in the file. */
  | 'file'
  /** The symbol table of an ELF file. */
  | 'symbols'
  /** A trial run on a board of its own. */
  | 'run';

export interface Fact<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

export const fact = <Value>(value: Value, origin: Origin): Fact<Value> => ({ value, origin });
