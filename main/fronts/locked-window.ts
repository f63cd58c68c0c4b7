/**
 * What no page in the desktop window may do, whatever it loads or is talked into: Electron's security checklist, in one
 * place.  Applies to every web contents the app ever makes, not only to the one we know of.
 */

import type { App, Session, WebContents } from 'electron';
import { isOwnPage, mayOpen } from './own-page.ts';

// @journey glass/locked-window  A window that can do nothing but ask
// A page inside Electron could be given all of Node, and for years such pages were.  Ours draws bytes that guests printed,
// and guests are hostile until proven dull, so it gets less than a page in any browser: no Node, no network, no other
// page, no new window, no permission.  One port leads out of it, to the router, and that has a table.  Should somebody
// draw their way out of a terminal one day, this is where they will find themselves: in an empty room with a form to fill in.
/** Of pages; the preload script is CommonJS because the sandbox knows nothing else. */
export const lockedPreferences = {
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  sandbox: true,
  webviewTag: false,
  webSecurity: true,
  spellcheck: false,
  // Guests run in threads of main, but their consoles are drawn here; a hidden window must keep taking their bytes.
  backgroundThrottling: false,
} as const;

/** `openOutside` shows an address in the person's browser. Call before the first window. */
export function lockEveryPage(app: App, openOutside: (address: string) => void): void {
  app.on('web-contents-created', (_, contents) => lockPage(contents, openOutside));
}

function lockPage(contents: WebContents, openOutside: (address: string) => void): void {
  contents.on('will-navigate', (event) => {
    // A reload is one too.
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpen(url)) openOutside(url);
    return { action: 'deny' };
  });
}

/** A console copies and pastes by the page's own copy and paste events, which ask for no permission. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_, __, grant) => grant(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Schemes that fetch nothing from anywhere: what the page made itself, and the developer tools. */
const harmlessSchemes = ['data:', 'blob:', 'devtools:'];

/** Nothing is fetched but our own files. The page's policy says so too; this holds even where a page has none. */
export function denyNetwork(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !isOwnPage(url) && !harmlessSchemes.some((scheme) => url.startsWith(scheme)) });
  });
}
// @end
