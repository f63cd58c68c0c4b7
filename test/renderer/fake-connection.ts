/**
 * A connection to nobody, for tests of the window and for looking at it without main: what is asked is answered by what
 * the test laid out, everything asked is kept, and events are told by hand.
 */

import type { EventName, Events } from '../../core/protocol/messages.ts';
import type { Answer, Argument, Method } from '../../core/protocol/requests.ts';
import { type Connection, RefusedRequest } from '../../renderer/connection.ts';

export type FakeAnswers = { [M in Method]?: (argument: Argument<M>) => Answer<M> | Promise<Answer<M>> };

export interface FakeConnection {
  readonly connection: Connection;
  /** Everything asked so far, in order. */
  readonly asked: readonly { readonly method: Method; readonly argument: unknown }[];
  tell<Name extends EventName>(name: Name, value: Events[Name]): void;
  /** As if main had died. */
  lose(): void;
}

/** A request nobody laid out an answer for is refused with a sentence that names it. */
export function fakeConnection(answers: FakeAnswers): FakeConnection {
  const asked: { method: Method; argument: unknown }[] = [];
  const listeners = new Set<{ name: EventName; listener: (value: never) => void }>();
  const lost = new Set<() => void>();
  let alive = true;
  const connection: Connection = {
    async ask(method, argument) {
      asked.push({ method, argument });
      if (!alive) throw new RefusedRequest('Astride has ended.');
      const answer = answers[method];
      if (!answer) throw new RefusedRequest(`Nobody answers ${method} here.`);
      return answer(argument);
    },
    on(name, listener) {
      const entry = { name, listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    get alive() {
      return alive;
    },
    onLost(listener) {
      lost.add(listener);
      return () => lost.delete(listener);
    },
  };
  return {
    connection,
    asked,
    tell(name, value) {
      // The entry was made with this name, so its listener takes this name's value.
      for (const entry of [...listeners]) if (entry.name === name) entry.listener(value as never);
    },
    lose() {
      alive = false;
      for (const listener of lost) listener();
    },
  };
}
