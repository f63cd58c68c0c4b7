/** The style guide, as far as a program can hold us to it: the rules tried on made-up files, then on the tree. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, projectRoot } from '../../scripts/tree.ts';
import { importsIn } from './imports.ts';
import {
  badName,
  lineCount,
  longestFile,
  machinePaths,
  opensWithoutComment,
  tooLong,
  unkeptPromises,
  vagueImport,
} from './style.ts';

/** Files that are tables and may be as long as what they list, with what that is. */
const tables: Record<string, string> = {
  'core/x86/encoding/table.ts': 'the instruction encodings, a line each',
};

const sourceEndings = ['.ts', '.tsx', '.c', '.S', '.h'];
const sources = filesUnder(projectRoot, ['core', 'main', 'renderer', 'guest-images', 'scripts'], sourceEndings);
const tests = filesUnder(projectRoot, ['test'], sourceEndings);
const everything = filesUnder(projectRoot, ['']);
const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

describe('the rules', () => {
  test('a file may have three hundred lines and not one more', () => {
    expect(tooLong('a.ts', 'x\n'.repeat(longestFile))).toEqual([]);
    expect(tooLong('a.ts', 'x\n'.repeat(longestFile + 1))).toEqual(['a.ts has 301 lines']);
  });

  test.each(['run-guest-once.ts', 'x86.ts', 'switcher.S', 'processor.ts', 'stations.test.ts', 'lguest-data.ts'])(
    '%s is a name',
    (name) => expect(badName(`core/${name}`)).toEqual([]),
  );

  test.each(['runGuest.ts', 'Guest.ts', 'guest_run.c', 'guest-manager.ts', 'utils.ts', 'process.ts', 'guest-data.h'])(
    '%s is not',
    (name) => expect(badName(`core/${name}`)).toHaveLength(1),
  );

  test('a file opens with a comment', () => {
    for (const source of ['/** Why. */\n', '#!/usr/bin/env node\n// Why.\n', '# Verse\n', '\n/* Why. */']) {
      expect(opensWithoutComment('a', source)).toEqual([]);
    }
    for (const source of ['', 'const a = 1; // why\n', '#include "a.h"\n', "import './a.ts';\n/** Late. */"]) {
      expect(opensWithoutComment('a', source)).toHaveLength(1);
    }
  });

  test('a promise to write it later is found', () => {
    expect(unkeptPromises('a', `fine\n// ${'TO'}DO more\n// ${'FIX'}ME: worse`)).toHaveLength(2);
    expect(unkeptPromises('a', 'what to do, and how to hack')).toEqual([]);
  });

  test('a path of the machine it was written on is found', () => {
    const home = ['', 'work', 'main', 'a.c'].join('/');
    expect(machinePaths('a', `assert failed at ${home}`)).toHaveLength(1);
    expect(machinePaths('a', `"${['', 'root', '.npm'].join('/')}"`)).toHaveLength(1);
    expect(machinePaths('a', 'https://example.org/work/a and ../work/b and frame/work/c')).toEqual([]);
  });

  test('an import without an ending is found', () => {
    expect(vagueImport('a', './b')).toHaveLength(1);
    expect(['./b.ts', 'node:fs', null].flatMap((from) => vagueImport('a', from))).toEqual([]);
  });
});

describe('the tree', () => {
  test('has no file too long to read', () => {
    expect(sources.filter((path) => !(path in tables)).flatMap((path) => tooLong(path, read(path)))).toEqual([]);
  });

  test('excuses only tables that are there and need it', () => {
    const needless = Object.keys(tables).filter(
      (path) => !sources.includes(path) || lineCount(read(path)) <= longestFile,
    );
    expect(needless).toEqual([]);
  });

  test('names its files after what is in them', () => {
    expect([...sources, ...tests].flatMap(badName)).toEqual([]);
  });

  test('says at the top of each file why it exists', () => {
    expect(sources.flatMap((path) => opensWithoutComment(path, read(path)))).toEqual([]);
  });

  test('promises nothing for later', () => {
    expect([...sources, ...tests].flatMap((path) => unkeptPromises(path, read(path)))).toEqual([]);
  });

  test('does not remember the machine it was written on, in text or in blobs', () => {
    const latin1 = (path: string) => readFileSync(join(projectRoot, path), 'latin1');
    expect(everything.flatMap((path) => machinePaths(path, latin1(path)))).toEqual([]);
  });

  test('imports files by their whole name', () => {
    const modules = [...sources, ...tests].filter((path) => /\.tsx?$/.test(path));
    const vague = modules.flatMap((path) => importsIn(path, read(path)).flatMap(({ from }) => vagueImport(path, from)));
    expect(vague).toEqual([]);
  });
});
