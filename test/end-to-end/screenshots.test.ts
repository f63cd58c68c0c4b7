/**
 * Pictures of every view, light and dark, for the README: `ASTRIDE_SCREENSHOTS=1 npx vitest run test/end-to-end/screenshots`.
 * They show real machines at work, so their numbers differ each time, and they are made only when somebody asks.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/tree.ts';
import { available } from '../extras.ts';
import { shelf } from '../linux/kernel-shelf.ts';
import type { App } from './app.ts';
import { browserDriver } from './browser-driver.ts';
import {
  choose,
  consoleText,
  createOwnMachine,
  PATIENCE_MS,
  places,
  pressRun,
  setCommandLine,
  tab,
  waitForConsole,
  waitForState,
  waitForTotal,
} from './moves.ts';

const wanted = process.env.ASTRIDE_SCREENSHOTS === '1';
const pictures = join(projectRoot, 'docs', 'screenshots');
const LIMIT_MS = 8 * PATIENCE_MS;

describe.skipIf(!wanted || !available('browser'))('screenshots', { timeout: LIMIT_MS }, () => {
  const driver = browserDriver();
  let folder: string;
  let app: App;
  const place = (name: string) => places(app.page).getByRole('button', { name, exact: true }).click();

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'astride-screenshots-'));
    app = await driver.start(join(folder, 'astride'));
  }, LIMIT_MS);

  afterAll(async () => {
    await app?.quit();
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  /** Both themes of what is on the screen, with nothing under the pointer. */
  async function picture(name: string): Promise<void> {
    const { page } = app;
    await page.mouse.move(0, 0);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe(theme);
      // A theme is also painted on canvases, a frame later.
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  }

  test('a machine at work, its fast path flipped while it runs', async () => {
    const { page } = app;
    await choose(page, 'hello');
    await pressRun(page, 'hello', 'Start');
    await waitForState(page, 'hello', 'Powered off');
    await choose(page, 'trouble');
    await pressRun(page, 'trouble', 'Start');
    await waitForState(page, 'trouble', 'Killed');
    await choose(page, 'faults');
    await setCommandLine(page, 'pattern=touch pages=10000 rounds=100000');
    await pressRun(page, 'faults', 'Start');
    await waitForTotal(page, 'userPageFaults', (faults) => faults > 0);
    await page.waitForTimeout(20_000);
    await page.getByRole('switch', { name: 'Fast path' }).click();
    await waitForTotal(page, 'reflectedBySwitcher', (faults) => faults > 0);
    await page.waitForTimeout(20_000);
    await picture('machine');
  });

  test('world switches, one of them opened', async () => {
    const { page } = app;
    // With it on, the faults of programs never get as far as the host.
    await page.getByRole('switch', { name: 'Fast path' }).click();
    await tab(page, 'World switches');
    const rows = page.getByRole('grid', { name: 'Crossings' });
    const record = page.getByRole('button', { name: 'Record crossings' });
    if (await record.isVisible()) await record.click();
    await expect
      .poll(async () => Number(await rows.getAttribute('aria-rowcount')), { timeout: PATIENCE_MS })
      .toBeGreaterThan(100);
    await page.getByRole('button', { name: 'Pause machine' }).click();
    await waitForState(page, 'faults', 'Paused');
    await rows.getByRole('row').filter({ hasText: 'page fault' }).last().click();
    await page.getByText('Left here').waitFor();
    await picture('world-switches');
  });

  test('settings', async () => {
    await tab(app.page, 'Settings');
    await picture('settings');
  });

  test('a comparison', async () => {
    const { page } = app;
    await place('Compare');
    await picture('compare-first');
    await page.getByRole('button', { name: /Run “faults”/ }).click();
    await page.getByRole('heading', { name: 'Everything counted' }).waitFor({ timeout: 2 * PATIENCE_MS });
    await picture('compare');
  });

  test('Linux at its shell', async (context) => {
    const kernel = shelf(process.env.ASTRIDE_KERNELS).findLast(({ initrd, twin }) => initrd !== null && !twin);
    if (!kernel?.initrd) return context.skip('no kernel with an initial RAM disk');
    const { page } = app;
    await createOwnMachine(page, {
      name: 'linux',
      kernel: kernel.path,
      initrd: kernel.initrd,
      commandLine: 'console=hvc0',
    });
    await pressRun(page, 'linux', 'Start');
    await expect.poll(() => consoleText(page), { timeout: LIMIT_MS }).toMatch(/[#$] ?$/);
    await page.locator('[data-machine-console]').click();
    await page.keyboard.type('uname -a\n');
    await waitForConsole(page, /^Linux .*i[3-6]86/m);
    await picture('linux');
  });

  test('the library', async () => {
    await place('All machines');
    await picture('library');
  });

  test('the wizard', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'New machine' }).last().click();
    await page
      .getByRole('dialog')
      .getByRole('radio', { name: /^faults/ })
      .check();
    await page.waitForTimeout(2000);
    await picture('wizard');
    await page.keyboard.press('Escape');
  });

  test.each(['Log', 'Preferences', 'About'])('%s', async (name) => {
    await place(name);
    await picture(name.toLowerCase());
  });
});
