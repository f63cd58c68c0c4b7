/** Electron's package is played by a folder with an install.js of ours. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findElectron, programIn } from '../../../main/fronts/find-electron.ts';

let folder = '';
let said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-electron-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const search = (change: { environment?: Record<string, string>; insist?: boolean } = {}) =>
  findElectron({
    platform: 'linux',
    environment: {},
    insist: false,
    places: { package: folder, failedMark: join(folder, 'failed.txt') },
    say: (line) => said.push(line),
    ...change,
  });

const makesElectron = `
  const fs = require('node:fs');
  fs.mkdirSync(__dirname + '/dist');
  fs.writeFileSync(__dirname + '/dist/electron', '');
  fs.writeFileSync(__dirname + '/path.txt', 'electron');`;
/** Counts how often it was tried. */
const fails = `
  require('node:fs').appendFileSync(__dirname + '/tries', 'x');
  console.error('Error: getaddrinfo ENOTFOUND github.com\\n    at nowhere');
  process.exit(1);`;
const install = (script: string) => writeFileSync(join(folder, 'install.js'), script);
const tries = () => readFileSync(join(folder, 'tries'), 'utf8').length;

test("a folder of the person's own comes first, and is not second-guessed", async () => {
  install(makesElectron);
  expect(await search({ environment: { ASTRIDE_ELECTRON: folder } })).toEqual({
    missing: `ASTRIDE_ELECTRON names ${folder}, and no Electron is there`,
  });
  writeFileSync(join(folder, 'electron'), '');
  expect(await search({ environment: { ASTRIDE_ELECTRON: folder } })).toEqual({ program: join(folder, 'electron') });
  expect(said).toEqual([]);
});

test('what is missing is fetched, with one line about it, and found the next time', async () => {
  install(makesElectron);
  const program = join(folder, 'dist', 'electron');
  expect(await search()).toEqual({ program });
  expect(await search()).toEqual({ program });
  expect(said).toHaveLength(1);
});

test('an Electron that was not unpacked to the end is none', async () => {
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'electron'), '');
  expect(await search()).toEqual({ missing: 'the package electron is not installed' });
});

test('a fetch that failed is explained, remembered, and tried again only for whoever insists', async () => {
  install(fails);
  expect(await search()).toEqual({
    missing: 'Electron could not be fetched (getaddrinfo ENOTFOUND github.com)',
  });
  expect(await search()).toEqual({
    missing: 'Electron could not be fetched (getaddrinfo ENOTFOUND github.com; --desktop tries again)',
  });
  expect(tries()).toBe(1);
  await search({ insist: true });
  expect(tries()).toBe(2);
});

test('its program has a name of its own on each system', () => {
  expect(programIn('dist', 'linux')).toBe(join('dist', 'electron'));
  expect(programIn('dist', 'win32')).toBe(join('dist', 'electron.exe'));
  expect(programIn('dist', 'darwin')).toContain(join('Contents', 'MacOS', 'Electron'));
});
