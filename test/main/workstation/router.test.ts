import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Method, requests } from '../../../core/protocol/requests.ts';
import { settled, type TestWindow, workstationWithWindow } from './test-window.ts';

const methods = Object.keys(requests) as Method[]; // the keys of this very table
const strangers = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'library',
  'library.',
  'machine.Start',
  '',
];

/** Everything the data folder holds, but for the log and the lock. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.startsWith('log.') || name.endsWith('.lock')) continue;
    hash.update(name);
    try {
      hash.update(readFileSync(join(folder, name)));
    } catch {
      hash.update('a folder');
    }
  }
  return hash.digest('hex');
}

async function expectRefusal(window: TestWindow, method: string, argument: unknown, sentence: string | RegExp) {
  const answer = await window.askAnything(method, argument);
  expect(answer).toMatchObject({ kind: 'refusal', sentence: expect.stringMatching(sentence) });
}

describe('what is no request', () => {
  test('is ignored and noted once', async () => {
    const { window, dataFolder } = await workstationWithWindow();
    const before = fingerprint(dataFolder);
    const nonsense = [
      ...[null, undefined, 3, 'library.list', [], {}, new Uint8Array(9), new Map(), () => 1],
      { kind: 'request', number: 1, method: 'library.list' },
      { kind: 'request', number: -1, method: 'library.list', argument: {} },
      { kind: 'request', number: 0.5, method: 'library.list', argument: {} },
      { kind: 'request', number: '1', method: 'library.list', argument: {} },
      { kind: 'request', number: 1, method: ['library.list'], argument: {} },
      { kind: 'request', number: 1, method: 'library.list', argument: {}, more: true },
      { kind: 'request', number: 1, method: 'x'.repeat(101), argument: {} },
      { kind: 'answer', number: 1, value: null },
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('do not look');
          },
          get: () => {
            throw new Error('at me');
          },
        },
      ),
    ];
    for (const message of nonsense) window.receive(message);
    await settled();
    expect(window.told.filter(({ kind }) => kind !== 'event')).toEqual([]);
    expect(window.events('log')).toHaveLength(1);
    expect(fingerprint(dataFolder)).toBe(before);
  });
});

describe('an unknown method', () => {
  test.each(strangers)('"%s" is refused', async (method) => {
    const { window } = await workstationWithWindow();
    await expectRefusal(window, method, {}, 'there is no request called');
    await expectRefusal(window, method, {}, 'there is no request called');
    expect(window.events('log')).toHaveLength(1);
  });
});

describe('an argument that is not in the table', () => {
  test.each(methods)('of %s is refused, noted once, and has no effect', async (method) => {
    const { window, dataFolder, machines } = await workstationWithWindow();
    const before = fingerprint(dataFolder);
    const wrong = [
      undefined,
      null,
      1,
      'id',
      [],
      { stranger: 1 },
      { id: 7 },
      { id: '../../etc' },
      { id: {} },
      new Map(),
    ];
    for (const argument of wrong) await expectRefusal(window, method, argument, `^${method}: `);
    expect(machines).toEqual([]);
    expect(fingerprint(dataFolder)).toBe(before);
    const noted = window.events('log').map(({ sentence }) => sentence);
    expect(new Set(noted).size).toBe(noted.length);
  });

  test('may be too large', async () => {
    const { window, idOf, machines } = await workstationWithWindow();
    const id = await idOf('hello');
    await window.ask('machine.start', { id });
    await expectRefusal(window, 'machine.type', { id, bytes: new Uint8Array(64 * 1024 + 1) }, 'too much at once');
    expect(machines[0].typed).toEqual([]);
    await expectRefusal(window, 'library.import', { from: 'x'.repeat(5000) }, '^library.import: from: ');
  });
});

describe('a machine that is not there', () => {
  const wanted = { id: 'nobody' };
  const settings = async (window: TestWindow) => (await window.ask('library.list', {}))[0].settings;
  const ofMachines = methods.filter((method) =>
    /^(machine|console|counters|crossings)\.|clone|delete|export|edit/.test(method),
  );

  test.each(ofMachines.filter((method) => !method.startsWith('compare.')))('is refused by %s', async (method) => {
    const { window } = await workstationWithWindow();
    const whole = {
      ...wanted,
      ...{
        settings: await settings(window),
        to: '/nowhere/file',
        on: true,
        bytes: new Uint8Array(1),
        columns: 80,
        rows: 24,
      },
      ...{ at: 0, last: 10, number: 0 },
    };
    // Just what this method's schema knows.
    const known = Object.keys((requests[method].argument as { entries: object }).entries);
    const argument = Object.fromEntries(Object.entries(whole).filter(([name]) => known.includes(name)));
    // Saying that one has seen enough of a machine that is gone is no mistake.
    const harmless = ['console.close', 'console.drawn'].includes(method);
    expect((await window.askAnything(method, argument)).kind).toBe(harmless ? 'answer' : 'refusal');
  });
});

test('too many questions at once are refused, and later ones answered', async () => {
  const { window } = await workstationWithWindow();
  const image = { kind: 'sample', name: 'hello' };
  const asked = Array.from({ length: 300 }, () => window.askAnything('library.inspect', { image }));
  const kinds = (await Promise.all(asked)).map((answer) => (answer.kind === 'refusal' ? answer.sentence : 'answered'));
  expect(kinds.filter((kind) => kind.startsWith('too much was asked'))).toHaveLength(300 - 256);
  expect(await window.ask('library.list', {})).toHaveLength(4);
});

test('nonsense never throws and never changes anything', async () => {
  const { window, dataFolder, machines } = await workstationWithWindow();
  const before = fingerprint(dataFolder);
  const value = fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, withNullPrototype: true });
  const keyed = fc.dictionary(
    fc.constantFrom('id', 'settings', 'to', 'from', 'on', 'at', 'bytes', 'image', 'comparison', 'kind', '__proto__'),
    fc.oneof(value, fc.constantFrom('faults', '../faults', -1, 1e300, Number.NaN, 'x'.repeat(70))),
  );
  const request = fc.record({
    kind: fc.oneof({ weight: 9, arbitrary: fc.constant('request') }, value),
    number: fc.oneof({ weight: 9, arbitrary: fc.nat() }, value),
    method: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...methods, ...strangers) }, value),
    argument: fc.oneof(value, keyed),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(value, request), async (message) => {
      window.receive(message);
    }),
    { numRuns: 2000 },
  );
  await settled();
  expect(machines).toEqual([]);
  expect(fingerprint(dataFolder)).toBe(before);
  // One connection's nonsense does not fill the log.
  expect(window.events('log').length).toBeLessThanOrEqual(100);
  expect(await window.ask('library.list', {})).toHaveLength(4);
});
