/**
 * The user-mode network: one small router at the other end of a guest's cable, which knows nothing of this computer's
 * own interfaces and needs no privilege.  It ends every conversation itself and holds a second one with the world outside.
 */

import { FIRST_GUEST } from './addresses.ts';
import type { DropReason, Drops } from './drops.ts';
import type { Outside } from './outside.ts';
import { Router } from './router.ts';
import { MOST_CONNECTIONS } from './tcp-table.ts';
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
  /** What the guest sent in vain, by reason. */
  readonly drops: Readonly<Drops>;
  /** The guest begins a new life: its conversations end, its lease is forgotten, the forwards go on listening. */
  reset(): void;
  /** Ends everything. Called once. */
  close(): void;
}

/** Reasons people should hear of: the guest did nothing wrong, or too much. */
const limits: Partial<Record<DropReason, string>> = {
  'too many connections': `it has ${MOST_CONNECTIONS} TCP connections open on its user network; further ones are refused`,
  'too many look-ups': 'it looks up too many names at once; further ones fail',
};

export function createUserNetwork({ outside, wire, forwards, report }: UserNetworkOptions): UserNetwork {
  const reported = new Set<DropReason>();
  const router = new Router(wire, outside, (reason) => {
    const sentence = limits[reason];
    if (sentence !== undefined && !reported.has(reason)) report(sentence);
    reported.add(reason);
  });
  wire.onFrame = (frame) => router.onFrame(frame);
  const listeners = forwards.map(({ hostPort, guestPort }) =>
    router.tcp.listen(hostPort, guestPort, () => router.leases.latest ?? FIRST_GUEST),
  );
  return {
    tick(nowMs) {
      // First what is on its way: an acknowledgement that waits in the cable spares a retransmission.
      wire.deliver();
      router.tick(nowMs);
      wire.deliver();
    },
    get openConversations() {
      return router.openConversations;
    },
    drops: router.drops,
    reset: () => router.clear(),
    close() {
      for (const listener of listeners) listener.close();
      router.clear();
      wire.onFrame = () => {};
    },
  };
}
