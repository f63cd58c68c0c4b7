/** What a page in the real desktop window cannot do, tried from inside that page as if a guest had taken it over. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portOffer, portWish } from '../../../core/protocol/desktop-port.ts';
import type { App } from '../../end-to-end/app.ts';
import { electronDriver } from '../../end-to-end/electron-driver.ts';
import { available } from '../../extras.ts';

describe.skipIf(!available('electron'))('the desktop window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'astride-desktop-'));
  const driver = electronDriver();
  let app: App;
  let page: Page;

  beforeAll(async () => {
    app = await driver.start(folder);
    page = app.page;
    app.problems.expect(/./);
  }, 120_000);
  afterAll(async () => {
    await app?.quit();
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Runs JavaScript in the page, as the developer tools would, and answers with what it comes to. */
  const inPage = (script: string): Promise<unknown> => page.evaluate(`(async () => { ${script} })()`);

  test('shows our page, alone in its world', async () => {
    expect(page.url()).toMatch(/^app:\/\/astride\//);
    expect(await inPage('return [crossOriginIsolated, isSecureContext]')).toEqual([true, true]);
  });

  test('has nothing of Node or Electron in it', async () => {
    const names = ['require', 'module', 'process', 'Buffer', 'global', 'electron', 'ipcRenderer', '__dirname'];
    expect(await inPage(`return ${JSON.stringify(names)}.filter((name) => name in window)`)).toEqual([]);
  });

  test('runs no script but our files', async () => {
    await inPage(`
      const script = document.createElement('script');
      script.textContent = 'window.ran = "inline"';
      document.body.append(script);
      const image = document.createElement('div');
      image.innerHTML = '<img src="data:," onerror="window.ran = \\'attribute\\'">';
      document.body.append(image);
      const remote = document.createElement('script');
      remote.src = 'data:text/javascript,window.ran="data"';
      document.body.append(remote);
      setTimeout('window.ran = "text"', 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
    `);
    expect(await inPage('return window.ran')).toBeUndefined();
  });

  test.each(['https://example.org/', 'http://127.0.0.1/', 'file:///etc/hostname', 'app://other/'])(
    'fetches nothing from %s',
    async (address) => {
      const outcome = await inPage(`return fetch(${JSON.stringify(address)}).then(() => 'came', () => 'refused')`);
      expect(outcome).toBe('refused');
    },
  );

  test('reaches no file beside its own', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fdesktop.mjs', '/preload.cjs', '/nothing']) {
      expect(await inPage(`return (await fetch(${JSON.stringify(path)})).status`)).toBe(404);
    }
  });

  test('opens no window and goes nowhere', async () => {
    const before = page.url();
    expect(await inPage("return window.open('https://example.org/') === null")).toBe(true);
    expect(await inPage("return window.open('file:///etc/hostname') === null")).toBe(true);
    await inPage("window.location.href = 'https://example.org/'; await new Promise((go) => setTimeout(go, 300))");
    await inPage("window.location.href = 'file:///etc/hostname'; await new Promise((go) => setTimeout(go, 300))");
    expect(page.url()).toBe(before);
    expect(page.context().pages()).toHaveLength(1);
  });

  test('is granted no permission', async () => {
    expect(await inPage('return Notification.requestPermission()')).toBe('denied');
    for (const wish of [
      'navigator.mediaDevices.getUserMedia({ audio: true })',
      'new Promise((yes, no) => navigator.geolocation.getCurrentPosition(yes, no))',
      'navigator.clipboard.readText()',
    ]) {
      expect(await inPage(`return ${wish}.then(() => 'granted', () => 'denied')`)).toBe('denied');
    }
  });

  test('may ask what the table lists, with arguments as they should be, and is refused the rest', async () => {
    const answers = await inPage(`
      const port = await new Promise((resolve) => {
        window.addEventListener('message', ({ data, ports }) => data === '${portOffer}' && resolve(ports[0]));
        window.postMessage('${portWish}', location.origin);
      });
      const answers = {};
      port.onmessage = ({ data }) => { if (data.kind !== 'event') answers[data.number] = data };
      const ask = (number, method, argument) => port.postMessage({ kind: 'request', number, method, argument });
      ask(1, 'app.about', {});
      ask(2, 'constructor', {});
      ask(3, 'machine.start', { id: 7 });
      ask(4, 'library.delete', { id: '../hello' });
      port.postMessage(undefined);
      port.postMessage(new Map([['kind', 'request']]));
      ask(5, 'app.log', {});
      while (!answers[5]) await new Promise((resolve) => setTimeout(resolve, 20));
      return answers;
    `);
    expect(answers).toMatchObject({
      1: { kind: 'answer', value: { front: 'desktop', dataFolder: folder } },
      2: { kind: 'refusal', sentence: 'there is no request called "constructor"' },
      3: { kind: 'refusal' },
      4: { kind: 'refusal' },
      5: { kind: 'answer' },
    });
    expect(readFileSync(join(folder, 'log.txt'), 'utf8')).toContain('something that is no request');
  });
});
