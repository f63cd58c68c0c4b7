/**
 * The view in a real browser, on crossings a real guest made: recorded, followed, paused, filtered, looked at, saved and
 * opened again.  By mouse and by keyboard alone.
 */

import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../scripts/tree.ts';
import { findBrowser } from '../../end-to-end/find-browser.ts';
import type { Recorded } from './page/page.tsx';
import { recordRun } from './real-recording.ts';

const found = findBrowser();

let server: ViteDevServer;
let browser: Browser;
let page: Page;
let recorded: string;
const complaints: string[] = [];

function recordFaults(): Recorded {
  const run = recordRun({
    image: 'faults',
    commandLine: 'pattern=touch pages=300',
    fastPath: false,
    budgetInstructions: 20_000_000,
  });
  const details = Object.fromEntries(run.crossings.map(({ number }) => [number, run.detail(number)]));
  return { crossings: run.crossings, details };
}

async function open(options = 'state=running'): Promise<void> {
  await page.goto(`${server.resolvedUrls!.local[0]}test/renderer/crossings/page/index.html?${options}`);
  await page.getByRole('region', { name: 'World switches of Faulting Fred' }).waitFor();
}

/** Records until there are some hundred crossings, and pauses. */
async function recordAndPause(): Promise<void> {
  await open();
  await page.evaluate(() => {
    window.stage.played = 600;
  });
  await page.getByRole('button', { name: 'Record crossings' }).click();
  await page.getByRole('grid').waitFor();
  await page.getByRole('button', { name: 'Pause machine' }).click();
  await page.getByRole('button', { name: 'Resume machine' }).waitFor();
}

/** Others may be using the computer. */
const patiently = { timeout: 20_000 };

const grid = () => page.getByRole('grid', { name: 'Crossings' });
const chosenRow = () => grid().locator('tr[aria-selected="true"]');
const rowCount = async () => Number(await grid().getAttribute('aria-rowcount')) - 1;

