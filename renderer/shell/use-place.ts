/** The place as the components see it: read with a hook, changed with another, kept in the address. */

import { useCallback, useSyncExternalStore } from 'react';
import { hashWith, type Place, placeIn, samePlace } from './place.ts';

/** Ours, because pushState tells nobody. */
const MOVED = 'astride-moved';

function onMove(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener('hashchange', listener);
  window.addEventListener(MOVED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener('hashchange', listener);
    window.removeEventListener(MOVED, listener);
  };
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(
    onMove,
    () => window.location.hash,
    () => '',
  );
  return placeIn(hash);
}

/** Any view may send the person elsewhere. */
export function useGo(): (place: Place) => void {
  return useCallback((place) => {
    const { hash } = window.location;
    if (samePlace(placeIn(hash), place)) return;
    window.history.pushState(null, '', hashWith(hash, place));
    window.dispatchEvent(new Event(MOVED));
  }, []);
}
