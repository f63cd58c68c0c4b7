/**
 * The token in the page's address.  It is the fragment, which browsers send to nobody; we take it out of the address bar
 * so that a screenshot does not show it, and keep it for this tab, so that a reload finds its way back.
 */

const KEPT_AS = 'astride token';
const MARK = 'token=';

/** The empty string if neither the address nor the tab has one. Other parts of the fragment stay. */
export function takeToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'>): string {
  const { location, history, sessionStorage } = page;
  const parts = location.hash.replace(/^#/, '').split('&');
  const brought = parts.find((part) => part.startsWith(MARK));
  if (brought !== undefined) {
    sessionStorage.setItem(KEPT_AS, brought.slice(MARK.length));
    const others = parts.filter((part) => part !== brought).join('&');
    history.replaceState(null, '', location.pathname + location.search + (others === '' ? '' : `#${others}`));
  }
  return sessionStorage.getItem(KEPT_AS) ?? '';
}
