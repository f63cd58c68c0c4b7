/** Puppy's kernel: what it promises programs, however it is run, and what happens when they want more. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engines } from '../../core/x86/board.ts';
import { cpioArchive } from '../../scripts/cpio-archive.ts';
import { available } from '../extras.ts';
import { poweredOff } from './boot-sample.ts';
import { Session, type SessionOptions } from './puppy-session.ts';

/** Everything a run may be like without a program noticing. */
const ways: [string, SessionOptions][] = engines.flatMap((engine): [string, SessionOptions][] => [
  [`${engine}, fast path off`, { engine, fastPath: false }],
  [`${engine}, fast path on`, { engine, fastPath: true }],
  [`${engine}, no async ring`, { engine, fastPath: true, append: 'async=off' }],
]);

/** What `run=` prints until it has powered off. */
function run(words: string, options: SessionOptions = {}): Session {
  const session = new Session({ ...options, append: `run=${words} ${options.append ?? ''}` });
  session.finish();
  return session;
}

const linesOf = (session: Session) => session.output.trimEnd().split('\r\n').slice(1);

describe.each(ways)('under stress (%s)', (_, options) => {
  test('bombs, hogs and broken promises end inside the guest, and all pages come back', () => {
    const session = run('stress,forks,100,alive,200,bomb,hog,overcommit', options);
    const [, forks, alive, bomb, hog, told, overcommit, pages] = linesOf(session);
    expect(forks).toBe('forks: 100 children came and went');
    expect(alive).toBe('alive: 200 at once, 200 killed');
    expect(bomb).toBe('bomb: fork answered -11 in the end, 254 killed');
    expect(hog).toBe('hog: ended with status 256');
    expect(told).toMatch(/^out of memory: stress \(process \d+, \d+ pages\) was killed$/);
    expect(overcommit).toBe('overcommit: ended with status 9, killed');
    expect(pages).toMatch(/^pages free: (\d+) before, \1 after$/);
    expect(session.state).toEqual(poweredOff);
  }, 60_000);
});

test('a thousand processes come and go', () => {
  expect(linesOf(run('stress,forks,1000'))[1]).toBe('forks: 1000 children came and went');
}, 60_000);

test('the async ring saves crossings', () => {
  const [on, off] = ['', 'async=off'].map((append) => run('stress,forks,50', { append }));
  expect(on.counters.asynchronousHypercalls).toBeGreaterThan(0);
  expect(off.counters.asynchronousHypercalls).toBe(0);
  expect(on.counters.roundTrips).toBeLessThan(off.counters.roundTrips);
}, 60_000);

test('the fast path saves a round trip for each fault of a program', () => {
  const [off, on] = [false, true].map((fastPath) => run('stress,forks,50', { fastPath }));
  expect(on.output).toBe(off.output);
  expect(on.counters.userPageFaults).toBe(off.counters.userPageFaults);
  expect(on.counters.roundTrips).toBeLessThan(off.counters.roundTrips - off.counters.userPageFaults / 2);
}, 60_000);

describe('the end', () => {
  test('of a program that run= named, and that failed, is an error', () => {
    const session = run('nothing-of-that-name');
    expect(session.output).toContain('cannot run /bin/nothing-of-that-name');
    expect(session.state).toMatchObject({ is: 'ended', end: 'killed' });
  });

  test('of a shell without input is a power off', () => {
    const session = new Session();
    session.waitFor('$ ');
    session.type('\x04');
    session.finish();
    expect(session.state).toEqual(poweredOff);
  });

  test('of an init that is missing says so', () => {
    const session = new Session({ append: 'init=/bin/nobody' });
    session.finish();
    expect(session.state).toMatchObject({ is: 'ended', end: 'killed', reason: expect.stringContaining('/bin/nobody') });
  });

  test('of a kernel that faults is an oops: registers, callers by name, and an error', () => {
    const session = new Session({ append: 'oops=now' });
    session.finish();
    expect(session.output).toMatch(/Oops: page fault \(trap 14, error 2\) in the kernel, cr2 00000000, process 1/);
    expect(session.output).toMatch(/eax [0-9a-f]{8} ebx/);
    expect(session.output).toMatch(/at {3}[0-9a-f]{8} become_init\+[0-9a-f]+/);
    expect(session.state).toMatchObject({ is: 'ended', end: 'killed', reason: expect.stringContaining('oops') });
  });
});

test('an initrd of the launcher takes the place of the one inside', () => {
  const bytes = new TextEncoder().encode('#!/bin/none\n');
  const initrd = cpioArchive([
    { path: 'bin', mode: 0o040755, bytes: new Uint8Array(0) },
    { path: 'bin/init', mode: 0o100755, bytes },
  ]);
  const session = new Session({ initrd });
  session.finish();
  expect(session.state).toMatchObject({
    end: 'killed',
    reason: expect.stringMatching(/cannot run \/bin\/init \(error 2\)/),
  });
});

describe.skipIf(!available('mke2fs'))('a disk', () => {
  /** Long enough for a block that names blocks. */
  const lines = Array.from({ length: 3000 }, (_, i) => `line ${i} of ${i * i}\n`).join('');

  /** An ext2 file system made by Debian's own hand; `check` is what e2fsck says of what became of it. */
  function withDisk(work: (disk: Uint8Array, check: () => string) => void, blockBytes = 1024): void {
    const folder = mkdtempSync(join(tmpdir(), 'astride-puppy-'));
    try {
      const [source, image] = [join(folder, 'source'), join(folder, 'disk')];
      spawnSync('mkdir', [source]);
      writeFileSync(join(source, 'lines'), lines);
      const made = spawnSync('mke2fs', ['-q', '-t', 'ext2', '-b', String(blockBytes), '-d', source, image, '4M']);
      if (made.status !== 0) throw new Error(made.stderr.toString());
      const disk = new Uint8Array(readFileSync(image));
      work(disk, () => {
        writeFileSync(image, disk);
        const { status, stdout, stderr } = spawnSync('e2fsck', ['-fn', image]);
        return status === 0 ? 'clean' : `${stdout}${stderr}`;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test.each([1024, 4096])(
    'of blocks of %d bytes is written so that e2fsck has nothing to say',
    (blockBytes) => {
      withDisk((disk, check) => {
        const session = run('filework,/mnt', { disk });
        expect(linesOf(session).at(-1)).toBe('filework: ok');
        expect(session.state).toEqual(poweredOff);
        expect(check()).toBe('clean');
      }, blockBytes);
    },
    60_000,
  );

  test('made elsewhere reads back identical', () => {
    withDisk((disk) => {
      const session = run('cat,/mnt/lines', { disk });
      expect(session.output.replaceAll('\r', '')).toContain(lines);
      expect(session.state).toEqual(poweredOff);
    });
  }, 60_000);
});
