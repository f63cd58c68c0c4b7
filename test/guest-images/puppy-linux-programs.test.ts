/**
 * Programs somebody else compiled, for Linux: Debian's busybox-static and klibc-utils for i386.  They are not ours to
 * keep, so the test wants to be told where they are: ASTRIDE_DEBIAN names a folder into which those packages were
 * unpacked (guest-images/puppy/README.md says how).
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ArchiveEntry, cpioArchive } from '../../scripts/cpio-archive.ts';
import { poweredOff } from './boot-sample.ts';
import { Session } from './puppy-session.ts';

const debian = process.env.ASTRIDE_DEBIAN ?? '';
const busyboxFile = join(debian, 'bin/busybox');
const klibcFolder = join(debian, 'usr/lib/klibc/bin');

const [FOLDER, PROGRAM, LINK] = [0o040755, 0o100755, 0o120777];
const nothing = new Uint8Array(0);
const folders = ['bin', 'dev', 'lib', 'proc', 'tmp'].map(
  (path): ArchiveEntry => ({ path, mode: FOLDER, bytes: nothing }),
);
const program = (path: string, file: string) => ({ path, mode: PROGRAM, bytes: readFileSync(file) });

const applets =
  'sh awk cat cmp cp cut dd df echo expr find free grep gunzip gzip head hexdump kill ln ls md5sum mkdir mv nl od poweroff ' +
  'printf ps pwd readlink rev rm rmdir sed seq sleep sort stat tac tail tar tee test touch tr true uname uniq uptime wc xargs yes';

function busybox(): Uint8Array {
  const links = applets.split(' ').map((name) => ({ path: `bin/${name}`, mode: LINK, bytes: Buffer.from('busybox') }));
  return cpioArchive([...folders, program('bin/busybox', busyboxFile), ...links]);
}

function klibc(): Uint8Array {
  const programs = readdirSync(klibcFolder).map((name) => program(`bin/${name}`, join(klibcFolder, name)));
  const library = readdirSync(join(debian, 'lib')).filter((name) => name.startsWith('klibc-'));
  return cpioArchive([
    ...folders,
    ...programs,
    ...library.map((name) => program(`lib/${name}`, join(debian, 'lib', name))),
  ]);
}

/** Types a line at the prompt and answers what was printed until the next one, without the echo. */
function answer(session: Session, line: string): string {
  session.type(`${line}\n`);
  const printed = session.waitFor('# ', 1_000_000_000).replaceAll('\r', '').split('\n');
  return printed.slice(1, -1).join('\n');
}

describe.skipIf(!existsSync(busyboxFile))('a static busybox', () => {
  const lines: [string, string][] = [
    ['seq 1 1000 | sort -rn | sed -n 2p', '999'],
    ["echo one two | awk '{print $2, 1/4}'", 'two 0.25'],
    ['for i in 1 2 3; do echo $i; done | tac | xargs echo', '3 2 1'],
    ['cd /tmp; mkdir -p a/b; echo x > a/b/f; find a -type f; cd /', 'a/b/f'],
    ['seq 1 2000 >/tmp/n; gzip -c /tmp/n | gunzip | cmp - /tmp/n && echo same', 'same'],
    ['tar c -C /tmp a | tar t', 'a/\na/b/\na/b/f'],
    ['readlink /bin/cat; test -d /proc/1 && echo yes', 'busybox\nyes'],
    ['(while :; do :; done & sleep 1; echo awake; kill $!)', 'awake'],
    ["sh -c 'kill -SEGV $$'; echo $?", 'Segmentation fault\n139'],
    ["trap 'echo heard' USR1; kill -USR1 $$; true", 'heard'],
    ['grep -c processor /proc/cpuinfo; uname -s', '1\nPuppy'],
    ['ls /nowhere; echo $?', 'ls: /nowhere: No such file or directory\n1'],
  ];

  test('does at the prompt what it does on Linux', () => {
    const session = new Session({ initrd: busybox(), append: 'init=/bin/sh', memoryMiB: 32 });
    session.waitFor('# ');
    for (const [line, expected] of lines) expect([line, answer(session, line)]).toEqual([line, expected]);
    session.type('poweroff -f\n');
    session.finish();
    expect(session.state).toEqual(poweredOff);
  }, 300_000);
});

describe.skipIf(!existsSync(klibcFolder))('klibc, which is an interpreter of its programs', () => {
  test('runs its shell and what that runs', () => {
    const session = new Session({ initrd: klibc(), append: 'init=/bin/sh', memoryMiB: 32 });
    session.waitFor('# ');
    expect(answer(session, 'mkdir /tmp/d; ln -s x /tmp/d/l; readlink /tmp/d/l')).toBe('x');
    expect(answer(session, 'dd if=/dev/zero bs=512 count=2 2>/tmp/said | cat >/tmp/z; cat /tmp/said')).toContain(
      '2+0 records out',
    );
    expect(answer(session, 'false; echo $?; uname -m')).toBe('1\ni686');
    session.type('poweroff\n');
    session.finish();
    expect(session.state).toEqual(poweredOff);
  }, 120_000);
});
