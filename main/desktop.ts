/**
 * The desktop front: Electron's main process.  It owns a window and a menu bar and nothing else; everything asked goes to
 * the workstation, as in a browser.  What a page may not do is in fronts/locked-window.ts.
 */

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, Menu, nativeTheme, session, shell } from 'electron';
import { menuTemplate } from './fronts/desktop-menu.ts';
import { openWindow, quitWithoutAsking } from './fronts/desktop-window.ts';
import { followPreferences } from './fronts/known-preferences.ts';
import { denyNetwork, denyPermissions, lockEveryPage } from './fronts/locked-window.ts';
import { builtFolder, pageFolder } from './fronts/own-folders.ts';
import { openOwnWorkstation } from './fronts/own-workstation.ts';
import { readPageFiles } from './fronts/page-files.ts';
import { announcePageScheme, servePageScheme } from './fronts/page-scheme.ts';
import { startWithoutOpenGl } from './fronts/plain-gtk.ts';
import { connectPage } from './fronts/port-window.ts';
import { SAID_ITSELF } from './fronts/run-desktop.ts';
import { dataFolder } from './fronts/usual-place.ts';

announcePageScheme();
// With --no-sandbox (root on Linux has no other way) Chromium dies when it is told both.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
// The page is our own and comes from memory: a process for the network that nobody may use costs 15 MiB.
app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2');
// Of the page's young objects hardly any grow old, and its code waits for people: small costs it nothing anyone sees,
// and the usual 16 MiB of young objects and generous code would be kept for as long as the window is open.
app.commandLine.appendSwitch('js-flags', '--max-semi-space-size=1 --optimize-for-size');
startWithoutOpenGl(process.env, app.whenReady());
lockEveryPage(app, (address) => void shell.openExternal(address));

// Chromium has its own opinions about the words of a command line, so ours is taken from it by name.
const chosen = app.commandLine.getSwitchValue('data') || null;
const folder = dataFolder(chosen, {
  platform: process.platform,
  environment: process.env,
  home: homedir(),
  workingFolder: process.cwd(),
});

/** One window to a data folder: whoever comes second brings the first to the front. */
function isFirst(): boolean {
  const chromium = join(folder, 'chromium');
  mkdirSync(chromium, { recursive: true });
  app.setPath('userData', chromium);
  return app.requestSingleInstanceLock();
}

async function run(): Promise<void> {
  const [workstation] = await Promise.all([openOwnWorkstation(folder, 'desktop'), app.whenReady()]);
  // No sooner: Chromium takes signals for itself while it starts, and its own quitting would stop at a question.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, quitWithoutAsking);
  denyPermissions(session.defaultSession);
  denyNetwork(session.defaultSession);
  servePageScheme(readPageFiles(pageFolder));
  const preferences = followPreferences(workstation, ({ theme }) => {
    nativeTheme.themeSource = theme;
  });
  const window = openWindow({
    workstation,
    dataFolder: folder,
    preload: join(builtFolder, 'preload.cjs'),
    icon: join(pageFolder, 'icon.png'),
    confirmsClose: () => preferences().confirmClose,
  });
  const page = connectPage(window, workstation);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, page.command)));
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    void workstation.close().finally(() => app.exit());
  });
}

function giveUp(error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`astride: ${sentence}\n`);
  dialog.showErrorBox('Astride cannot start', sentence);
  app.exit(SAID_ITSELF);
}

app.on('window-all-closed', () => app.quit());
try {
  if (isFirst()) run().catch(giveUp);
  else {
    process.stderr.write('astride: it is open already, and its window was asked to come forward\n');
    app.exit(0);
  }
} catch (error) {
  giveUp(error);
}
