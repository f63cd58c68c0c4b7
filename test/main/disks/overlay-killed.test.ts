/** kill -9 in the middle of writing, again and again, over the same overlay: what was flushed is there. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { DISK_BYTES, writeRound } from './overlay-rounds.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFolder = scratchFolder();
const source = fileURLToPath(new URL('./overlay-writer.ts', import.meta.url));
const KILLS = 15;

/** In one file that starts at once. */
async function buildWriter(): Promise<string> {
  const writer = inFolder('writer.mjs');
  const program = await rolldown({ input: source, platform: 'node', logLevel: 'warn' });
  await program.write({ file: writer, format: 'esm' });
  return writer;
}

/** Lets the writer get through some rounds, kills it some moments later, and returns how many it said were safe. */
async function killedWriter(writer: string, path: string, rounds: number, microseconds: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const lastSaid = () => Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    if (child.killed || lastSaid() < rounds) return;
    const until = performance.now() + microseconds / 1000;
    while (performance.now() < until);
    child.kill('SIGKILL');
  });
  await once(child, 'close');
  return lastSaid();
}

test('what was flushed survives, nothing half-written is seen, and the lock needs no repair', async () => {
  const path = inFolder('base');
  writeFileSync(path, pattern(1, DISK_BYTES));
  const moments = pattern(3, KILLS);
  const writer = await buildWriter();
  let disk: Uint8Array = new Uint8Array(readFileSync(path));
  for (let kill = 0; kill < KILLS; kill++) {
    const safe = await killedWriter(writer, path, 1 + (kill % 5), moments[kill] * 30);
    const array = { write: (at: number, from: Uint8Array) => disk.set(from, at) };
    for (let round = 1; round <= safe; round++) writeRound(array, round);
    const storage = openStorage({ path, mode: 'overlay' }, false);
    const found = readAll(storage);
    storage.close();
    // The flush after the last one it told us of may have come through as well.
    if (!sameBytes(found, disk)) writeRound(array, safe + 1);
    expect(sameBytes(found, disk)).toBe(true);
    disk = found;
  }
  expect(sameBytes(readFileSync(path), pattern(1, DISK_BYTES))).toBe(true);
}, 120_000);
