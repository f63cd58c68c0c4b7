/** The app as a test meets it, whichever front draws it: a page, what went wrong on it, and a way to end it. */

import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { projectRoot } from '../../scripts/tree.ts';

export interface App {
  readonly page: Page;
  /** What the page complained about and no test had announced. */
  readonly problems: Problems;
  /** Does what leads to a question for a file, and answers with this path. */
  withFile(path: string, ask: () => Promise<void>): Promise<void>;
  /** Ends everything, as a person would who closes it for today. */
  quit(): Promise<void>;
}

export interface Driver {
  readonly front: 'browser' | 'desktop';
  /** Starts the app on this data folder and waits until its window can be used. */
  start(dataFolder: string): Promise<App>;
  /** After the last test: what was shared between starts is ended. */
  close(): Promise<void>;
}

/** Errors that reach the page's console or nobody at all. */
export class Problems {
  readonly seen: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(page: Page) {
    page.on('pageerror', (error) => this.note(`uncaught: ${error.stack ?? error.message}`));
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') this.note(`${message.text()} (${message.location().url})`);
    });
    page.on('crash', () => this.note('the page crashed'));
  }

  /** From now on such a complaint is what the test is about. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  private note(problem: string): void {
    if (!this.expected.some((pattern) => pattern.test(problem))) this.seen.push(problem);
  }
}

/** The size of every window under test, and so of every screenshot. */
export const windowSize = { width: 1280, height: 800 } as const;

export async function waitUntilUsable(page: Page, problems: Problems): Promise<void> {
  try {
    // Until the library is read, nothing leads to a machine.
    await page.locator('[aria-label="Library of machines"][aria-busy="false"]').waitFor({ timeout: 60_000 });
  } catch {
    const shown = await page.locator('body').innerText();
    throw new Error(`the window shows "${shown}"; its page complained: ${problems.seen.join('; ') || 'not at all'}`);
  }
}

/** What was on the screen when a test failed, beside what was built. */
export async function keepScreenshot(page: Page, test: string): Promise<void> {
  const name = test.replaceAll(/[^\w]+/g, '-');
  // A page that is gone has no picture, and the test has failed already.
  await page.screenshot({ path: join(projectRoot, 'out', 'failed', `${name}.png`) }).catch(() => {});
}
