/** Files, with the sentences that people deserve when there is no such thing. */

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

const sentences: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'reading or writing it is not permitted',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  ERR_FS_FILE_TOO_LARGE: 'the file has more than 2 GiB',
};

/** What went wrong with a file, as a sentence with its name in front. */
export function fileError(path: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
  return new UsageError(`${path}: ${sentences[code] ?? `it cannot be used (${code})`}`);
}

export function readWholeFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

export function writeWholeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw fileError(path, error);
  }
}

const BUFFERED_CHARACTERS = 1 << 16;

/** A text file that grows by lines and is written in large pieces. Opening one that cannot be written throws. */
export class LineFile {
  private readonly path: string;
  private readonly descriptor: number;
  private buffered = '';

  constructor(path: string) {
    this.path = path;
    try {
      this.descriptor = openSync(path, 'w');
    } catch (error) {
      throw fileError(path, error);
    }
  }

  line(text: string): void {
    this.buffered += `${text}\n`;
    if (this.buffered.length >= BUFFERED_CHARACTERS) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    try {
      writeSync(this.descriptor, this.buffered);
    } catch (error) {
      throw fileError(this.path, error);
    }
    this.buffered = '';
  }
}
