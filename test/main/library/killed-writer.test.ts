import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { Library } from '../../../main/library/library.ts';
import { temporaryFolder } from '../workstation/test-window.ts';

const DEATHS = 200;
const AT_ONCE = 2;
const LONGEST_LIFE_MS = 60;

interface Said {
  readonly about?: string;
  readonly done?: string;
  readonly made?: string;
  readonly removing?: string;
  readonly commandLine?: string;
}

/** One file, because two hundred starts from two hundred files would take an hour. */
async function bundleWriter(folder: string): Promise<string> {
  const file = join(folder, 'restless-writer.mjs');
  const input = new URL('./restless-writer.ts', import.meta.url).pathname;
  const program = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await program.write({ file, format: 'esm', codeSplitting: false });
  await program.close();
  // It looks for the sample guests beside the folder it lies in, and makes none of them.
  return file;
}

/** Lets it write for a while after its first change, kills it, and returns what it said. */
async function liveAndDie(writer: string, dataFolder: string, kernel: string): Promise<Said[]> {
  const child = spawn(process.execPath, [writer, dataFolder, kernel], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
  child.kill('SIGKILL');
  await once(child, 'close');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const commandLineOf = (settings: MachineSettings | null | undefined) => settings?.commandLine;

async function checkLibrary(dataFolder: string, kernelText: string, said: Said[], known: Set<string>) {
  const entries = new Map((await Library.open(dataFolder, () => {})).entries.map((entry) => [entry.id, entry]));
  for (const { made } of said) if (made !== undefined) known.add(made);
  const lastRemoval = said.at(-1)?.removing;
  for (const { removing } of said) if (removing !== undefined && removing !== lastRemoval) known.delete(removing);
  // What was under way may have happened or not; everything else is as it was said to be.
  if (lastRemoval !== undefined && !entries.has(lastRemoval)) known.delete(lastRemoval);
  expect([...known].filter((id) => !entries.has(id))).toEqual([]);
  for (const { id, damaged, folder, settings } of entries.values()) {
    expect(damaged).toBeNull();
    if (settings?.image.kind === 'file') {
      expect(readFileSync(join(folder, settings.image.path), 'utf8')).toBe(kernelText);
    }
    known.add(id);
  }
  const done = said.filter((line) => line.done !== undefined).at(-1);
  const about = said.filter((line) => line.about !== undefined).at(-1);
  if (about?.about !== undefined) {
    const allowed = [done?.commandLine, about.commandLine];
    if (done !== undefined) expect(allowed).toContain(commandLineOf(entries.get(about.about)?.settings));
  }
  expect(readdirSync(join(dataFolder, 'machines')).filter((name) => name.startsWith('.'))).toEqual([]);
}

test('killed two hundred times while it writes, a library loses nothing and damages nothing', async () => {
  const folder = await temporaryFolder();
  const writer = await bundleWriter(folder);
  const kernelText = 'k'.repeat(100_000);
  writeFileSync(join(folder, 'kernel'), kernelText);
  let deathsAmidChange = 0;
  const oneLibrary = async (dataFolder: string) => {
    const known = new Set((await Library.open(dataFolder, () => {})).entries.map(({ id }) => id));
    for (let death = 0; death < DEATHS / AT_ONCE; death++) {
      const said = await liveAndDie(writer, dataFolder, join(folder, 'kernel'));
      if (said.at(-1)?.done === undefined) deathsAmidChange++;
      await checkLibrary(dataFolder, kernelText, said, known);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => oneLibrary(join(folder, `data-${index}`))));
  expect(deathsAmidChange).toBeGreaterThan(DEATHS / 10);
}, 300_000);
