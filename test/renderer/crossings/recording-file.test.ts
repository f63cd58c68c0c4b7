/** Recordings as files: what is saved can be opened, and what somebody tampered with cannot. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openRecording } from '../../../renderer/crossings/open-recording.ts';
import {
  MOST_CROSSINGS,
  readRecordingJson,
  UnreadableRecording,
  writeRecordingCsv,
  writeRecordingJson,
} from '../../../renderer/crossings/recording-file.ts';
import { recordRun } from './real-recording.ts';
import { someCrossings, someDetail } from './some-crossings.ts';

const recording = (count: number) => {
  const crossings = someCrossings(count);
  return { machine: 'Fred', crossings, details: crossings.slice(0, 3).map(someDetail) };
};
const saved = (count = 5) => JSON.parse(writeRecordingJson(recording(count)));
const open = (value: unknown) => () => readRecordingJson(JSON.stringify(value));

describe('a recording', () => {
  test('that was saved is opened as it was', () => {
    expect(readRecordingJson(writeRecordingJson(recording(40)))).toEqual(recording(40));
  });

  test('of a real guest is opened as it was, details and all', () => {
    const real = recordRun({ image: 'hello', commandLine: '', fastPath: true, budgetInstructions: 2_000_000 });
    expect(real.crossings.length).toBeGreaterThan(5);
    const details = real.crossings.map(({ number }) => real.detail(number));
    expect(details.some(({ walk }) => walk !== null)).toBe(true);
    const whole = { machine: 'hello', crossings: real.crossings, details };
    expect(readRecordingJson(writeRecordingJson(whole))).toEqual(whole);
  });

  test('may be as long as the list can be, and no longer', () => {
    expect(readRecordingJson(writeRecordingJson(recording(MOST_CROSSINGS))).crossings).toHaveLength(MOST_CROSSINGS);
    expect(open(saved(MOST_CROSSINGS + 1))).toThrow(/more than 5000 crossings/);
  });
});

describe('a file somebody tampered with', () => {
  type Saved = ReturnType<typeof saved>;
  const crossing = (number: number, part: object) => (file: Saved) => ({
    ...file,
    crossings: file.crossings.map((one: object, i: number) => (i === number ? { ...one, ...part } : one)),
  });
  const detail = (part: object) => (file: Saved) => ({ ...file, details: [{ ...file.details[0], ...part }] });
  const registers = Array(1000).fill({ name: 'eax', value: 1 });
  const tampered: [string, (file: Saved) => unknown, RegExp][] = [
    ['another format', (file) => ({ ...file, format: 'something' }), /does not say that it is a recording/],
    ['another version', (file) => ({ ...file, version: 2 }), /another version/],
    ['something extra', (file) => ({ ...file, extra: 1 }), /extra/],
    ['a crossing missing a part', crossing(2, { eip: undefined }), /crossings\.2\.eip/],
    ['a text for a number', crossing(1, { enteredAt: '1e9' }), /crossings\.1\.enteredAt/],
    ['half an instruction', crossing(1, { instructionsInGuest: 0.5 }), /instructionsInGuest/],
    ['a clock no number can hold', crossing(1, { leftAt: 2 ** 60 }), /leftAt/],
    ['ring 4', crossing(1, { ring: 4 }), /ring/],
    ['an endless symbol', crossing(1, { symbol: 'x'.repeat(1000) }), /symbol/],
    [
      'time running backwards',
      (file) => ({ ...file, crossings: file.crossings.reverse() }),
      /do not follow each other/,
    ],
    ['a stay that ends before it begins', crossing(0, { leftAt: 1 }), /do not follow each other/],
    ['a number twice', crossing(1, { number: 0 }), /do not follow each other/],
    ['registers without end', detail({ registers }), /registers/],
    ['a detail with something extra', detail({ constructor: 1 }), /constructor/],
    ['no list at all', (file) => ({ ...file, crossings: 'many' }), /crossings/],
    ['nothing', () => null, /can open/],
    ['a number', () => 7, /can open/],
  ];

  test.each(tampered)('is refused: %s', (_, tamper, words) => {
    const file = saved();
    const attempt = open(tamper(file));
    expect(attempt).toThrow(UnreadableRecording);
    expect(attempt).toThrow(words);
  });

  test('is refused when it names a hundred causes', () => {
    const crossings = someCrossings(100, (number) => ({ cause: `cause ${number}` }));
    expect(open({ ...saved(), crossings })).toThrow(/more causes/);
  });

  test('is refused in a sentence that is short, however long its own words are', () => {
    const attempt = () =>
      readRecordingJson(JSON.stringify({ ...saved(), ['k'.repeat(100_000)]: 1, format: 'f'.repeat(100_000) }));
    try {
      attempt();
      expect.unreachable();
    } catch (trouble) {
      expect(String(trouble).length).toBeLessThan(400);
    }
  });

  test('never does anything but open or be refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('crossings', 'details', 'machine', 'version'), (value, key) => {
        try {
          readRecordingJson(JSON.stringify({ ...saved(), [key]: value }));
        } catch (trouble) {
          expect(trouble).toBeInstanceOf(UnreadableRecording);
        }
      }),
    );
  });
});

describe('opening a file', () => {
  const file = (text: string) => new Blob([text]);

  test('tells a recording from a trace by what it begins with', async () => {
    const [one] = await openRecording(file(`\n  ${writeRecordingJson(recording(4))}`));
    expect(one.crossings).toHaveLength(4);
    const [other] = await openRecording(file('1 66 hello 1 1:00100000 NMI: served by the host\n'));
    expect(other.crossings[0].cause).toBe('NMI');
  });

  test.each([
    ['nothing', '', /empty/],
    ['blanks', '   \n ', /empty/],
    ['a picture', '\u0089PNG\r\n', /neither/],
    ['broken JSON', '{"format": "astride cro', /broken off or garbled/],
    ['a recording of nothing', writeRecordingJson({ machine: 'm', crossings: [], details: [] }), /no crossings/],
    ['numbers that are no trace', '12 monkeys\n', /neither a recording nor a trace/],
  ])('refuses %s', async (_, text, words) => {
    await expect(openRecording(file(text))).rejects.toThrow(words);
    await expect(openRecording(file(text))).rejects.toBeInstanceOf(UnreadableRecording);
  });

  test('refuses a JSON file of gigabytes without reading it', async () => {
    const huge = {
      size: 5e9,
      slice: () => file('{"format":'),
      text: () => Promise.reject(new Error('read whole')),
    };
    await expect(openRecording(huge)).rejects.toThrow(/larger than any recording/);
  });

  test('reads only the end of a trace of gigabytes', async () => {
    const lines = Array.from(
      { length: 200_000 },
      (_, i) => `${i * 65} ${(i + 1) * 65} a guest 3 1:00100000 NMI: again\n`,
    );
    const [{ machine, crossings }] = await openRecording(file(lines.join('')));
    expect(machine).toBe('a guest');
    expect(crossings).toHaveLength(MOST_CROSSINGS);
    expect(crossings.at(-1)?.leftAt).toBe(200_000 * 65);
  });
});

describe('for a spreadsheet', () => {
  test('there is a line for each crossing, under its names', () => {
    const [head, first, second, end] = writeRecordingCsv(someCrossings(2)).split('\r\n');
    expect(head).toBe('number,enteredAt,leftAt,ring,eip,symbol,cause,outcome,instructionsInGuest');
    expect(first).toBe('0,1000,1065,1,0xc0100000,,hypercall,number 0,0');
    expect(second).toBe('1,1065,1130,1,0xc0100001,,page fault filled,number 1,1');
    expect(end).toBe('');
  });

  test('commas and quotes stay in their field, and formulas do nothing', () => {
    const csv = writeRecordingCsv(someCrossings(1, () => ({ symbol: 'a,"b"', outcome: '=cmd|calc' })));
    expect(csv).toContain('"a,""b"""');
    expect(csv).toContain("'=cmd|calc");
  });
});
