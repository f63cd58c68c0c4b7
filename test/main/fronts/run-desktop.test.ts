/** Electron is played by Node: what matters here is how its end is told. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { desktopWords, runDesktop, SAID_ITSELF } from '../../../main/fronts/run-desktop.ts';

const folder = mkdtempSync(join(tmpdir(), 'astride-desktop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs this text as the app; Node takes a folder with package.json as Electron does. */
function run(text: string, electron = process.execPath) {
  writeFileSync(join(folder, 'package.json'), '{"main":"app.cjs"}');
  writeFileSync(join(folder, 'app.cjs'), text);
  return runDesktop({ electron, root: folder, dataFolder: '/data', platform: 'linux', isRoot: false });
}

test('root on Linux has to do without the sandbox, and nobody else', () => {
  const start = { root: '/app', dataFolder: '/data', platform: 'linux', isRoot: true } as const;
  expect(desktopWords(start)).toEqual(['--no-sandbox', '/app', '--data=/data']);
  expect(desktopWords({ ...start, isRoot: false })).toEqual(['/app', '--data=/data']);
  expect(desktopWords({ ...start, platform: 'darwin' })).toEqual(['/app', '--data=/data']);
});

test('a window that was closed ended', async () => {
  expect(await run('')).toEqual({ is: 'ended', code: 0 });
});

test('one that told the person what is wrong needs no browser', async () => {
  expect(await run(`process.exit(${SAID_ITSELF})`)).toEqual({ is: 'ended', code: SAID_ITSELF });
});

test('an Electron that dies at once was none', async () => {
  expect(await run('process.exit(127)')).toEqual({ is: 'stillborn', because: 'Electron gave up with code 127' });
  expect(await run("process.kill(process.pid, 'SIGTRAP'); setInterval(() => {}, 1000)")).toEqual({
    is: 'stillborn',
    because: 'Electron was ended by SIGTRAP',
  });
  expect(await run('', join(folder, 'nowhere'))).toMatchObject({ is: 'stillborn' });
});
