/**
 * The sample guests, and how a word on the command line becomes a kernel: a sample's name first, a path otherwise.
 */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileError, readWholeFile } from './files.ts';
import { UsageError } from './usage-error.ts';

export interface Sample {
  readonly name: string;
  /** Relative to `guest-images/`. */
  readonly file: string;
  readonly description: string;
  /** What its command line understands, in a line. */
  readonly options: string;
}

const imagesFolder = new URL('../guest-images/', import.meta.url);

export function readSamples(): Sample[] {
  // The file is ours and a test reads it; this says what we put there.
  return JSON.parse(readFileSync(new URL('samples.json', imagesFolder), 'utf8')) as Sample[];
}

export interface NamedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of the file read, for messages. */
  readonly path: string;
}

/** A sample by name, or else any file by path; throws UsageError. */
export function findImage(word: string): NamedImage {
  const sample = readSamples().find(({ name }) => name === word);
  if (sample !== undefined) {
    const path = fileURLToPath(new URL(sample.file, imagesFolder));
    return { name: sample.name, bytes: readWholeFile(path), path: word };
  }
  try {
    return { name: basename(word), bytes: readFileSync(word), path: word };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !/[./]/.test(word)) {
      throw new UsageError(`there is no sample guest and no file called "${word}"; "list" shows the samples`);
    }
    throw fileError(word, error);
  }
}
