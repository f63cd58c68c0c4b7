/** A disk made by mke2fs: Linux mounts it, fills it, and finds it again; over an overlay it changes nothing below. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { available } from '../extras.ts';
import { type ShelfKernel, shelf } from './kernel-shelf.ts';
import { bootToShell, type LinuxSession, prepareSessions } from './linux-session.ts';

const TEST_LIMIT_MS = 900_000;
const DISK_BYTES = 48 * 1024 * 1024;
const FILE_MIB = 20;

const able = available('kernels') && available('mke2fs');
describe.skipIf(!able)('disks', { timeout: TEST_LIMIT_MS }, () => {
  beforeAll(prepareSessions, TEST_LIMIT_MS);

  const kernels = shelf(process.env.ASTRIDE_KERNELS).filter(({ initrd, twin }) => initrd !== null && !twin);
  test.for(kernels)(
    'of $name keep what was written through a restart, and an overlay keeps it from the base',
    async (kernel, { skip }) => {
      const disk = newDisk();
      const checksum = await writesAndRestarts(kernel, disk);
      if (checksum === null) return skip('the kernel knows no file system of mke2fs');
      expect(spawnSync('e2fsck', ['-fn', disk], { encoding: 'utf8' })).toMatchObject({ status: 0 });
      const before = sha256(disk);
      await writesOverAnOverlay(kernel, disk, checksum);
      expect(sha256(disk)).toBe(before);
      await findsTheOverlayAgain(kernel, disk);
    },
  );
});

function newDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'astride-linux-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = join(folder, 'disk');
  writeFileSync(disk, '');
  truncateSync(disk, DISK_BYTES);
  expect(spawnSync('mke2fs', ['-q', '-F', '-t', 'ext2', disk], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  return disk;
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Chunks of random bytes with a short line between them, so that no two blocks of the file are the same. */
const FILL = `dd if=/dev/urandom of=/tmp/chunk bs=1024 count=1024 2>/dev/null
  && i=0; while [ $i -lt ${FILE_MIB} ]; do echo "chunk $i"; cat /tmp/chunk; i=$((i+1)); done > /mnt/big && sync`;

/** Returns the checksum of what was written; null where the kernel knows no file system of mke2fs. */
async function writesAndRestarts(kernel: ShelfKernel, disk: string): Promise<string | null> {
  const session = await bootToShell(kernel, { options: ['--disk', disk] });
  if (!(await mounts(session))) return null;
  expect(await session.run(FILL.replaceAll('\n', ' '))).toEqual({ status: 0, output: '' });
  const written = await session.run('md5sum < /mnt/big');
  expect(written.output).toMatch(/^[0-9a-f]{32} /);
  session.type('reboot -f\n');
  await session.sees(/Linux version/);
  await session.shell();
  expect(await mounts(session)).toBe(true);
  expect(await session.run('md5sum < /mnt/big')).toEqual(written);
  expect(await session.run('umount /mnt')).toMatchObject({ status: 0 });
  session.type('poweroff -f\n');
  expect(await session.end()).toMatchObject({ code: 0 });
  return written.output;
}

async function writesOverAnOverlay(kernel: ShelfKernel, disk: string, checksum: string): Promise<void> {
  const session = await bootToShell(kernel, { options: ['--disk', `${disk},overlay`] });
  expect(await mounts(session)).toBe(true);
  expect((await session.run('md5sum < /mnt/big')).output).toBe(checksum);
  expect(await session.run('rm /mnt/big && echo above > /mnt/small && sync')).toEqual({ status: 0, output: '' });
  session.type('poweroff -f\n');
  expect(await session.end()).toMatchObject({ code: 0 });
}

async function findsTheOverlayAgain(kernel: ShelfKernel, disk: string): Promise<void> {
  const session = await bootToShell(kernel, { options: ['--disk', `${disk},overlay`] });
  expect(await mounts(session)).toBe(true);
  expect(await session.run('ls /mnt/big 2>/dev/null; cat /mnt/small')).toEqual({ status: 0, output: 'above\n' });
  session.type('poweroff -f\n');
  expect(await session.end()).toMatchObject({ code: 0 });
}

/** Mounts the first disk at /mnt; false where the kernel has no driver for its file system. */
async function mounts(session: LinuxSession): Promise<boolean> {
  if ((await session.run('grep -q "ext[234]$" /proc/filesystems')).status !== 0) return false;
  await session.run('mkdir -p /mnt /sys /tmp; [ -d /sys/block ] || mount -t sysfs sysfs /sys');
  await session.run('[ -b /dev/vda ] || mknod /dev/vda b $(tr : " " < /sys/block/vda/dev)');
  const types = (await session.run('grep -o "ext[234]$" /proc/filesystems')).output.trim().split('\n');
  expect(await session.run(`mount -t ${types[0]} /dev/vda /mnt`)).toMatchObject({ status: 0 });
  return true;
}
