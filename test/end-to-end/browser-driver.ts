/** The app in a real browser: Chromium, started afresh for each file of tests, with a new profile for each start. */

import { type Browser, chromium, type Page } from 'playwright-core';
import { type App, type Driver, Problems, waitUntilUsable, windowSize } from './app.ts';
import { findBrowser } from './find-browser.ts';
import { startFront } from './start-front.ts';

const words = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The same letters on every computer that has the same fonts.
  '--font-render-hinting=none',
];

export function browserDriver(): Driver {
  let launched: Promise<Browser> | undefined;
  return {
    front: 'browser',
    start: async (dataFolder) => {
      launched ??= launchBrowser();
      return startInBrowser(await launched, dataFolder);
    },
    close: async () => {
      await (await launched)?.close();
      launched = undefined;
    },
  };
}

function launchBrowser(): Promise<Browser> {
  const found = findBrowser();
  if ('missing' in found) throw new Error(found.missing);
  return chromium.launch({
    executablePath: found.program,
    env: { ...(process.env as Record<string, string>), ...found.environment }, // variables that are unset are not listed
    args: words,
  });
}

async function startInBrowser(browser: Browser, dataFolder: string): Promise<App> {
  const front = await startFront(dataFolder);
  const context = await browser.newContext({ viewport: windowSize, reducedMotion: 'reduce', colorScheme: 'light' });
  const page = await context.newPage();
  const problems = new Problems(page);
  const quit = async () => {
    await context.close();
    await front.stop();
  };
  try {
    await page.goto(front.address);
    await waitUntilUsable(page, problems);
  } catch (error) {
    await quit();
    throw error;
  }
  return { page, problems, quit, withFile: (path, ask) => typePath(page, path, ask) };
}

/** A browser shows no files of this computer, so the page asks for the path. */
async function typePath(page: Page, path: string, ask: () => Promise<void>): Promise<void> {
  await ask();
  const question = page.getByRole('dialog');
  await question.getByLabel('Path of the file').fill(path);
  await question.getByRole('button', { name: /^(Save|Choose)$/ }).click();
}
