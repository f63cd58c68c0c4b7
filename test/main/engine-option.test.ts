/** Which engine executes: chosen by name everywhere, one sentence for a name there is not, and the same run on both. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../../core/x86/board.ts';
import { usualEngine } from '../../main/engine-option.ts';
import { entryText, parseEntry } from '../../main/library/entry-file.ts';
import { run } from './fake-io.ts';
import { someSettings } from './library/some-settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const touch = ['faults', '--append', 'pattern=touch pages=100', '--budget', '50000000'];

describe('on the command line', () => {
  test.each(['boot hello', 'compare hello', 'inspect hello', 'bare any.elf', 'lockstep hello'])(
    '%s refuses an engine there is not, in one sentence',
    async (words) => {
      expect(await run(...words.split(' '), '--engine', 'steam')).toMatchObject({
        code: 2,
        out: '',
        err: 'astride: there is no engine "steam"; there are interpreter and translator\n',
      });
    },
  );

  test.each(['boot', 'compare', 'inspect', 'bare', 'lockstep'])('%s explains it', async (command) => {
    expect((await run(command, '--help')).out).toMatch(/--engine interpreter\|translator.*\n.*default translator/);
  });

  test('a boot counts the same on every engine, and says which it was', async () => {
    const runs = [];
    for (const engine of engines) {
      const counters = join(folder, `${engine}.json`);
      const { code, out } = await run('boot', ...touch, '--engine', engine, '--counters', counters);
      const { engine: said, wallSeconds, ...counted } = JSON.parse(readFileSync(counters, 'utf8'));
      expect(said).toBe(engine);
      expect(wallSeconds).toBeGreaterThanOrEqual(0);
      runs.push({ code, out, counted });
    }
    expect(runs[0].counted.userPageFaults).toBe(100);
    for (const other of runs.slice(1)) expect(other).toEqual(runs[0]);
  });

  test('a comparison says which engine it was', async () => {
    const { out } = await run('compare', ...touch, '--json', '--engine', 'interpreter');
    expect(JSON.parse(out)).toMatchObject({ engine: 'interpreter', identicalOutput: true });
  });
});

describe('in the library', () => {
  const entry = { createdAt: '2026-01-02T03:04:05Z', settings: someSettings({ engine: 'interpreter' }), lastRun: null };

  test('a machine keeps its engine', () => {
    expect(parseEntry(entryText(entry))).toEqual({ is: 'fine', entry });
  });

  test('a machine written before there was a choice gets the translator', () => {
    const { engine: _, ...older } = entry.settings;
    const text = JSON.stringify({ version: 1, ...entry, settings: older });
    expect(parseEntry(text)).toEqual({ is: 'fine', entry: { ...entry, settings: { ...older, engine: 'translator' } } });
  });

  test('and no engine but those there are', () => {
    const text = JSON.stringify({ version: 1, ...entry, settings: { ...entry.settings, engine: 'steam' } });
    expect(parseEntry(text).is).toBe('damaged');
  });
});

test('ASTRIDE_ENGINE says what runs where nobody else does', () => {
  const before = process.env.ASTRIDE_ENGINE;
  try {
    process.env.ASTRIDE_ENGINE = 'interpreter';
    expect(usualEngine()).toBe('interpreter');
    process.env.ASTRIDE_ENGINE = 'steam';
    expect(usualEngine).toThrow('there is no engine "steam"');
    process.env.ASTRIDE_ENGINE = '';
    expect(usualEngine()).toBe('translator');
  } finally {
    if (before === undefined) delete process.env.ASTRIDE_ENGINE;
    else process.env.ASTRIDE_ENGINE = before;
  }
});
