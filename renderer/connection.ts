/**
 * The window's only way out: requests of the one table, and events.  Which carrier lies below (Electron's port or a
 * WebSocket) is decided in one place; components see this and nothing else.
 */

import type { EventName, Events } from '../core/protocol/messages.ts';
import type { Answer, Argument, Method } from '../core/protocol/requests.ts';

/** A request that was refused; its message is a sentence for the person. */
export class RefusedRequest extends Error {}

export interface Connection {
  /** Rejects with RefusedRequest. */
  ask<M extends Method>(method: M, argument: Argument<M>): Promise<Answer<M>>;
  /** Returns what ends the listening. */
  on<Name extends EventName>(name: Name, listener: (value: Events[Name]) => void): () => void;
  /** False once main is gone; the window then says so and offers to reload. */
  readonly alive: boolean;
  onLost(listener: () => void): () => void;
}
