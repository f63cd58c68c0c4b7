/**
 * Numbers requests, matches answers to them and hands events round, above any carrier that takes a message to main.
 * What main sends is trusted: the fence against nonsense stands on main's side, where the strangers are.
 */

import type { EventName, Events, ToMain, ToWindow } from '../../core/protocol/messages.ts';
import { type Connection, RefusedRequest } from '../connection.ts';

export interface Carrier {
  /** What the carrier calls for every message from main, in order. */
  readonly receive: (message: ToWindow) => void;
  /** What it calls when there will be no more. Calling twice is harmless. */
  readonly lose: () => void;
  readonly connection: Connection;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: RefusedRequest): void;
}

type Listeners = { [Name in EventName]?: Set<(value: Events[Name]) => void> };

const GONE = 'Astride has ended; nothing more can be asked of it.';

/** A connection over `send`, which may be called until `lose` was. */
export function connectOver(send: (message: ToMain) => void): Carrier {
  const waiting = new Map<number, Waiting>();
  const listeners: Listeners = {};
  const lostListeners = new Set<() => void>();
  let [asked, alive] = [0, true];

  const settle = (number: number): Waiting | undefined => {
    const one = waiting.get(number);
    waiting.delete(number);
    return one;
  };

  const receive = (message: ToWindow) => {
    if (message.kind === 'answer') settle(message.number)?.resolve(message.value);
    else if (message.kind === 'refusal') settle(message.number)?.reject(new RefusedRequest(message.sentence));
    else tell(listeners, message.name, message.value);
  };

  const lose = () => {
    if (!alive) return;
    alive = false;
    for (const one of waiting.values()) one.reject(new RefusedRequest(GONE));
    waiting.clear();
    for (const listener of lostListeners) listener();
  };

  const connection: Connection = {
    ask: (method, argument) =>
      new Promise((resolve, reject) => {
        if (!alive) return reject(new RefusedRequest(GONE));
        const number = asked++;
        // Main answers with what the table says; the number is what ties the two together.
        waiting.set(number, { resolve: resolve as Waiting['resolve'], reject });
        send({ kind: 'request', number, method, argument });
      }),
    on: (name, listener) => listen(listeners, name, listener),
    get alive() {
      return alive;
    },
    onLost(listener) {
      lostListeners.add(listener);
      return () => lostListeners.delete(listener);
    },
  };
  return { receive, lose, connection };
}

function listen<Name extends EventName>(listeners: Listeners, name: Name, listener: (value: Events[Name]) => void) {
  // Each name's set holds that name's listeners; TypeScript cannot see it through the generic key.
  const those = (listeners[name] ?? new Set()) as Set<(value: Events[Name]) => void>;
  listeners[name] = those as Listeners[Name];
  those.add(listener);
  return () => {
    those.delete(listener);
  };
}

function tell<Name extends EventName>(listeners: Listeners, name: Name, value: Events[Name]): void {
  for (const listener of listeners[name] ?? []) listener(value);
}
