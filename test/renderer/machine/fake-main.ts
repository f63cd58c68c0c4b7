/** A main that answers what a test tells it to, and remembers what it was asked. */

import type { EventName, Events } from '../../../core/protocol/messages.ts';
import type { Answer, Argument, Method } from '../../../core/protocol/requests.ts';
import type { Connection } from '../../../renderer/connection.ts';

type Answers = { readonly [M in Method]?: (argument: Argument<M>) => Answer<M> | Promise<Answer<M>> };

export interface FakeMain {
  readonly connection: Connection;
  tell<Name extends EventName>(name: Name, value: Events[Name]): void;
  asked<M extends Method>(method: M): Argument<M>[];
}

export function fakeMain(answers: Answers): FakeMain {
  const asked: { method: Method; argument: unknown }[] = [];
  const listeners = new Map<EventName, Set<(value: never) => void>>();
  const connection: Connection = {
    alive: true,
    async ask(method, argument) {
      asked.push({ method, argument });
      const answer = answers[method];
      // Methods without an answer here are those that answer null.
      return answer === undefined ? (null as Awaited<ReturnType<Connection['ask']>> as never) : answer(argument);
    },
    on(name, listener) {
      const known = listeners.get(name) ?? new Set();
      known.add(listener);
      listeners.set(name, known);
      return () => known.delete(listener);
    },
    onLost: () => () => {},
  };
  return {
    connection,
    // A listener was registered under the name it is found under.
    tell: (name, value) => listeners.get(name)?.forEach((listener) => void listener(value as never)),
    asked: <M extends Method>(method: M) =>
      // The list remembers arguments with their methods.
      asked.filter((one) => one.method === method).map((one) => one.argument as Argument<M>),
  };
}
