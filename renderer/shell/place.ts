/**
 * Where in the window a person is.  It lies in the address behind '#', beside whatever else lies there (the browser front
 * keeps its token there), so that reloading, back and forward do what they do everywhere.
 */

export const machineTabs = ['console', 'crossings', 'settings'] as const;
export type MachineTab = (typeof machineTabs)[number];

export type Place =
  | { readonly view: 'home' }
  | { readonly view: 'machine'; readonly id: string; readonly tab: MachineTab }
  | { readonly view: 'compare' | 'log' | 'preferences' | 'about' };

const PREFIX = 'at=';

export function placeIn(hash: string): Place {
  const part = hash
    .replace(/^#/, '')
    .split('&')
    .find((one) => one.startsWith(PREFIX));
  const [view, id, tab] = (part ?? '').slice(PREFIX.length).split('/');
  if (view === 'compare' || view === 'log' || view === 'preferences' || view === 'about') return { view };
  if (view === 'machine' && id !== undefined && /^[a-z0-9-]{1,64}$/.test(id)) {
    return { view, id, tab: machineTabs.find((one) => one === tab) ?? 'console' };
  }
  return { view: 'home' };
}

/** The same hash with another place in it; everything else in it stays as it was. */
export function hashWith(hash: string, place: Place): string {
  const others = hash
    .replace(/^#/, '')
    .split('&')
    .filter((one) => one !== '' && !one.startsWith(PREFIX));
  const path = place.view === 'machine' ? `machine/${place.id}/${place.tab}` : place.view;
  return `#${[...others, `${PREFIX}${path}`].join('&')}`;
}

export function samePlace(one: Place, other: Place): boolean {
  return hashWith('', one) === hashWith('', other);
}
