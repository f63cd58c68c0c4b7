/**
 * `app://astride/…`: the window's files inside Electron.  A scheme of our own rather than file://, because only a page with
 * an origin and headers can be isolated, and because this one cannot lead to any other file.
 */

import { protocol } from 'electron';
import { desktopOrigin, desktopScheme } from '../../core/protocol/desktop-port.ts';
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
    const { host, pathname } = new URL(request.url);
    const file = isOwnPage(`${desktopScheme}://${host}/`) ? files.get(pathname) : undefined;
    if (!file || request.method !== 'GET') return new Response('There is no such file.\n', { status: 404 });
    return new Response(file.bytes, { headers: { ...pageHeaders(), 'content-type': file.type } });
  });
}

/** Whether an address is of our own window. Compared by its parts: a prefix would take app://astride.example too. */
export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol: scheme, host } = new URL(address);
  return `${scheme}//${host}` === desktopOrigin;
}
