/** TCP's sequence numbers go round (RFC 793 §3.3): only differences mean anything, and only while below 2^31. */

/** `from + bytes`, unsigned. */
export function advance(from: number, bytes: number): number {
  return (from + bytes) >>> 0;
}

/** How far `to` lies beyond `from`; negative if it lies before it. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}
