/**
 * Keeps two guests from writing to one file, or one from writing what another reads.  A writer leaves FILE.lock, which
 * names its process; a lock whose process is gone is nobody's, so nothing has to be tidied up after a crash.  Readers
 * are counted within this process only (a base image may lie where nothing can be written): a writer elsewhere that
 * comes after a reader here goes unnoticed.  It is advice among Astrides of one computer, not a wall; where a lock
 * cannot be left, or the other process lives in another container, there is none.
 */

import { existsSync, linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../usage-error.ts';

export interface FileLock {
  release(): void;
}

/** Another process writes to the file. */
export class FileInUse extends UsageError {
  readonly pid: string;

  constructor(path: string, pid: string) {
    super(`${path}: a guest of process ${pid} is writing to it`);
    this.pid = pid;
  }
}

/** How many in this process read each file: as global as the process whose readers it counts. */
const readers = new Map<string, number>();

/** Precondition: its folder exists. Throws UsageError while somebody writes to it. */
export function lockToRead(path: string): FileLock {
  const file = realName(path);
  const writer = writerOf(file);
  if (writer !== null && isAlive(writer)) throw inUse(path, writer);
  countReader(file, 1);
  return { release: () => countReader(file, -1) };
}

/** Precondition: its folder exists. Throws UsageError while anybody uses it. */
export function lockToWrite(path: string): FileLock {
  const file = realName(path);
  if (readers.has(file)) throw new UsageError(`${path}: another disk here reads it; make it readonly or an overlay`);
  const mine = ownName();
  const free = () => {
    if (writerOf(file) === mine) rmSync(lockName(file), { force: true });
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (leaveLock(file, mine)) return { release: free };
    const writer = writerOf(file);
    if (writer === null) continue; // released in between
    if (isAlive(writer) || !removeStale(file, writer)) throw inUse(path, writer);
  }
  throw new UsageError(`${path}: ${lockName(file)} cannot be read, and stays`);
}

/** Takes away a lock that a thread of this process left when it broke down. Precondition: no other thread uses the file. */
export function breakOwnLock(path: string): void {
  if (existsSync(path) && writerOf(realName(path)) === ownName()) rmSync(lockName(realName(path)), { force: true });
}

const ATTEMPTS = 5;

/** The same for every way to the file, and for one that is about to be made. */
function realName(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}

const lockName = (file: string) => `${file}.lock`;

const inUse = (path: string, writer: string) => new FileInUse(path, writer.split(' ')[0]);

function countReader(file: string, more: number): void {
  const count = (readers.get(file) ?? 0) + more;
  if (count > 0) readers.set(file, count);
  else readers.delete(file);
}

/** True if the lock is ours now, or if none can be left here; false if there is one. */
function leaveLock(file: string, mine: string): boolean {
  const draft = `${lockName(file)}.${process.pid}`;
  try {
    // Written first and named then, so that nobody ever reads half a lock.
    writeFileSync(draft, mine);
    linkSync(draft, lockName(file));
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two who find the same stale lock must not both win: whoever moved it looks again at what it holds in its hand. */
function removeStale(file: string, writer: string): boolean {
  const aside = `${lockName(file)}.${process.pid}.stale`;
  try {
    renameSync(lockName(file), aside);
  } catch {
    return true; // somebody else was faster; the next attempt to leave ours will tell
  }
  const stale = readFileSync(aside, 'utf8') === writer;
  if (!stale) linkSync(aside, lockName(file));
  rmSync(aside, { force: true });
  return stale;
}

/** The name in the lock, or null without one. */
function writerOf(file: string): string | null {
  try {
    return readFileSync(lockName(file), 'utf8');
  } catch {
    return null;
  }
}

/** Process numbers are used again; together with when the process began they are not. */
const ownName = () => `${process.pid} ${beginning(process.pid)}`;

function isAlive(writer: string): boolean {
  const [pid, began] = writer.split(' ');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return false;
  try {
    process.kill(number, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return beginning(number) === (began ?? '');
}

/** In ticks since this computer started, on Linux; '' elsewhere. Counted from behind the name, which may hold blanks. */
const TICKS_AFTER_NAME = 19;

function beginning(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[TICKS_AFTER_NAME];
  } catch {
    return '';
  }
}
