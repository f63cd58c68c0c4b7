import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { overlayFile } from '../../../main/library/overlay-file.ts';
import { temporaryFolder, workstationWithWindow } from '../workstation/test-window.ts';
import { someSettings } from './some-settings.ts';

const MIB = 1024 * 1024;
const CREATED_AT = '2026-11-22T10:00:00.000Z';

async function withFolder() {
  const around = await workstationWithWindow();
  const folder = await temporaryFolder();
  const machinesFolder = join(around.dataFolder, 'machines');
  const importBytes = async (bytes: Uint8Array) => {
    const from = join(folder, 'machine.astride');
    await writeFile(from, bytes);
    return around.window.ask('library.import', { from });
  };
  return { ...around, folder, machinesFolder, importBytes };
}

const entry = (changed: object = {}, settings: object = {}) =>
  strToU8(
    JSON.stringify({
      version: 1,
      createdAt: CREATED_AT,
      lastRun: null,
      settings: { ...someSettings(), ...settings },
      ...changed,
    }),
  );

const ownKernel = { image: { kind: 'file', path: 'kernel' } };

describe('a machine in one file', () => {
  test('is the same machine when it comes back', async () => {
    const { window, folder, machinesFolder, dataFolder } = await withFolder();
    const kernel = crypto.getRandomValues(new Uint8Array(60_000));
    await writeFile(join(folder, 'vmlinuz'), kernel);
    await writeFile(join(folder, 'initrd'), '');
    const image = { kind: 'file', path: join(folder, 'vmlinuz') } as const;
    const settings = someSettings({ name: 'größer', notes: 'with\nnotes', image, initrd: join(folder, 'initrd') });
    const made = await window.ask('library.create', { settings });
    const overlay = new Uint8Array(20 * MIB);
    overlay.set(kernel, 12 * MIB);
    await writeFile(overlayFile(join(machinesFolder, made.id), '/disks/a.img'), overlay);
    const to = join(folder, 'out.astride');
    await window.ask('library.export', { id: made.id, to });
    const back = await window.ask('library.import', { from: to });
    expect(back.settings).toEqual({ ...made.settings, name: 'größer 2' });
    expect((await readFile(join(machinesFolder, back.id, 'kernel'))).equals(kernel)).toBe(true);
    expect((await readFile(overlayFile(join(machinesFolder, back.id), '/disks/a.img'))).equals(overlay)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['initrd', 'out.astride', 'vmlinuz']);
    expect(await readdir(join(dataFolder, 'machines'))).toHaveLength(6);
    // Anybody's tool reads it.
    const found = unzipSync(await readFile(to));
    expect(Object.keys(found).sort()).toEqual([expect.stringMatching(/^disk-/), 'initrd', 'kernel', 'machine.json']);
    expect(Buffer.from(kernel).equals(found.kernel)).toBe(true);
  });

  test('packs what packs too well to be believed as it is', async () => {
    const { window, folder, machinesFolder } = await withFolder();
    const { id } = await window.ask('library.create', { settings: someSettings() });
    await writeFile(overlayFile(join(machinesFolder, id), '/a'), new Uint8Array(17 * MIB));
    const to = join(folder, 'zeroes.astride');
    await window.ask('library.export', { id, to });
    expect((await readFile(to)).length).toBeGreaterThan(17 * MIB);
    await expect(window.ask('library.import', { from: to })).resolves.toBeDefined();
  });

  test('names its disks, and does not attach them where it comes to', async () => {
    const { window, folder } = await withFolder();
    const disks = [{ path: '/home/you/secrets.img', access: 'write' } as const];
    const { id } = await window.ask('library.create', { settings: someSettings({ disks, notes: 'mine' }) });
    const to = join(folder, 'out.astride');
    await window.ask('library.export', { id, to });
    expect(window.events('log').at(-1)?.sentence).toContain(
      'its disks stay where they are and are not in it: /home/you/secrets.img',
    );
    const { settings } = await window.ask('library.import', { from: to });
    expect(settings?.disks).toEqual([]);
    expect(settings?.notes).toBe(
      'mine\n\nIt came with these disks; attach them again if they are here and you trust it:\n  /home/you/secrets.img (write)',
    );
  });

  test('is written whole or not at all, and not of a machine that runs', async () => {
    const { window, folder, idOf } = await withFolder();
    const id = await idOf('hello');
    const to = join(folder, 'out.astride');
    await expect(window.ask('library.export', { id, to: join(folder, 'nowhere', 'x') })).rejects.toThrow(
      'no such file',
    );
    await expect(window.ask('library.export', { id, to: 'out.astride' })).rejects.toThrow('by its full path');
    await mkdir(to);
    await expect(window.ask('library.export', { id, to })).rejects.toThrow('a folder');
    expect(await readdir(folder)).toEqual(['out.astride']);
    await window.ask('machine.start', { id });
    await expect(window.ask('library.export', { id, to: join(folder, 'x') })).rejects.toThrow('running');
  });
});

