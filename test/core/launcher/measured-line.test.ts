/** What a comparison reads out of a measuring guest's line, and what it overlooks in it. */

import { describe, expect, test } from 'vitest';
import { measuredLine, sameButForTimes } from '../../../core/launcher/measured-line.ts';

const bytes = (text: string) => new Uint8Array([...text].map((c) => c.charCodeAt(0)));
const forks = 'lat_fork: 400 operations, 223833 ns each (fork, exit, wait)\r\n';

describe('the line', () => {
  test('is found among others, and the last one counts', () => {
    expect(measuredLine(bytes(`hello\r\n${forks}`))).toEqual({ name: 'lat_fork', operations: 400, nsEach: 223833 });
    expect(measuredLine(bytes(`${forks}cpu: 1 operations, 7 ns each (mix)\r\n`))).toMatchObject({ name: 'cpu' });
  });

  test.each(['', 'hello\n', 'lat_fork: 0 operations, 1 ns each\n', 'say: lat_fork: 4 operations, 5 ns each\n'])(
    '%j has none',
    (text) => expect(measuredLine(bytes(text))).toBeNull(),
  );
});

describe('two outputs', () => {
  const compare = (one: string, other: string) => sameButForTimes(bytes(one), bytes(other));

  test('may differ in the times of such a line', () => {
    expect(compare(forks, forks.replace('223833', '99'))).toBe(true);
    expect(
      compare('bw_mem: 4 operations, 5 ns each (read, 7 MB/s)', 'bw_mem: 4 operations, 6 ns each (read, 6 MB/s)'),
    ).toBe(true);
  });

  test('may differ in nothing else', () => {
    expect(compare(forks, forks.replace('400', '401'))).toBe(false);
    expect(compare(forks, forks.replace('wait', 'sit'))).toBe(false);
    expect(compare('it took 5 ns each\n', 'it took 6 ns each\n')).toBe(false);
    expect(compare(forks, `${forks}!`)).toBe(false);
  });
});
