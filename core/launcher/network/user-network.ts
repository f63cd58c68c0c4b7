/**
 * The user-mode network: one small router at the other end of a guest's cable, which knows nothing of this computer's
 * own interfaces and needs no privilege.  It ends every conversation itself and holds a second one with the world outside.
 */

import type { Outside } from './outside.ts';
import type { WireEnd } from './wire.ts';

/** A port of this computer's 127.0.0.1 that leads into the guest. */
export interface Forward {
  readonly hostPort: number;
  readonly guestPort: number;
}

export interface UserNetworkOptions {
  readonly outside: Outside;
  /** The router's end; the guest's card holds the other. Its `onFrame` is set here. */
  readonly wire: WireEnd;
  readonly forwards: readonly Forward[];
  /** Hears sentences for people: a limit reached, once each. */
  readonly report: (sentence: string) => void;
}

export interface UserNetwork {
  /** Retransmits, times out, and delivers both ways. `nowMs` is the board's clock and never goes backwards. */
  tick(nowMs: number): void;
  /** TCP connections, names being looked up and datagrams that may still be answered; forwards that only listen do not count. */
  readonly openConversations: number;
  /** The guest begins a new life: its conversations end, its lease is forgotten, the forwards go on listening. */
  reset(): void;
  /** Ends everything. Called once. */
  close(): void;
}

export function createUserNetwork(options: UserNetworkOptions): UserNetwork {
  options.wire.onFrame = () => {};
  return { tick: () => {}, openConversations: 0, reset: () => {}, close: () => {} };
}