describe('a file of a stranger', () => {
  const zip = (files: Zippable) => zipSync(files);
  /** Two files of which one is renamed afterwards, to what no honest tool would write. */
  const renamed = (from: string, to: string, files: Zippable) => {
    const bytes = Buffer.from(zip(files));
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at)) bytes.write(to, at);
    return bytes;
  };
  const lyingSize = (bytes: Uint8Array, claimed: number) => {
    const copy = Buffer.from(bytes);
    const directory = copy.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    copy.writeUInt32LE(claimed, directory + 24);
    return copy;
  };
  const overlapping = () => {
    // Both entries of the directory lead to the first file.
    const copy = Buffer.from(zip({ 'machine.json': entry(), kernel: strToU8('k') }));
    const second = copy.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    copy.writeUInt32LE(0, second + 42);
    return copy;
  };
  const encrypted = () => {
    const copy = Buffer.from(zip({ 'machine.json': entry() }));
    copy.writeUInt16LE(1, copy.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 8);
    return copy;
  };
  const spoiled = () => {
    const copy = Buffer.from(zipSync({ 'machine.json': entry() }, { level: 0 }));
    copy[60] ^= 1;
    return copy;
  };
  const no = 'is no part of a machine';

  test.each<[string, () => Uint8Array, string | RegExp]>([
    ['of text', () => strToU8('a machine, honestly'), 'it is no zip file'],
    ['of nothing', () => new Uint8Array(0), 'it is no zip file'],
    ['that leads out of its folder', () => zip({ 'machine.json': entry(), '../escaped': strToU8('x') }), no],
    ['that leads to the root', () => zip({ 'machine.json': entry(), '/escaped': strToU8('x') }), no],
    ['with a folder', () => zip({ 'machine.json': entry(), 'sub/kernel': strToU8('x') }), no],
    ['with backslashes', () => zip({ 'machine.json': entry(), '..\\escaped': strToU8('x') }), no],
    ['with a console log', () => zip({ 'machine.json': entry(), 'console.log': strToU8('x') }), no],
    ['without machine.json', () => zip({ kernel: strToU8('x') }), 'this file holds no machine.json'],
    [
      'with a name twice',
      () => renamed('kernel', 'initrd', { 'machine.json': entry(), kernel: strToU8('x'), initrd: strToU8('y') }),
      'holds initrd twice',
    ],
    [
      'that is a bomb',
      () => zip({ 'machine.json': entry(), kernel: new Uint8Array(17 * MIB) }),
      'far more than it can hold',
    ],
    [
      'with an enormous machine.json',
      () => zip({ 'machine.json': new Uint8Array(2 * MIB) }),
      'larger than such a file may be',
    ],
    [
      'that claims less than it holds',
      () => lyingSize(zip({ 'machine.json': entry() }), 10),
      'machine.json in this file is damaged',
    ],
    [
      'that claims more than it holds',
      () => lyingSize(zip({ 'machine.json': entry() }), 5000),
      'machine.json in this file is damaged',
    ],
    [
      'that claims what nobody has room for',
      () => lyingSize(zip({ 'machine.json': entry() }), 0xffff_ffff),
      'far more than it can hold',
    ],
    ['whose files overlap', overlapping, 'its files overlap'],
    ['that is encrypted', encrypted, 'it is encrypted'],
    ['that is spoiled', spoiled, 'machine.json in this file is damaged'],
    ['that is cut short', () => zip({ 'machine.json': entry() }).subarray(0, 200), 'it is no zip file'],
    [
      'with too many files',
      () => zip(Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`kernel-${index + 1}`, strToU8('')]))),
      'too many files',
    ],
    ['of a newer Astride', () => zip({ 'machine.json': entry({ version: 7 }) }), 'newer Astride'],
    [
      'with settings nobody can have',
      () => zip({ 'machine.json': entry({}, { memoryMiB: 1e9 }) }),
      'settings.memoryMiB',
    ],
    [
      'with a sample nobody knows',
      () => zip({ 'machine.json': entry({}, { image: { kind: 'sample', name: 'x' } }) }),
      'no sample guest',
    ],
    [
      'with a kernel of this computer',
      () => zip({ 'machine.json': entry({}, { image: { kind: 'file', path: '/etc/passwd' } }) }),
      'wants files that are not in the file',
    ],
    [
      'with a kernel that is not in it',
      () => zip({ 'machine.json': entry({}, ownKernel) }),
      'wants files that are not in the file',
    ],
    [
      'with an initrd above it',
      () => zip({ 'machine.json': entry({}, { initrd: '../x/initrd' }) }),
      'wants files that are not in the file',
    ],
  ])('%s is refused with a sentence and leaves nothing behind', async (_, bytes, sentence) => {
    const { machinesFolder, importBytes, dataFolder } = await withFolder();
    const before = (await readdir(dataFolder)).sort();
    await expect(importBytes(bytes())).rejects.toThrow(sentence);
    expect(await readdir(machinesFolder)).toHaveLength(4);
    expect((await readdir(dataFolder)).filter((name) => name !== 'log.txt').sort()).toEqual(before);
    expect(existsSync(join(machinesFolder, 'escaped'))).toBe(false);
  });

  test('made by an honest tool is fine', async () => {
    const { importBytes, machinesFolder } = await withFolder();
    const kernel = strToU8('a kernel');
    const { id, createdAt } = await importBytes(
      zip({ 'machine.json': entry({}, ownKernel), kernel: [kernel, { level: 0 }] }),
    );
    expect(await readFile(join(machinesFolder, id, 'kernel'), 'utf8')).toBe('a kernel');
    // It is new here, however old it is elsewhere.
    expect(createdAt).not.toBe(CREATED_AT);
  });

  test('with any byte changed is refused, or does what an import may', async () => {
    const { importBytes, machinesFolder, dataFolder } = await withFolder();
    const good = zip({ 'machine.json': entry({}, ownKernel), kernel: strToU8('a kernel of a few words') });
    const change = fc.record({ at: fc.nat(good.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Uint8Array.from(good);
        for (const { at, bits } of changes) bytes[at] ^= bits;
        const outcome = await importBytes(bytes).catch((error: Error) => error.message);
        expect(JSON.stringify(outcome)).not.toMatch('inside Astride');
        for (const id of await readdir(machinesFolder)) {
          expect(id).toMatch(/^[a-z0-9-]+-[0-9a-f]{8}$/);
        }
      }),
      { numRuns: 200 },
    );
    expect((await readdir(dataFolder)).sort()).toEqual(['astride.lock', 'comparisons', 'log.txt', 'machines']);
  });

  test('that is no file at all is a sentence', async () => {
    const { window } = await withFolder();
    await expect(window.ask('library.import', { from: '/nowhere/at/all' })).rejects.toThrow('there is no such file');
    await expect(window.ask('library.import', { from: '/dev/zero' })).rejects.toThrow('no ordinary file');
    await expect(window.ask('library.import', { from: '/' })).rejects.toThrow('no ordinary file');
    await expect(window.ask('library.import', { from: 'x.astride' })).rejects.toThrow('by its full path');
  });
});
