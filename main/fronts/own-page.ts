/** Which addresses are of our own window, and where its links may lead. */

import { desktopOrigin } from '../../core/protocol/desktop-port.ts';

/** Compared by its parts: a prefix would take app://astride.example too. */
export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, port, username, password } = new URL(address);
  return `${protocol}//${host}` === desktopOrigin && port === '' && username === '' && password === '';
}

/** Where a link may lead, in the person's own browser. */
const linkedPlaces = ['https://lwn.net/', 'https://en.wikipedia.org/', 'https://www.kernel.org/'];

export const mayOpen = (address: string): boolean =>
  URL.canParse(address) && linkedPlaces.some((place) => new URL(address).href.startsWith(place));
