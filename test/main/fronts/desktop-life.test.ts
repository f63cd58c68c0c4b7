/** The desktop window as the system sees it: menus, a second start, a question before it closes, a place it keeps. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../scripts/tree.ts';
import { available } from '../../extras.ts';
import {
  type ElectronApp,
  electronProgram,
  electronWords,
  openElectron,
  openScreen,
  type Screen,
} from './electron-app.ts';

/** What a window manager may add or take at the edges. */
const EDGE = 60;

describe.skipIf(!available('electron'))('the desktop window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'astride-life-'));
  let screen: Screen;
  let app: ElectronApp;
  /** The last test ends the app; whoever talks to it after that is told nothing. */
  let over = false;

  beforeAll(async () => {
    spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: projectRoot });
    screen = await openScreen();
    app = await openElectron(folder, screen);
  }, 120_000);
  afterAll(async () => {
    if (!over) app?.electron.process().kill('SIGTERM');
    await app?.ended;
    screen?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('does what is chosen in the menu bar', async () => {
    await app.electron.evaluate(({ Menu }) => {
      const help = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Help');
      help?.submenu?.items.find(({ label }) => label.startsWith('About'))?.click();
    });
    await app.page.waitForURL(/about/);
    expect(await app.page.locator('main').innerText()).toContain('lguest');
  });

  test('is one to a data folder: a second start sends its caller there and ends', async () => {
    const second = spawn(electronProgram(), electronWords(folder), {
      env: screen.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.stderr.on('data', (text) => {
      said += text;
    });
    expect(await once(second, 'close')).toEqual([0, null]);
    expect(said).toContain('astride: it is open already');
  }, 60_000);

  test('asks before it closes over running machines, and stays if told to', async () => {
    await app.page.getByRole('navigation', { name: 'Places' }).getByText('faults').first().click();
    await app.page.keyboard.press('Control+Shift+Enter');
    await app.page.getByText('Running').first().waitFor();
    const asked = await app.electron.evaluate(async ({ BrowserWindow, dialog }) => {
      const questions: string[] = [];
      // Main calls it with a window and what to ask; the answer is its second button.
      dialog.showMessageBox = (async (_: unknown, { message }: { message: string }) => {
        questions.push(message);
        return { response: 1, checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
      BrowserWindow.getAllWindows()[0].close();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { questions, windows: BrowserWindow.getAllWindows().length };
    });
    expect(asked).toEqual({ questions: ['A machine is running.'], windows: 1 });
  }, 60_000);

  test('powers them off and ends if told so, and opens next time where it was', async () => {
    const place = { x: 120, y: 140, width: 900, height: 600 };
    await app.electron.evaluate(({ BrowserWindow, dialog }, place) => {
      BrowserWindow.getAllWindows()[0].setBounds(place);
      dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
      setTimeout(() => BrowserWindow.getAllWindows()[0].close(), 200);
    }, place);
    expect(await app.ended).toBe(0);

    app = await openElectron(folder, screen);
    const now = await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getNormalBounds());
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(Math.abs(now[side] - place[side])).toBeLessThan(EDGE);
    }
    await app.page.getByRole('navigation', { name: 'Places' }).getByText('Log').click();
    await app.page.getByText('it was powered off').first().waitFor();
  }, 120_000);

  test('ends in order when the system asks it to', async () => {
    app.electron.process().kill('SIGTERM');
    expect(await app.ended).toBe(0);
    over = true;
  });
});
