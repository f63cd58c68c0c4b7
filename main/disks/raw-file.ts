/** A disk that is a file, byte for byte.  A write is in the file when it returns, and safe after a flush. */

import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { SECTOR_BYTES } from '../../core/launcher/devices/block/requests.ts';
import { fileError } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { readFully, syncFile, writeFully } from './file-bytes.ts';
import { type FileLock, lockToRead, lockToWrite } from './file-lock.ts';
import type { LentStorage } from './lent-storage.ts';

export class RawFile implements LentStorage {
  readonly size: number;
  readonly readOnly: boolean;
  /** When the file was last changed, in nanoseconds since 1970, as of opening it. */
  readonly modifiedNs: bigint;
  private readonly descriptor: number;
  private readonly lock: FileLock;
  private unflushed = false;

  /** Throws UsageError if it cannot be opened so, is no whole number of sectors, or is in somebody else's hands. */
  constructor(path: string, access: 'read' | 'write') {
    this.readOnly = access === 'read';
    this.size = sizeOfDisk(path);
    this.lock = this.readOnly ? lockToRead(path) : lockToWrite(path);
    try {
      this.descriptor = openSync(path, this.readOnly ? 'r' : 'r+');
      this.modifiedNs = fstatSync(this.descriptor, { bigint: true }).mtimeNs;
    } catch (error) {
      this.lock.release();
      throw fileError(path, error);
    }
  }

  read(at: number, into: Uint8Array): void {
    readFully(this.descriptor, into, at);
  }

  write(at: number, from: Uint8Array): void {
    this.unflushed = true;
    writeFully(this.descriptor, from, at);
  }

  flush(): void {
    if (!this.unflushed) return;
    syncFile(this.descriptor);
    this.unflushed = false;
  }

  close(): void {
    closeSync(this.descriptor);
    this.lock.release();
  }
}

/** Asked before opening: opening a pipe would wait for somebody at its other end. */
function sizeOfDisk(path: string): number {
  const stat = statOf(path);
  if (!stat.isFile()) throw new UsageError(`${path}: a disk is an ordinary file, and this is none`);
  if (stat.size > 0 && stat.size % SECTOR_BYTES === 0) return stat.size;
  throw new UsageError(
    `${path}: a disk is made of whole sectors of ${SECTOR_BYTES} bytes, one at least, and this file has ${stat.size} bytes`,
  );
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
}
