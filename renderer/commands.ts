/**
 * What the commands of the one list do just now.  A view that can do one offers it while it is on screen; a command
 * nobody offers is grey in every menu, and says what it needs when its shortcut is pressed all the same.
 */

import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type CommandDescription, type CommandName, commandList } from '../core/protocol/commands.ts';
import { useSay } from './store.ts';

export { type CommandDescription, type CommandName, commandList, menus } from '../core/protocol/commands.ts';

export interface Offer {
  readonly name: CommandName;
  readonly run: () => void;
}

interface Offers {
  /** In order of arrival: the last offer of a name counts. */
  readonly offers: readonly Offer[];
}

const OffersContext = createContext<StoreApi<Offers> | null>(null);

export function CommandsProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => createStore<Offers>(() => ({ offers: [] })));
  return createElement(OffersContext, { value: store }, children);
}

function useOffers(): StoreApi<Offers> {
  const store = useContext(OffersContext);
  if (!store) throw new Error('a command was offered outside <CommandsProvider>');
  return store;
}

export function actionOf(offers: readonly Offer[], name: CommandName): (() => void) | null {
  return offers.findLast((offer) => offer.name === name)?.run ?? null;
}

/** Offers a command while the calling view is mounted; `null` offers nothing. */
export function useCommand(name: CommandName, run: (() => void) | null): void {
  const store = useOffers();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const possible = run !== null;
  useEffect(() => {
    if (!possible) return;
    const offer: Offer = { name, run: () => latest.current?.() };
    store.setState(({ offers }) => ({ offers: [...offers, offer] }));
    return () => store.setState(({ offers }) => ({ offers: offers.filter((one) => one !== offer) }));
  }, [store, name, possible]);
}

/** Which commands somebody offers: those a menu does not grey out. */
export function usePossible(): ReadonlySet<CommandName> {
  const offers = useStore(useOffers(), (state) => state.offers);
  return new Set(offers.map((offer) => offer.name));
}

/** What is said when a command is chosen in vain. */
export function refusalOf({ label, needs }: CommandDescription): string {
  const what = label.replace('…', '');
  return needs === '' ? `“${what}” is not available here.` : `“${what}” needs ${needs}.`;
}

/** Does the first of these that somebody offers; if none is, says what the first one needs. */
export function useDo(): (...names: readonly CommandName[]) => void {
  const store = useOffers();
  const say = useSay();
  return useCallback(
    (...names) => {
      const { offers } = store.getState();
      const run = names.map((name) => actionOf(offers, name)).find((action) => action !== null);
      if (run) return run();
      const first = commandList.find(({ name }) => name === names[0]);
      if (first) say('error', refusalOf(first));
    },
    [store, say],
  );
}
