/** A disk that is a file, byte for byte.  A write is in the file when it returns, and safe after a flush. */

import { closeSync, fstatSync, openSync } from 'node:fs';
import { SECTOR_BYTES } from '../../core/launcher/devices/block/requests.ts';
import { fileError } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { readFully, syncFile, writeFully } from './file-bytes.ts';
import type { LentStorage } from './lent-storage.ts';

export class RawFile implements LentStorage {
  readonly size: number;
  readonly readOnly: boolean;
  private readonly descriptor: number;
  private unflushed = false;

  /** Throws UsageError if it cannot be opened so, or is no whole number of sectors. */
  constructor(path: string, access: 'read' | 'write') {
    this.readOnly = access === 'read';
    this.descriptor = openFile(path, this.readOnly ? 'r' : 'r+');
    const stat = fstatSync(this.descriptor);
    this.size = stat.size;
    const wrong = stat.isFile() ? wrongSize(stat.size) : 'it is no ordinary file, and a disk has to be one';
    if (wrong === null) return;
    closeSync(this.descriptor);
    throw new UsageError(`${path}: ${wrong}`);
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
  }
}

function openFile(path: string, flags: 'r' | 'r+'): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw fileError(path, error);
  }
}

function wrongSize(size: number): string | null {
  if (size > 0 && size % SECTOR_BYTES === 0) return null;
  return `a disk has a size of whole sectors of ${SECTOR_BYTES} bytes, at least one, and this file has ${size} bytes`;
}
