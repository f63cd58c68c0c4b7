/**
 * One end of an Ethernet cable.  A network card's model holds one end; at the other is a hub, or the small router that
 * stands for this computer.  Frames are whole (destination first, no checksum at the end) and belong to the receiver.
 * Sending only puts a frame into the cable; `deliver` is when the other side hears of it, so nobody is ever called back
 * in the middle of its own sentence.
 */

export interface WireEnd {
  /** Sends a frame to the other end; it is lost if the cable is full. */
  send(frame: Uint8Array): void;
  /** Set by whoever holds this end: hears frames from the other. Called from `deliver` (of any end) and nowhere else. */
  onFrame: (frame: Uint8Array) => void;
  /**
   * Set by whoever holds this end: whether it would take one more frame now. Until it says yes frames wait in the cable,
   * and then the sender learns by `otherEndHasRoom` to wait too. Says yes until it is set.
   */
  hasRoom: () => boolean;
  /** False when the next frame would be lost; a polite sender asks before it sends a lot. */
  readonly otherEndHasRoom: boolean;
  /**
   * Hands over what waits in the cable, both ways, answers to it included. A card calls it after it has emptied its
   * transmit queue and after its receive queue was refilled; within `onFrame` it does nothing.
   */
  deliver(): void;
}
