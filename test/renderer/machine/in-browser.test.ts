/**
 * The console and the counters of a machine in a real browser, with nobody behind them: what only a browser can show, such
 * as twenty megabytes going through a terminal without a line lost.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../end-to-end/find-browser.ts';

const found = findBrowser();
const why = 'missing' in found ? `: ${found.missing}` : '';

describe.skipIf('missing' in found)(`a machine's view in a browser${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'astride-machine-'));
  let server: Server;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    if ('missing' in found) return;
    await buildPage(folder);
    server = await serve(folder);
    const environment = { ...process.env, ...found.environment };
    // Variables that are unset are not listed.
    const env = environment as Record<string, string>;
    browser = await chromium.launch({ executablePath: found.program, env, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(addressOf(server));
    await page.locator('[data-machine-console] .xterm').waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const text = () => page.evaluate<string>("document.querySelector('[data-machine-console]').terminal.text()");
  const say = (words: string) => page.evaluate(`machine.say(${JSON.stringify(words)})`);
  const typed = () => page.evaluate<string>("machine.typed.splice(0).join('')");
  const focusConsole = () => page.locator('[data-machine-console]').click();

  test('shows what is printed and sends what is typed, in order', async () => {
    await say('who? ');
    await expect.poll(text).toBe('who?');
    await focusConsole();
    await page.keyboard.type('Ada\n', { delay: 1 });
    await expect.poll(typed).toBe('Ada\r');
  });

  test('tells the guest how large its console is', async () => {
    const told = await page.evaluate<string>('machine.sizes.at(-1)');
    const shown = await page.evaluate<string>(
      "(({ cols, rows }) => cols + 'x' + rows)(document.querySelector('[data-machine-console]').terminal.terminal)",
    );
    expect(told).toBe(shown);
  });

  test('pastes a text longer than a message, whole', async () => {
    const line = 'a line of a long paste\r';
    await page.evaluate(
      `document.querySelector('[data-machine-console]').terminal.paste(${JSON.stringify(line)}.repeat(9000))`,
    );
    let got = '';
    const length = async () => {
      got += await typed();
      return got.length;
    };
    await expect.poll(length, { timeout: 20_000 }).toBe(line.length * 9000);
    expect(got).toBe(line.repeat(9000));
  });

  test('lets the keyboard out again', async () => {
    await focusConsole();
    await page.keyboard.press('Control+F6');
    expect(await page.evaluate('document.activeElement.closest("[role=toolbar]") !== null')).toBe(true);
  });

  test('finds what scrolled away', async () => {
    await say(`a needle\r\n${'hay\r\n'.repeat(200)}`);
    await focusConsole();
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('needle');
    await expect.poll(() => page.locator('.machine-search-count').innerText()).toBe('1 of 1');
    await page.keyboard.press('Escape');
  });

  test('keeps every line of twenty megabytes, in order, with nothing kept but the scrollback', async () => {
    const lines = 330_000;
    await page.evaluate(countLines);
    await page.evaluate(`machine.flood(${lines})`);
    const seen = () => page.evaluate<{ next: number; wrong: number }>('({ next, wrong })');
    await expect.poll(async () => (await seen()).next, { timeout: 240_000, interval: 500 }).toBe(lines);
    expect((await seen()).wrong).toBe(0);
    const kept = await page.evaluate<number>(
      "document.querySelector('[data-machine-console]').terminal.terminal.buffer.active.length",
    );
    expect(kept).toBeLessThan(10_200);
  }, 300_000);

  test('says that nobody listens once the guest is gone, keeps its last words, and begins below them', async () => {
    await say('last\nwords\r\nhalf a line\x1b[31');
    await page.evaluate("machine.become({ is: 'ended', end: 'killed', reason: 'It jumped to 0xdeadbeef.' })");
    await page.getByText('Killed: It jumped to 0xdeadbeef.').waitFor();
    await focusConsole();
    await page.keyboard.type('x');
    await page.getByText('what is typed now goes nowhere').waitFor();
    expect(await typed()).toBe('');
    await page.locator('.machine-foot').getByRole('button', { name: 'Start again' }).click();
    await say('second run\r\n');
    await expect
      .poll(async () => (await text()).slice(-200))
      .toMatch(/last\nwords\nhalf a line\n── started again at .*\nsecond run$/);
    await page.keyboard.type('y');
    await expect.poll(typed).toBe('y');
  });

  test('counts, and what the switch does is what the samples say', async () => {
    const total = (name: string) => page.locator(`tr[data-counter="${name}"] td`).first().innerText();
    await expect.poll(() => total('reflectedByHost')).not.toBe('0');
    expect(await total('reflectedBySwitcher')).toBe('0');
    const ratio = page.locator('[data-round-trips-per-user-fault]');
    await expect.poll(() => ratio.innerText(), { timeout: 15_000 }).toBe('2.00');
    await page.getByRole('switch', { name: 'Fast path' }).click();
    await expect.poll(() => page.getByRole('switch', { name: 'Fast path' }).isChecked()).toBe(true);
    await expect.poll(() => total('reflectedBySwitcher')).not.toBe('0');
    await expect.poll(() => ratio.innerText(), { timeout: 15_000 }).toBe('1.02');
  });

  test('a line of a chart can be switched off and on, by mouse and by keyboard', async () => {
    const line = page.locator('[data-chart="faults"]').getByRole('button', { name: /filled by the host/ });
    await line.click();
    expect(await line.getAttribute('aria-pressed')).toBe('false');
    await line.press('Enter');
    expect(await line.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('[data-chart] canvas').count()).toBe(5);
  });

  test('hands out every sample as a file', async () => {
    await page.getByRole('button', { name: 'Export the samples' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('faults-counters.csv');
    const lines = readFileSync((await download.path())!, 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toContain('reflectedBySwitcher');
    expect(lines.length).toBeGreaterThan(10);
  });

  test('did all that without an error nobody heard of', () => {
    expect(errors).toEqual([]);
  });
});

/** Reads each line the moment the terminal has finished it, and counts those that are not the one expected. */
const countLines = `
  var next = 0, wrong = 0;
  {
    const { terminal } = document.querySelector('[data-machine-console]').terminal;
    terminal.clear();
    const tail = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2);
    const expected = (n) => ('line ' + String(n).padStart(9, '0') + ' ' + tail).slice(0, 62);
    terminal.onLineFeed(() => {
      const { active } = terminal.buffer;
      const line = active.getLine(active.baseY + active.cursorY - 1).translateToString(true);
      if (line !== expected(next)) wrong++;
      next++;
    });
  }
  undefined`;

async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'silent',
    root: join(import.meta.dirname, 'page'),
    base: './',
    plugins: [react()],
    build: { outDir, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: Number.POSITIVE_INFINITY },
  });
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    try {
      const bytes = readFileSync(join(folder, path));
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens nowhere');
  return `http://127.0.0.1:${address.port}/`;
}
