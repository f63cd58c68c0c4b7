/**
 * Each folder may lean only on the ones the style guide lists.  The first half tries the checker on made-up files,
 * because a fence nobody has seen stop anything is a drawing of a fence; the second half reads the tree.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { filesUnder, projectRoot } from '../../scripts/tree.ts';
import { type Import, importsIn, objection, visit } from './imports.ts';

const objectionsTo = (path: string, source: string) =>
  importsIn(path, source).flatMap((one: Import) => objection(path, one) ?? []);

describe('what counts as an import', () => {
  test.each([
    ["import { a } from './a.ts';", './a.ts', false],
    ["import './a.ts';", './a.ts', false],
    ["import type { A } from './a.ts';", './a.ts', true],
    ["import { type A, type B } from './a.ts';", './a.ts', true],
    ["import { type A, b } from './a.ts';", './a.ts', false],
    ["export { a } from './a.ts';", './a.ts', false],
    ["export type { A } from './a.ts';", './a.ts', true],
    ["export * from './a.ts';", './a.ts', false],
    ["const a = await import('./a.ts');", './a.ts', false],
    ['const a = await import(`./a.ts`);', null, false],
    ["type A = import('./a.ts').A;", './a.ts', true],
    ["type A = typeof import('./a.ts');", './a.ts', true],
    ["import a = require('a');", 'a', false],
    ["const a = require('a');", 'a', false],
    ['/// <reference types="node" />', 'node', true],
    ['/// <reference path="a.d.ts" />', './a.d.ts', true],
  ])('%s', (source, from, typeOnly) => {
    expect(importsIn('core/x86/b.ts', source)).toEqual([{ from, typeOnly }]);
  });

  test('an import in a comment or a string is none', () => {
    expect(importsIn('core/x86/b.ts', `// import './a.ts';\nconst s = "import './a.ts'"; export { s };`)).toEqual([]);
  });

  test('a component file is read as one', () => {
    expect(importsIn('renderer/a.tsx', "import { b } from 'react'; export const a = <p>{b}</p>;")).toHaveLength(1);
  });
});

describe('what the fence stops', () => {
  test.each([
    ['core/x86/a.ts', "import { b } from '../agreement/b.ts'; import type { c } from '../counters/c.ts';"],
    ['core/x86/encoding/a.ts', "import { b } from '../state.ts';"],
    ['core/switcher/a.ts', "import { b } from '../x86/b.ts';"],
    ['core/host/a.ts', "import { b } from '../switcher/b.ts';"],
    ['core/launcher/a.ts', "import { b } from '../host/b.ts';"],
    ['core/protocol/a.ts', "import type { B } from '../host/b.ts';"],
    ['main/a.ts', "import { b } from '../core/x86/b.ts'; import fs from 'node:fs'; import 'electron';"],
    ['renderer/a.tsx', "import { b } from '../core/protocol/b.ts'; import { c } from 'react';"],
  ])('%s may: %s', (path, source) => {
    expect(objectionsTo(path, source)).toEqual([]);
  });

  test.each([
    ['core/counters/a.ts', "import { b } from '../agreement/b.ts';"],
    ['core/agreement/a.ts', "import type { B } from '../counters/b.ts';"],
    ['core/x86/a.ts', "import type { B } from '../switcher/b.ts';"],
    ['core/x86/a.ts', "import { b } from 'node:fs';"],
    ['core/x86/a.ts', "import type { B } from 'electron';"],
    ['core/x86/a.ts', "import { b } from '../x86-old/b.ts';"],
    ['core/x86/a.ts', "await import('../host/b.ts');"],
    ['core/x86/a.ts', 'await import(name);'],
    ['core/x86/a.ts', '/// <reference types="node" />'],
    ['core/switcher/a.ts', "import { b } from '../host/b.ts';"],
    ['core/host/a.ts', "import { b } from '../x86/b.ts';"],
    ['core/host/a.ts', "type B = import('../x86/b.ts').B;"],
    ['core/host/a.ts', "export * from '../launcher/b.ts';"],
    ['core/launcher/a.ts', "import { b } from '../switcher/b.ts';"],
    ['core/launcher/a.ts', "import { b } from 'fast-check';"],
    ['core/protocol/a.ts', "import { b } from '../host/b.ts';"],
    ['core/protocol/a.ts', "import type { B } from '../../main/b.ts';"],
    ['core/a.ts', "import { b } from './x86/b.ts';"],
    ['core/surprise/a.ts', "import { b } from './b.ts';"],
    ['main/a.ts', "import { b } from 'react';"],
    ['main/a.ts', "import { b } from '../renderer/b.ts';"],
    ['main/a.ts', "import { b } from '../test/b.ts';"],
    ['main/a.ts', "import { b } from '../scripts/b.ts';"],
    ['renderer/a.ts', "import { b } from '../core/x86/b.ts';"],
    ['renderer/a.ts', "import type { B } from '../core/host/b.ts';"],
    ['renderer/a.ts', "import { b } from 'node:fs';"],
    ['renderer/a.ts', "import { b } from 'electron';"],
  ])('%s may not: %s', (path, source) => {
    expect(objectionsTo(path, source)).toHaveLength(1);
  });
});

describe('the tree', () => {
  const files = filesUnder(projectRoot, ['core', 'main', 'renderer'], ['.ts', '.tsx']);
  const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

  test('keeps to the fence', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((path) => objectionsTo(path, read(path)))).toEqual([]);
  });

  test('compiles core without knowing Node or the DOM', () => {
    const { compilerOptions } = JSON.parse(read('core/tsconfig.json'));
    expect(compilerOptions).toMatchObject({ lib: ['ES2023'], types: [] });
  });

  test('is handed its clock and its randomness: core never asks for them', () => {
    const core = files.filter((path) => path.startsWith('core/'));
    expect(core.flatMap((path) => ownClocks(path, read(path)))).toEqual([]);
  });

  test('and a core that did ask would be seen', () => {
    const source = 'const a = Date.now(); const b = new Date(); const c = Math.random(); const d = Math.max(1, 2);';
    expect(ownClocks('core/a.ts', source)).toEqual([
      'core/a.ts: Date.now',
      'core/a.ts: new Date',
      'core/a.ts: Math.random',
    ]);
  });
});

/** Where a source asks the engine under it for the time or for chance. */
function ownClocks(path: string, source: string): string[] {
  const found: string[] = [];
  visit(parseAst(source, { lang: 'ts' }), (node) => {
    const words = source.slice(Number(node.start), Number(node.end));
    if (node.type === 'MemberExpression' && /^(Date\.\w+|Math\.random|performance\.\w+)$/.test(words)) {
      found.push(`${path}: ${words}`);
    }
    if (node.type === 'NewExpression' && /^new Date\b/.test(words)) found.push(`${path}: new Date`);
  });
  return found;
}
