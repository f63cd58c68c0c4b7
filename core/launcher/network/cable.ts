/**
 * A cable: two ends, and a bounded queue of frames on the way to each.  A frame that finds its queue full is lost, as it
 * would be on copper; a sender that minds asks `otherEndHasRoom` first.
 */

import type { WireEnd } from './wire.ts';

/** As many as a card's transmit ring holds: one kick's worth is never lost. */
export const CABLE_FRAMES = 256;
/** Answers to answers within one delivery; two ends that never stop talking go on at the next one. */
const MOST_ROUNDS = 64;

class CableEnd implements WireEnd {
  onFrame: (frame: Uint8Array) => void = () => {};
  hasRoom: () => boolean = () => true;
  deliver: () => void = () => {};
  other: CableEnd = this;
  /** Frames on the way to this end. */
  private coming: Uint8Array[] = [];

  send(frame: Uint8Array): void {
    if (this.otherEndHasRoom) this.other.coming.push(frame);
  }

  get otherEndHasRoom(): boolean {
    return this.other.coming.length < CABLE_FRAMES;
  }

  /** Hands over the frames that were there when it was asked; whether there were any that this end took. */
  hear(): boolean {
    const { coming } = this;
    if (coming.length === 0 || !this.hasRoom()) return false;
    this.coming = [];
    let heard = 0;
    while (heard < coming.length && this.hasRoom()) this.onFrame(coming[heard++]);
    // What was not taken goes first next time; what came meanwhile stays within the bound.
    if (heard < coming.length) this.coming = [...coming.slice(heard), ...this.coming].slice(0, CABLE_FRAMES);
    return true;
  }
}

/** Two ends joined by a cable. */
export function cable(): [WireEnd, WireEnd] {
  const [left, right] = [new CableEnd(), new CableEnd()];
  left.other = right;
  right.other = left;
  let delivering = false;
  left.deliver = right.deliver = () => {
    if (delivering) return;
    delivering = true;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const [toRight, toLeft] = [right.hear(), left.hear()];
      if (!toRight && !toLeft) break;
    }
    delivering = false;
  };
  return [left, right];
}
