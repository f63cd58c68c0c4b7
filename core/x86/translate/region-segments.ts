/** Segments as regions reach memory through them: flat ones are nothing, others are asked for their limits each time. */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { segmentNumber } from '../instruction.ts';
import { mode, segmentAddress, segmentLayout } from '../state.ts';
import { RegionFlags } from './region-flags.ts';

const segmentField = segmentLayout.at;
const flatBit: Readonly<Record<number, number>> = {
  [segmentNumber.es]: mode.flatExtra,
  [segmentNumber.ss]: mode.flatStack,
  [segmentNumber.ds]: mode.flatData,
};

export abstract class RegionSegments extends RegionFlags {
  private readonly modeBits: number;

  constructor(code: FunctionBuilder, modeBits: number) {
    super(code);
    this.modeBits = modeBits;
  }

  /** Leaves the region before the present instruction has changed anything. */
  abstract leaveIf(condition: Value): void;

  protected isFlat(segment: number): boolean {
    return (this.modeBits & (flatBit[segment] ?? 0)) !== 0;
  }

  protected throughStack(offset: Value, size: number, write: boolean): Value {
    return this.isFlat(segmentNumber.ss) ? offset : this.throughSegment(segmentNumber.ss, offset, size, write);
  }

  /** Linear address of `offset`, if the segment allows the access. */
  protected throughSegment(segment: number, offset: Value, size: number, write: boolean): Value {
    const at = segmentAddress(segment);
    const low = this.state(at + (write ? segmentField.writeLow : segmentField.readLow));
    const high = this.state(at + (write ? segmentField.writeHigh : segmentField.readHigh));
    const last = this.add(offset, this.constant(size - 1));
    this.leaveIf(this.below(offset, low));
    this.leaveIf(this.below(high, last));
    this.leaveIf(this.below(last, offset));
    this.leaveIf(this.below(high, low));
    return this.add(offset, this.state(at + segmentField.base));
  }
}
