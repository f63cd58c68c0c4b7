/** The one window of the desktop front: made, shown, kept in its place, asked before it closes. */

import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { desktopOrigin } from '../../core/protocol/desktop-port.ts';
import type { Workstation } from '../workstation/parts.ts';
import { lockedPreferences } from './locked-window.ts';
import { keepWindowPlace, openingPlace, readWindowPlace, smallestWindow } from './window-place.ts';

interface WindowStart {
  readonly workstation: Workstation;
  readonly dataFolder: string;
  readonly preload: string;
  readonly icon: string;
  /** Whether the person wants to be asked. */
  readonly confirmsClose: () => boolean;
}

/** As the page's own background, so that nothing flashes. */
const backgrounds = { dark: '#14161a', light: '#ffffff' } as const;

/** Opens hidden and shows itself when there is something to see. */
export function openWindow(start: WindowStart): BrowserWindow {
  const placeFile = join(start.dataFolder, 'window.json');
  const kept = readWindowPlace(placeFile);
  const window = new BrowserWindow({
    ...openingPlace(
      kept,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    ),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Astride',
    icon: start.icon,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
    webPreferences: { ...lockedPreferences, preload: start.preload },
  });
  if (kept?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    keepWindowPlace(placeFile, { ...window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  askBeforeClosing(window, start);
  surviveCrashes(window, start.workstation);
  void window.loadURL(`${desktopOrigin}/`);
  return window;
}

let quitting = false;

/** From now on windows close without a question. */
export function quitWithoutAsking(): void {
  quitting = true;
  app.quit();
}

function askBeforeClosing(window: BrowserWindow, { workstation, confirmsClose }: WindowStart): void {
  let isAsking = false;
  window.on('close', async (event) => {
    const count = workstation.running;
    if (quitting || count === 0 || !confirmsClose()) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: count === 1 ? 'A machine is running.' : `${count} machines are running.`,
      detail: 'Closing Astride powers them off. What they wrote to their disks is kept.',
      buttons: ['Power off and close', 'Keep running'],
      defaultId: 1,
      cancelId: 1,
    });
    isAsking = false;
    if (response === 0) quitWithoutAsking();
  });
}

/** Machines live in main and go on; the page comes back and asks for everything anew. */
function surviveCrashes(window: BrowserWindow, workstation: Workstation): void {
  window.webContents.on('render-process-gone', async (_, { reason }) => {
    if (quitting || reason === 'clean-exit') return;
    workstation.log('error', '', `The window crashed (${reason}); machines go on running.`);
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: 'The window crashed.',
      detail: `Machines go on running. The reason given is "${reason}".`,
      buttons: ['Open it again', 'Quit'],
    });
    if (response === 0) window.webContents.reload();
    else quitWithoutAsking();
  });
}
