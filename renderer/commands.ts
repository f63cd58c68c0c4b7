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
const ShownContext = createContext(true);

export function CommandsProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => createStore<Offers>(() => ({ offers: [] })));
  return createElement(OffersContext, { value: store }, children);
}

/** What is mounted but not shown (a console behind another tab) offers nothing. */
export function CommandsWhile({ shown, children }: { shown: boolean; children: ReactNode }) {
  return createElement(ShownContext, { value: shown }, children);
}

function useOffers(): StoreApi<Offers> {
  const store = useContext(OffersContext);
  if (!store) throw new Error('a command was offered outside <CommandsProvider>');
  return store;
}

export function actionOf(offers: readonly Offer[], name: CommandName): (() => void) | null {
  return offers.findLast((offer) => offer.name === name)?.run ?? null;
}

// @journey glass/commands  What can be done is known by who can do it
//
// Menus, palette, shortcuts and the desktop's own menu bar all read one list of names.  What a name does is not in the
// list: the view that can do it offers to, while it is on screen and its machine is in the right state.  Grey means that
// nobody offered; nothing anywhere repeats the rule that made it so.
/** Offers a command while the calling view is shown; `null` offers nothing. */
export function useCommand(name: CommandName, run: (() => void) | null): void {
  const store = useOffers();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const possible = useContext(ShownContext) && run !== null;
  useEffect(() => {
    if (!possible) return;
    const offer: Offer = { name, run: () => latest.current?.() };
    store.setState(({ offers }) => ({ offers: [...offers, offer] }));
    return () => store.setState(({ offers }) => ({ offers: offers.filter((one) => one !== offer) }));
  }, [store, name, possible]);
}
// @end

/** Which commands somebody offers: those a menu does not grey out. */
export function usePossible(): ReadonlySet<CommandName> {
  const offers = useStore(useOffers(), (state) => state.offers);
  return new Set(offers.map((offer) => offer.name));
}

/** What is said when a command is chosen in vain. */
export function refusalOf({ label, needs }: CommandDescription): string {
  return `“${label.replace('…', '')}” needs ${needs}.`;
}

/**
 * Does the first of these that somebody offers; if none is, says what the first one needs.  Returns false if nothing was
 * done or said, because the command needs nothing but a view that is not on screen: then the key was not for us.
 */
export function useDo(): (...names: readonly CommandName[]) => boolean {
  const store = useOffers();
  const say = useSay();
  return useCallback(
    (...names) => {
      const { offers } = store.getState();
      const run = names.map((name) => actionOf(offers, name)).find((action) => action !== null);
      const first = commandList.find(({ name }) => name === names[0]);
      if (run) run();
      else if (first && first.needs !== '') say('error', refusalOf(first));
      else return false;
      return true;
    },
    [store, say],
  );
}
