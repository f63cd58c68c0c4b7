/** Names from a System.map: which file is a kernel's, and which lines are places. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kernelSymbols, readSystemMap } from '../../../main/machines/kernel-symbols.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, symbol: string) => writeFileSync(join(folder, name), `c1000000 T ${symbol}\n`);
const found = (kernel: string) => kernelSymbols(join(folder, kernel), new Uint8Array(8)).map(({ name }) => name);

test('lines are sorted, and constants and nonsense left out', () => {
  const text = 'c1000010 t later\n00000005 A five\nc1000000 T first\nnonsense\nc1000020 d\n  c1000030 T indented\n';
  expect(readSystemMap(text)).toEqual([
    { name: 'first', address: 0xc1000000, size: 0 },
    { name: 'later', address: 0xc1000010, size: 0 },
  ]);
});

test('the map of its own version comes before any other', () => {
  expect(found('vmlinuz-4.10.0')).toEqual([]);
  put('System.map', 'any');
  expect(found('vmlinuz-4.10.0')).toEqual(['any']);
  put('System.map-3.11.0', 'other');
  put('System.map-4.10.0', 'own');
  expect(found('vmlinuz-4.10.0')).toEqual(['own']);
  expect(found('bzImage')).toEqual(['any']);
  put('lab.System.map', 'lab');
  expect(found('lab.bzImage')).toEqual(['lab']);
  put('lab.bzImage.map', 'nearest');
  expect(found('lab.bzImage')).toEqual(['nearest']);
});
