/** The app as the desktop window: a real Electron, whose folder ASTRIDE_ELECTRON names, on a display or on Xvfb. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { _electron, type ElectronApplication, errors } from 'playwright-core';
import { programIn } from '../../main/fronts/find-electron.ts';
import { desktopWords } from '../../main/fronts/run-desktop.ts';
import { projectRoot } from '../../scripts/tree.ts';
import { type App, type Driver, Problems, waitUntilUsable, windowSize } from './app.ts';

const QUIT_LIMIT_MS = 30_000;
const LAUNCH_LIMIT_MS = 60_000;

export function electronDriver(): Driver {
  let screen: Promise<Screen> | undefined;
  return {
    front: 'desktop',
    start: async (dataFolder) => {
      buildWhatIsStale();
      screen ??= findScreen();
      return startElectron((await screen).display, dataFolder);
    },
    close: async () => {
      (await screen)?.xvfb?.kill();
      screen = undefined;
    },
  };
}

/** As `npm start` would before it opens a window. */
function buildWhatIsStale(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: projectRoot, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

interface Screen {
  /** The variable DISPLAY. */
  readonly display: string;
  readonly xvfb?: ChildProcess;
}

/** The person's, or one that nobody sees: Xvfb picks a free number and says which. */
function findScreen(): Promise<Screen> {
  if (process.env.DISPLAY) return Promise.resolve({ display: process.env.DISPLAY });
  const xvfb = spawn('Xvfb', ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', '1600x1200x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    xvfb.on('error', reject);
    xvfb.on('exit', () => reject(new Error('Xvfb ended without a display')));
    xvfb.stdout.once('data', (number) => resolve({ display: `:${String(number).trim()}`, xvfb }));
  });
}

async function startElectron(display: string, dataFolder: string): Promise<App> {
  const electron = await launchElectron(display, dataFolder);
  const page = await electron.firstWindow();
  const problems = new Problems(page);
  const quit = () => quitElectron(electron);
  try {
    await electron.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
    }, windowSize);
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
    await waitUntilUsable(page, problems);
  } catch (error) {
    await quit();
    throw error;
  }
  return { page, problems, quit, withFile: (path, ask) => answerDialog(electron, path, ask) };
}

/**
 * Playwright holds Electron back until it is connected to both of its debuggers. On a busy machine a start has been seen
 * that was connected to both and never let go: such a one is given up, with a word, and repeated once.
 */
async function launchElectron(display: string, dataFolder: string): Promise<ElectronApplication> {
  const isRoot = process.getuid?.() === 0;
  const options = {
    executablePath: programIn(process.env.ASTRIDE_ELECTRON ?? '', process.platform),
    args: desktopWords({ root: projectRoot, dataFolder, platform: process.platform, isRoot }),
    env: { ...(process.env as Record<string, string>), DISPLAY: display }, // variables that are unset are not listed
    timeout: LAUNCH_LIMIT_MS,
  };
  try {
    return await _electron.launch(options);
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    process.stderr.write(
      `Electron was not let go by its debugger within ${LAUNCH_LIMIT_MS / 1000} s; starting it again.\n`,
    );
    return _electron.launch(options);
  }
}

/** By signal: closing the window would ask what is to become of running machines. */
async function quitElectron(electron: ElectronApplication): Promise<void> {
  const child = electron.process();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode !== null || child.signalCode !== null) return;
  const limit = setTimeout(() => child.kill('SIGKILL'), QUIT_LIMIT_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(limit);
  if (child.signalCode === 'SIGKILL') throw new Error('Electron did not end when asked to');
}

/** The system's dialog cannot be operated from here, so it is replaced by an answer. */
async function answerDialog(electron: ElectronApplication, path: string, ask: () => Promise<void>): Promise<void> {
  await electron.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: path });
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, path);
  await ask();
}
