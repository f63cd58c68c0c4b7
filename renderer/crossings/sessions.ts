/** Every machine's session, for as long as the window has its connection: a view that comes back finds its own. */

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Connection } from '../connection.ts';
import { type CrossingsSession, type CrossingsState, newSession } from './crossings-session.ts';

const sessions = new WeakMap<Connection, Map<string, CrossingsSession>>();

export function sessionOf(connection: Connection, id: string): CrossingsSession {
  const ofConnection = sessions.get(connection) ?? new Map<string, CrossingsSession>();
  sessions.set(connection, ofConnection);
  const session = ofConnection.get(id) ?? newSession(connection, id);
  ofConnection.set(id, session);
  return session;
}

export function useSession(connection: Connection, id: string): CrossingsSession {
  return useMemo(() => sessionOf(connection, id), [connection, id]);
}

export function useCrossings<T>({ store }: CrossingsSession, choose: (state: CrossingsState) => T): T {
  return useStore(store, choose);
}
