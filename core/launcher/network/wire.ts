/**
 * One end of an Ethernet cable.  A network card's model holds one end; at the other is a hub, or the small router that
 * stands for this computer.  Frames are whole (destination first, no checksum at the end) and belong to the receiver.
 */

export interface WireEnd {
  /** Sends a frame to the other end. */
  send(frame: Uint8Array): void;
  /** Set by whoever holds this end: hears frames from the other. Never called from within `send` of the same end. */
  onFrame: (frame: Uint8Array) => void;
  /** Set by whoever holds this end: whether it would take more frames now without dropping any. True until set. */
  hasRoom: () => boolean;
  /** What the other end's `hasRoom` says; a polite sender asks before it sends a lot. */
  readonly otherEndHasRoom: boolean;
}
