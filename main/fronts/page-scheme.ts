/**
 * `app://astride/…`: the window's files inside Electron.  A scheme of our own rather than file://, because only a page with
 * an origin and headers can be isolated, and because this one cannot lead to any other file.
 */

import { protocol } from 'electron';
import { desktopScheme } from '../../core/protocol/desktop-port.ts';
import { isOwnPage } from './own-page.ts';
import type { PageFile } from './page-files.ts';
import { pageHeaders } from './page-headers.ts';

/** Must be called while the main script loads, before anything is awaited: Electron reads it once. */
export function announcePageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true };
  protocol.registerSchemesAsPrivileged([{ scheme: desktopScheme, privileges }]);
}

/** Precondition: the app is ready. */
export function servePageScheme(files: ReadonlyMap<string, PageFile>): void {
  protocol.handle(desktopScheme, (request) => {
    const file = isOwnPage(request.url) ? files.get(new URL(request.url).pathname) : undefined;
    if (!file || request.method !== 'GET') return new Response('There is no such file.\n', { status: 404 });
    return new Response(file.bytes, { headers: { ...pageHeaders(), 'content-type': file.type } });
  });
}
