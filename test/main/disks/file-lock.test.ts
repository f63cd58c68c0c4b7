/** Who may use a file while somebody else does, and that nobody has to clean up after the dead. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { lockToRead, lockToWrite } from '../../../main/disks/file-lock.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFolder = scratchFolder();
/** Only Linux says when a process began. */
const knowsBeginnings = existsSync('/proc/self/stat');
let path: string;

beforeEach(() => {
  path = inFolder('disk');
  writeFileSync(path, 'disk');
});

/** As a process that is no more would have left it. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a file in use', () => {
  test('has one writer, whatever name it goes by', () => {
    symlinkSync(path, inFolder('alias'));
    const lock = lockToWrite(path);
    expect(() => lockToWrite(path)).toThrow(UsageError);
    expect(() => lockToWrite(inFolder('alias'))).toThrow(`a guest of process ${process.pid} is writing to it`);
    lock.release();
    lockToWrite(inFolder('alias')).release();
  });

  test('has no readers while it is written, and no writer while it is read', () => {
    const writer = lockToWrite(path);
    expect(() => lockToRead(path)).toThrow(UsageError);
    writer.release();
    const [one, other] = [lockToRead(path), lockToRead(path)];
    one.release();
    expect(() => lockToWrite(path)).toThrow(/another disk here reads it/);
    other.release();
    lockToWrite(path).release();
  });

  test('leaves nothing behind when it is given back', () => {
    lockToWrite(path).release();
    lockToRead(path).release();
    expect(readdirSync(dirname(path))).toEqual(['disk']);
  });
});

describe('a lock nobody holds any more', () => {
  test('of a process that is gone is taken over', () => {
    writeFileSync(`${path}.lock`, `${deadProcess()} 12345`);
    lockToRead(path).release();
    const lock = lockToWrite(path);
    expect(readFileSync(`${path}.lock`, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    lock.release();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test.runIf(knowsBeginnings)('of a process whose number has a new owner is taken over', () => {
    writeFileSync(`${path}.lock`, `${process.ppid} 1`);
    lockToWrite(path).release();
  });

  test.each(['', 'nonsense', '-1 5', '0 0', '1.5'])('saying "%s" is nobody\'s', (text) => {
    writeFileSync(`${path}.lock`, text);
    lockToWrite(path).release();
  });

  test.runIf(knowsBeginnings)('of another living process stands', () => {
    const began = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
    writeFileSync(`${path}.lock`, `${process.ppid} ${began}`);
    expect(() => lockToWrite(path)).toThrow(`a guest of process ${process.ppid} is writing to it`);
    expect(() => lockToRead(path)).toThrow(UsageError);
  });

  test('taken by somebody else meanwhile is not released', () => {
    const lock = lockToWrite(path);
    writeFileSync(`${path}.lock`, 'somebody else');
    lock.release();
    expect(existsSync(`${path}.lock`)).toBe(true);
  });
});

test('a lock that is no file ends in a sentence', () => {
  mkdirSync(`${path}.lock`);
  expect(() => lockToWrite(path)).toThrow(UsageError);
  rmSync(`${path}.lock`, { recursive: true });
});
