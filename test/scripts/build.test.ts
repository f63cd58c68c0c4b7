/** What is built, and when: only what is stale, but always that. */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/tree.ts';

/** The script is plain JavaScript; this is what it exports. */
interface Build {
  isFresh(made: string, sources: readonly string[]): boolean;
  readonly parts: Record<string, { entry?: string; folder?: string }>;
}
const script = join(projectRoot, 'scripts', 'build.mjs');
const { isFresh, parts }: Build = await import(pathToFileURL(script).href);

describe('what was made is fresh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'astride-build-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [made, source, inner, file] = ['made', 'source', 'source/inner', 'source/inner/a.ts'].map((name) =>
    join(folder, name),
  );
  const date = (path: string, seconds: number) => utimesSync(path, seconds, seconds);
  /** Sources are named as seen from the project. */
  const fresh = () => isFresh(made, [relative(projectRoot, source)]);

  beforeEach(() => {
    mkdirSync(inner, { recursive: true });
    for (const path of [file, made]) writeFileSync(path, '');
    for (const path of [file, inner, source]) date(path, 1000);
    date(made, 2000);
  });

  test('while all sources are older', () => expect(fresh()).toBe(true));

  test('and not once one is newer, however deep it lies', () => {
    date(file, 2001);
    expect(fresh()).toBe(false);
  });

  test('and not once a source was taken away', () => {
    rmSync(file);
    expect(fresh()).toBe(false);
  });

  test('and not if it is not there', () => {
    rmSync(made);
    expect(fresh()).toBe(false);
  });
});

describe('the build', () => {
  beforeAll(() => {
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stderr).not.toContain('does not build');
    expect(status).toBe(0);
  }, 180_000);

  test('makes every part, each program one file', () => {
    for (const name of Object.keys(parts)) expect(existsSync(join(projectRoot, 'out', name))).toBe(true);
    const leftovers = readdirSync(join(projectRoot, 'out')).filter((name) => name.endsWith('.old'));
    expect(leftovers).toEqual([]);
  });

  test('bundles all but what Node and Electron bring, and imports nothing late', () => {
    for (const name of Object.keys(parts).filter((name) => /\.[cm]js$/.test(name))) {
      const text = readFileSync(join(projectRoot, 'out', name), 'utf8');
      const from = [...text.matchAll(/^import .*? from "([^"]+)";$/gm)].map(([, module]) => module);
      expect(from.filter((module) => !isBuiltin(module) && module !== 'electron')).toEqual([]);
      expect(text).not.toMatch(/\bawait import\(/);
    }
  });

  test('makes a page without inline script or style, all from its own folder', () => {
    const page = readFileSync(join(projectRoot, 'out', 'renderer', 'index.html'), 'utf8');
    const scripts = [...page.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)];
    expect(scripts).toHaveLength(1);
    expect(scripts[0][1]).toMatch(/src="\.\/assets\//);
    expect(scripts[0][2].trim()).toBe('');
    expect(page).not.toMatch(/<style|\son\w+=|https?:\/\//);
  });

  test('knows its parts by name', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, 'rendrer'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('there is nothing called rendrer to build');
  });
});
