/** The desktop front with its main process in reach: for what no page can see, such as dialogs, menus and its end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { programIn } from '../../../main/fronts/find-electron.ts';
import { desktopWords } from '../../../main/fronts/run-desktop.ts';
import { projectRoot } from '../../../scripts/tree.ts';

export interface ElectronApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface Screen {
  readonly environment: Record<string, string>;
  close(): void;
}

/** The person's display, or one of Xvfb's that nobody sees. */
export async function openScreen(): Promise<Screen> {
  // Variables that are not set are not listed.
  const environment = { ...(process.env as Record<string, string>) };
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return { environment, close() {} };
  const xvfb: ChildProcess = spawn('Xvfb', ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', '1600x1200x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = await once(xvfb.stdout!, 'data');
  return { environment: { ...environment, DISPLAY: `:${String(number).trim()}` }, close: () => void xvfb.kill() };
}

export const electronProgram = () => programIn(process.env.ASTRIDE_ELECTRON ?? '', process.platform);

export const electronWords = (dataFolder: string) =>
  desktopWords({ root: projectRoot, dataFolder, platform: process.platform, isRoot: process.getuid?.() === 0 });

export async function openElectron(dataFolder: string, { environment }: Screen): Promise<ElectronApp> {
  const electron = await _electron.launch({
    executablePath: electronProgram(),
    args: electronWords(dataFolder),
    env: environment,
  });
  const ended = once(electron.process(), 'exit').then(([code, signal]) => signal ?? code);
  const page = await electron.firstWindow();
  await page.getByRole('navigation', { name: 'Places' }).waitFor({ timeout: 60_000 });
  return { electron, page, ended };
}
