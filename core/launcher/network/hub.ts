/**
 * A hub: what one machine sends, every other one hears, in turns that depend on nothing but who was plugged in when.  It
 * learns nothing and filters nothing; a machine whose queue is full misses the frame, and the others do not wait for it.
 */

import { cable } from './cable.ts';
import type { WireEnd } from './wire.ts';

export interface Hub {
  /** A new socket of the hub: the end that a machine's card holds. */
  plug(): WireEnd;
  /** Pulls the plug of a machine that is gone. */
  unplug(end: WireEnd): void;
}

/** Answers to answers within one delivery; machines that never stop talking go on at the next one. */
const MOST_ROUNDS = 64;

export function createHub(): Hub {
  /** The machine's end of each cable, and ours. */
  const sockets = new Map<WireEnd, WireEnd>();
  let delivering = false;
  let flooded = false;

  const flood = (from: WireEnd, frame: Uint8Array) => {
    flooded = true;
    // Each listener owns its frame, so each gets a copy.
    for (const socket of sockets.values()) if (socket !== from) socket.send(frame.slice());
  };
  const deliverAll = (cables: readonly (() => void)[]) => {
    if (delivering) return;
    delivering = true;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      flooded = false;
      for (const deliver of cables) deliver();
      if (!flooded) break;
    }
    delivering = false;
  };

  return {
    plug() {
      const [theirs, ours] = cable();
      theirs.deliver = () => deliverAll([...sockets.values()].map((socket) => socket.deliver));
      ours.onFrame = (frame) => flood(ours, frame);
      sockets.set(theirs, ours);
      return theirs;
    },
    unplug(end) {
      const ours = sockets.get(end);
      if (ours) ours.onFrame = () => {};
      sockets.delete(end);
    },
  };
}