describe.skipIf('missing' in found)('the view of world switches', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    if ('missing' in found) return;
    recorded = JSON.stringify(recordFaults());
    server = await createServer({
      configFile: false,
      root: projectRoot,
      logLevel: 'error',
      plugins: [react()],
      cacheDir: 'node_modules/.cache/vite-crossings',
      // Found late they would make the page begin again.
      optimizeDeps: {
        include: ['react', 'react/jsx-dev-runtime', 'react-dom/client', 'valibot', 'zustand', 'zustand/vanilla'],
      },
      server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    });
    await server.listen();
    const environment = Object.entries({ ...process.env, ...found.environment });
    browser = await chromium.launch({
      executablePath: found.program,
      env: Object.fromEntries(environment.filter((one): one is [string, string] => one[1] !== undefined)),
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  }, 120_000);

  beforeEach(async () => {
    complaints.length = 0;
    await page?.close();
    page = await browser.newPage({ viewport: { width: 1180, height: 800 } });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.route('**/recorded.json', (route) => route.fulfill({ body: recorded, contentType: 'application/json' }));
    return () => expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('says what to do while there is nothing, and starts the machine', async () => {
    await open('state=stopped');
    await page.getByRole('heading', { name: 'This machine is not running' }).waitFor();
    await page.getByRole('button', { name: 'Start and record' }).click();
    await grid().waitFor();
    expect(await page.evaluate(() => window.stage.recording)).toBe(true);
  });

  test('follows a running guest, and freezes when somebody looks away', async () => {
    await open();
    await page.getByRole('button', { name: 'Record crossings' }).click();
    const follow = page.getByRole('button', { name: 'Follow live' });
    const newest = async () => Number(await grid().locator('tbody tr').last().locator('.number').innerText());
    await expect.poll(newest, patiently).toBeGreaterThan(200);
    expect(await follow.getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('img', { name: /^Timeline/ }).focus();
    await page.keyboard.press('Home');
    expect(await follow.getAttribute('aria-pressed')).toBe('false');
    const played = await page.evaluate(() => window.stage.played);
    await page.waitForTimeout(1000);
    // At most one look was already on its way.
    expect(await page.evaluate(() => window.stage.played)).toBeLessThanOrEqual(played + 60);
  });

  test('records only while it is open, and comes back with what it had', async () => {
    await recordAndPause();
    const before = await rowCount();
    await page.evaluate(() => window.stage.draw(false));
    await expect.poll(() => page.evaluate(() => window.stage.recording), patiently).toBe(false);
    await page.evaluate(() => window.stage.draw(true));
    await grid().waitFor();
    expect(await rowCount()).toBe(before);
    // Beginning again would make main forget what this list is about.
    expect(await page.evaluate(() => window.stage.recording)).toBe(false);
    await page.getByRole('button', { name: 'Resume machine' }).click();
    await expect.poll(() => page.evaluate(() => window.stage.recording), patiently).toBe(true);
  });

  test('is walked through by keyboard alone, and tells all about one crossing', async () => {
    await recordAndPause();
    await grid().focus();
    await page.keyboard.press('Home');
    const number = await chosenRow().locator('.number').innerText();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(Number(await chosenRow().locator('.number').innerText())).toBe(Number(number) + 2);
    await page.keyboard.press('Enter');
    const detail = page.getByRole('complementary', { name: `Crossing ${Number(number) + 2}` });
    await detail.getByRole('heading', { name: 'Registers' }).waitFor();
    expect(await detail.locator('[data-changed="true"]').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(await grid().getAttribute('aria-activedescendant')).toBe(`crossing-${Number(number) + 2}`);
  });

  test('shows how a fault’s walk went through both tables, and the code at both ends', async () => {
    await recordAndPause();
    await grid()
      .getByRole('row', { name: /user page fault reflected/ })
      .first()
      .click();
    const detail = page.getByRole('complementary');
    const walk = detail.getByRole('region', { name: 'Walk of the fault' });
    await walk.getByText('Shadow tables').waitFor();
    expect(await walk.locator('[data-ends="true"]').count()).toBeGreaterThan(0);
    await detail.getByText('so the fault is its kernel’s to answer').waitFor();
    const marked = detail.locator('[aria-current="location"]');
    await expect.poll(() => marked.count(), patiently).toBe(2);
    await detail.getByRole('button', { name: 'Next crossing' }).click();
    await detail.getByRole('heading', { name: /hypercall/ }).waitFor();
  });

  test('is filtered by cause, by ring, by place and by outcome', async () => {
    await recordAndPause();
    const all = await rowCount();
    await page.getByRole('button', { name: /^hypercall/ }).click();
    const withoutCalls = await rowCount();
    expect(withoutCalls).toBeLessThan(all);
    await page.getByLabel('guest kernel').uncheck();
    const programs = await rowCount();
    expect(programs).toBeLessThan(withoutCalls);
    await page.getByLabel('Outcome').fill('no such words');
    await page.getByText('No crossing on the list matches the filter.').waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).first().click();
    expect(await rowCount()).toBe(all);
    await page.getByLabel('Address or symbol').fill('0-ffffffff');
    expect(await rowCount()).toBe(all);
  });

  test('finds a bar by mouse, and zooms about it by wheel', async () => {
    await recordAndPause();
    await page.getByRole('button', { name: 'One by one' }).click();
    const canvas = page.getByRole('img', { name: /^Timeline/ });
    const { x, y, width, height } = (await canvas.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height - 14);
    await page.locator('.crossings-tip').waitFor();
    const onAxis = () => grid().locator('tr[data-on-axis="true"]').count();
    const before = await onAxis();
    await page.mouse.wheel(0, -800);
    await expect.poll(onAxis, patiently).toBeLessThan(before);
    await page.mouse.click(x + width / 2, y + height - 14);
    await page.getByRole('complementary').waitFor();
    expect(await chosenRow().count()).toBe(1);
  });

  test('saves what the filter leaves, details and all, and opens it again where no machine runs', async () => {
    await recordAndPause();
    await page.getByLabel('Outcome').fill('cr2');
    const saved = await rowCount();
    await page.locator('summary', { hasText: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Recording, with all details' }).click();
    const path = await (await download).path();
    expect(JSON.parse(readFileSync(path, 'utf8')).details).toHaveLength(saved);

    await open('state=stopped');
    await page.getByLabel('Recording or trace of crossings').first().setInputFiles(path);
    await grid().waitFor();
    expect(await rowCount()).toBe(saved);
    await page.getByRole('button', { name: /^user page fault reflected/ }).dblclick();
    expect(await rowCount()).toBeLessThan(saved);
    await grid()
      .getByRole('row', { name: /user page fault reflected/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'Walk of the fault' }).waitFor();
    await page.getByRole('button', { name: 'Back to the machine' }).click();
    await page.getByRole('heading', { name: 'This machine is not running' }).waitFor();
  });

  test('refuses a file that is none, and says why', async () => {
    await open('state=stopped');
    const file = { name: 'odd.json', mimeType: 'application/json', buffer: Buffer.from('{"format": "other"}') };
    await page.getByLabel('Recording or trace of crossings').first().setInputFiles(file);
    await page
      .getByRole('alert')
      .getByText(/^odd\.json: This file is not a recording/)
      .waitFor();
  });

  test('tells whoever cannot see the picture what it shows', async () => {
    await recordAndPause();
    const words = page.locator('#crossings-in-words');
    expect(await words.innerText()).toMatch(/^500 crossings between [\d,]+ and [\d,]+ on the board's clock: \d+ times/);
    expect(await page.getByRole('img', { name: /^Timeline/ }).getAttribute('aria-describedby')).toBe(
      'crossings-in-words',
    );
  });
});
