/** The tale and its list: first the reader of stations on made-up sources, then the real tree against JOURNEY.md. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chapters, disagreements, freshList, inListedOrder, readList, stationsIn } from '../../scripts/stations.ts';
import { projectRoot } from '../../scripts/tree.ts';

const mark = '@journey'; // kept out of the samples below, so that nothing mistakes this file for a teller
const inCode = `
const before = 1;
/**
 * ${mark} host/run-guest
 * Running a guest.
 * It goes on and on.
 */
const told = 2;
// @end
const after = 3;
`;
const inVerse = `
# ${mark} switcher/entry Going in
# Whose page is this?  The stack alone can say.
        mov     %esp, %eax
# @end
`;

/** A whole JOURNEY.md around these stations. */
const journeyOf = (sources: [path: string, source: string][]) => {
  const stations = sources.flatMap(([path, source]) => stationsIn(path, source).stations);
  return { stations, markdown: freshList(stations, []) };
};

describe('reading stations', () => {
  test('a station is what stands between its marks, under the first line of its comment', () => {
    const { stations, faults } = stationsIn('core/host/a.ts', inCode);
    expect(faults).toEqual([]);
    expect(stations).toEqual([
      {
        id: 'host/run-guest',
        title: 'Running a guest',
        path: 'core/host/a.ts',
        line: 4,
        tale: ['Running a guest.', 'It goes on and on.'],
        code: ['const told = 2;'],
      },
    ]);
  });

  test('a title may stand on the line of the mark, and assembly tells tales too', () => {
    expect(stationsIn('core/switcher/a.S', inVerse).stations).toMatchObject([
      {
        id: 'switcher/entry',
        title: 'Going in',
        line: 2,
        tale: ['Whose page is this?  The stack alone can say.'],
        code: ['        mov     %esp, %eax'],
      },
    ]);
  });

  test.each([
    [`// ${mark} host/a\n// One thing.  And another.\n// @end`, 'One thing'],
    [`// ${mark} host/a\n// One thing\n// in two lines: yes.\n// @end`, 'One thing in two lines'],
    [`/* ${mark} host/a Given */\ncode;\n/* @end */`, 'Given'],
    [`// ${mark} host/run-guest\n// ${'on and on '.repeat(9)}.\n// @end`, 'Run guest'],
    [`// ${mark} host/run-guest\ncode;\n// @end`, 'Run guest'],
  ])('%j has a title', (source, title) => {
    expect(stationsIn('a.ts', source).stations).toMatchObject([{ title }]);
  });

  test('a mark that is only mentioned opens nothing', () => {
    expect(stationsIn('a.ts', `const mark = '${mark} host/x';\n// see ${mark} host/x`).stations).toEqual([]);
  });

  test.each([
    [`// ${mark} host/a\ncode`, 'a.ts:1 opens host/a and never ends it'],
    [`// ${mark} host/a\n// ${mark} host/b\n// @end`, 'a.ts:2 opens host/b inside host/a'],
    ['// @end', 'a.ts:1 ends a station that was never opened'],
    [`// ${mark} cellar/a\n// @end`, 'a.ts:1 names a station in "cellar", which is no chapter'],
    [`// ${mark}\n// @end`, 'a.ts:1 names a station "", which is not chapter/name'],
  ])('%j is found out', (source, fault) => {
    expect(stationsIn('a.ts', source).faults).toEqual([fault]);
  });
});

describe('the list', () => {
  const { stations, markdown } = journeyOf([
    ['core/host/a.ts', inCode],
    ['core/switcher/a.S', inVerse],
  ]);

  test('made from the code agrees with the code', () => {
    expect(readList(markdown)).toEqual([
      { id: 'host/run-guest', path: 'core/host/a.ts', title: 'Running a guest', chapter: 'host' },
      { id: 'switcher/entry', path: 'core/switcher/a.S', title: 'Going in', chapter: 'switcher' },
    ]);
    expect(disagreements(stations, readList(markdown), markdown)).toEqual([]);
  });

  test('has a heading for every chapter, and says where nothing is told yet', () => {
    expect([...markdown.matchAll(/^## (.*)$/gm)].map(([, name]) => name.toLowerCase())).toEqual(
      chapters.map(({ name }) => name),
    );
    expect(markdown.match(/No stations yet/g)).toHaveLength(chapters.length - 2);
  });

  test.each([
    ['a line lost', (text: string) => text.replace(/^- \[host.*\n/m, ''), 'JOURNEY.md does not list host/run-guest'],
    ['a line too many', (text: string) => `${text}- [mastery/x](core/x.ts) X\n`, 'the code does not tell mastery/x'],
    ['a line twice', (text: string) => text.replace(/^(- \[host.*\n)/m, '$1$1'), 'lists host/run-guest more than once'],
    [
      'another path',
      (text: string) => text.replace('core/host/a.ts', 'core/host/b.ts'),
      'does not list host/run-guest',
    ],
    ['a wrong chapter', (text: string) => text.replace('## Host', '## Hosts'), 'lists host/run-guest under "hosts"'],
    ['no title', (text: string) => text.replace('Going in', ''), 'gives switcher/entry no title'],
    ['a heading lost', (text: string) => text.replace('## Glass', ''), "JOURNEY.md's chapters are not Preparation"],
  ])('with %s disagrees', (_, spoil, sentence) => {
    const spoilt = spoil(markdown);
    expect(disagreements(stations, readList(spoilt), spoilt).join('\n')).toContain(sentence);
  });

  test('told twice in the code disagrees', () => {
    const twice = [...stations, { ...stations[0], path: 'core/host/b.ts' }];
    expect(disagreements(twice, readList(markdown), markdown).join('\n')).toContain('tells host/run-guest more than');
  });

  test('keeps the order and the titles somebody gave it by hand', () => {
    const byHand = readList(
      '## Switcher\n- [switcher/entry](x.S) In\n## Host\n- [host/run-guest](x.ts) Round and round',
    );
    expect(inListedOrder(stations, byHand).map(({ id, title }) => [id, title])).toEqual([
      ['switcher/entry', 'In'],
      ['host/run-guest', 'Round and round'],
    ]);
  });
});

test('JOURNEY.md lists what the code tells', () => {
  const journey = join(projectRoot, 'scripts/journey.ts');
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', journey, '--check'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
});
