/**
 * All that a page in the desktop window gets of Electron: one port to main, handed over when it wishes for it.  Nothing is
 * put on the page's `window`, so there is nothing a page could call but what goes through the port, and main checks that.
 * Runs sandboxed, which is why the build makes one CommonJS file of it.
 */

import { ipcRenderer } from 'electron';
import { desktopOrigin, portOffer, portWish } from '../core/protocol/desktop-port.ts';

/** The little of the page's world that is used here; main's files are compiled without the DOM. */
interface Page {
  addEventListener(
    kind: 'message',
    listener: (event: { source: unknown; origin: string; data: unknown }) => void,
  ): void;
  postMessage(message: string, origin: string, ports: readonly unknown[]): void;
}
// A preload script always has a window.
const page = (globalThis as unknown as { window: Page }).window;

page.addEventListener('message', ({ source, origin, data }) => {
  if (source === page && origin === desktopOrigin && data === portWish) ipcRenderer.send(portWish);
});
ipcRenderer.on(portOffer, ({ ports }) => page.postMessage(portOffer, desktopOrigin, ports));
