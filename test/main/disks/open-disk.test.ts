/** Files as disks: each mode through the device that a guest sees, and the sentences for what is no disk. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { type DiskMode, readDiskOption } from '../../../main/disks/disk-option.ts';
import { openDisk } from '../../../main/disks/open-disk.ts';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFolder = scratchFolder();
const contents = pattern(1, 8192);
let path: string;
let reports: string[];

beforeEach(() => {
  path = inFolder('disk.img');
  writeFileSync(path, contents);
  reports = [];
});

const disk = (mode: DiskMode, throwaway = false) =>
  openDisk({ path, mode }, { throwaway, report: (sentence) => reports.push(sentence) });

describe('a disk', () => {
  test.each<[DiskMode, boolean]>([
    ['writable', false],
    ['readonly', true],
    ['overlay', false],
  ])('that is %s says so to each life of the guest', (mode, readOnly) => {
    const device = disk(mode);
    for (const model of [device.newModel(), device.newModel()]) {
      expect(new DataView(model.configuration.buffer).getBigUint64(0, true)).toBe(16n);
      expect((model.features[0] & (1 << 5)) !== 0).toBe(readOnly);
    }
    device.tick(0);
    expect(device.awaitsOutside).toBe(false);
    device.close();
    expect(reports).toEqual([]);
  });

  test('is writable for a guest even if everything is thrown away, unless it is read-only', () => {
    for (const mode of ['writable', 'overlay'] as const) {
      const [one, other] = [disk(mode, true), disk(mode, true)];
      expect(one.newModel().features[0] & (1 << 5)).toBe(0);
      one.close();
      other.close();
    }
    const readonly = disk('readonly', true);
    expect(readonly.newModel().features[0] & (1 << 5)).not.toBe(0);
    readonly.close();
    expect(existsSync(`${path}.overlay`)).toBe(false);
  });

  test('may be attached once to write, many times to read', () => {
    const [one, other] = [disk('readonly'), disk('overlay')];
    expect(() => disk('writable')).toThrow(UsageError);
    expect(() => disk('overlay')).toThrow(/disk.img.overlay: a guest of process [0-9]+ is writing to it/);
    one.close();
    other.close();
    const writer = disk('writable');
    expect(() => disk('overlay')).toThrow(/disk.img: a guest of process/);
    writer.close();
    disk('writable').close();
  });
});

describe('what is written', () => {
  test('to a file is in the file', () => {
    const storage = openStorage({ path, mode: 'writable' }, false);
    storage.write(512, pattern(2, 1024));
    storage.flush();
    expect(sameBytes(readFileSync(path).subarray(512, 1536), pattern(2, 1024))).toBe(true);
    expect(sameBytes(readAll(storage), readFileSync(path))).toBe(true);
    storage.close();
  });

  test('to be thrown away is read back, and is nowhere', () => {
    const storage = openStorage({ path, mode: 'writable' }, true);
    storage.write(3584, pattern(2, 1024));
    storage.flush();
    const expected = contents.slice();
    expected.set(pattern(2, 1024), 3584);
    expect(sameBytes(readAll(storage), expected)).toBe(true);
    storage.close();
    expect(sameBytes(readFileSync(path), contents)).toBe(true);
  });

  test('to be thrown away on a disk that ends in half a block', () => {
    truncateSync(path, 8192 - 512);
    const storage = openStorage({ path, mode: 'writable' }, true);
    storage.write(8192 - 1024, pattern(3, 512));
    const expected = contents.slice(0, 8192 - 512);
    expected.set(pattern(3, 512), 8192 - 1024);
    expect(sameBytes(readAll(storage), expected)).toBe(true);
    storage.close();
  });

  test('past what somebody cut off the file meanwhile is an error, not zeros', () => {
    const storage = openStorage({ path, mode: 'readonly' }, false);
    truncateSync(path, 4096);
    expect(() => readAll(storage)).toThrow(/the file ends at byte 4096/);
    storage.close();
  });
});

describe('no disk', () => {
  test.each([0, 1, 511, 513, 4097])('a file of %d bytes', (size) => {
    truncateSync(path, size);
    for (const mode of ['writable', 'readonly', 'overlay'] as const) {
      expect(() => disk(mode)).toThrow(UsageError);
      expect(() => disk(mode)).toThrow(`and this file has ${size} bytes`);
    }
  });

  test('no file, a folder, a pipe', () => {
    mkdirSync(inFolder('folder'));
    execFileSync('mkfifo', [inFolder('pipe')]);
    for (const name of ['missing', 'missing/too', 'folder', 'pipe']) {
      for (const suffix of ['', ',readonly', ',overlay']) {
        const open = () => openStorage(readDiskOption(inFolder(name) + suffix), false);
        expect(open).toThrow(UsageError);
      }
    }
  });
});
