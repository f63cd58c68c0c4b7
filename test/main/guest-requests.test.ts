/** Options of guests: whose they are, in which order, and what is said of those that make no sense. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRequest } from '../../main/guest-requests.ts';
import { bootOptions } from '../../main/run-options.ts';
import { run } from './fake-io.ts';
import { busGuest } from './small-guests.ts';

const SECTOR = 512;
let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  writeFileSync(file('disk'), new Uint8Array(8 * SECTOR).fill(0x5a));
  writeFileSync(file('other'), new Uint8Array(8 * SECTOR));
  writeFileSync(file('bus'), busGuest());
});
afterAll(() => rmSync(folder, { recursive: true }));

const request = (...words: string[]) => readRunRequest(['hello', ...words], bootOptions);

describe('the options of a guest', () => {
  test('are none unless given', () => {
    expect(request()).toMatchObject({ date: null, seed: null, reboots: true });
    expect(request().guests[0]).toMatchObject({ devices: [], deviceFace: 'auto' });
  });

  test('keep the order of devices', () => {
    const { devices } = request('--disk', 'b', '--net', 'hub=h', '--rng', '--disk=a,readonly').guests[0];
    expect(devices).toEqual([
      { kind: 'disk', spec: { path: 'b', mode: 'writable' } },
      { kind: 'net', spec: expect.objectContaining({ to: 'hub', hub: 'h' }) },
      { kind: 'rng' },
      { kind: 'disk', spec: { path: 'a', mode: 'readonly' } },
    ]);
  });

  test('belong to the guest before them', () => {
    const { guests } = request('--disk', 'a', '--beside', 'faults', '--rng', '--devices', 'pci', '--disk', 'b');
    expect(guests.map(({ devices, deviceFace }) => [devices.map(({ kind }) => kind), deviceFace])).toEqual([
      [['disk'], 'auto'],
      [['rng', 'disk'], 'pci'],
    ]);
  });

  test('give one source of random numbers however often it is asked for', () => {
    expect(request('--rng', '--rng').guests[0].devices).toEqual([{ kind: 'rng' }]);
  });
});

describe('what cannot be', () => {
  test.each([
    [['--devices', 'usb'], /--devices is auto, bus or pci, not "usb"/],
    [['--disk', ''], /--disk wants a file/],
    [['--disk', ',overlay'], /--disk wants a file/],
    [['--net', 'wifi'], /--net leads to/],
    [['--rng=real'], /--rng takes no value/],
    [['--no-reboot=1'], /--no-reboot takes no value/],
    [['--seed'], /--seed needs a value/],
    [['--date', 'someday'], /--date wants/],
  ])('%j is refused', async (words, sentence) => {
    for (const command of ['boot', 'compare']) {
      const { code, out, err } = await run(command, 'hello', ...words);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^astride: [^\n]+\n$/);
      expect(err).toMatch(sentence);
    }
  });

  test('a disk that does not exist', async () => {
    for (const command of ['boot', 'compare']) {
      const { code, err } = await run(command, 'hello', '--disk', file('disk'), '--disk', file('nowhere'));
      expect([code, err]).toEqual([2, expect.stringMatching(/^astride: .*nowhere: there is no such file\n$/)]);
    }
    // and what was opened before it was given back
    expect((await run('boot', 'hello', '--disk', file('disk'))).code).toBe(0);
  });

  test('one file as two writable disks', async () => {
    const { code, err } = await run(
      'boot',
      'hello',
      '--disk',
      file('disk'),
      '--beside',
      'hello',
      '--disk',
      file('disk'),
    );
    expect([code, err]).toEqual([2, expect.stringMatching(/^astride: [^\n]+disk[^\n]*\n$/)]);
  });

  test('the world outside in a comparison', async () => {
    const { code, err } = await run('compare', 'hello', '--net', 'user');
    expect([code, err]).toEqual([2, expect.stringMatching(/hub=NAME/)]);
  });

  test('more devices than the lguest bus has room for', async () => {
    const many = Array.from({ length: 40 }, () => ['--disk', `${file('disk')},readonly`]).flat();
    const { code, err } = await run('boot', 'hello', '--devices', 'bus', ...many);
    expect(code).toBe(2);
    expect(err).toMatch(/^astride: 41 devices, /);
  });
});

describe('devices on the bus', () => {
  const [NET, BLOCK, CONSOLE, ENTROPY] = ['01', '02', '03', '04'];
  const listed = async (...words: string[]) => {
    const { code, out, err } = await run('boot', file('bus'), '--devices', 'bus', ...words);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    return lines.map((line) => line.replace(/^00(..)..(..)$/, '$1 $2'));
  };

  test('of a guest that asked for none are a console', async () => {
    expect(await listed()).toEqual([`${CONSOLE} 01`]);
  });

  test('come in the order they were asked for, the console last', async () => {
    const words = ['--rng', '--disk', file('disk'), '--net', 'hub=lab', '--disk', `${file('other')},overlay`];
    expect(await listed(...words)).toEqual([
      `${ENTROPY} 01`,
      `${BLOCK} 02`,
      `${NET} 03`,
      `${BLOCK} 05`,
      `${CONSOLE} 06`,
    ]);
  });

  test('are the same in a comparison, which leaves the files alone', async () => {
    const before = readFileSync(file('disk'));
    const words = ['--devices', 'bus', '--disk', file('disk'), '--net', 'hub=lab', '--rng'];
    const { code, out } = await run('compare', file('bus'), ...words, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      identicalOutput: true,
      off: { end: 'power off' },
      on: { end: 'power off' },
    });
    expect(readFileSync(file('disk'))).toEqual(before);
  });
});
