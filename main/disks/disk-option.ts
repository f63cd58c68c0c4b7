/**
 * `--disk FILE[,readonly|,overlay]` as people type it.  Only the text is read here; whether there is such a file is
 * found out when it is opened.  A comma that introduces neither word belongs to the file's name.
 */

import { UsageError } from '../usage-error.ts';

/** What becomes of the guest's writes: they go into the file, nowhere, or into another file beside it. */
export type DiskMode = 'writable' | 'readonly' | 'overlay';

export interface DiskSpec {
  readonly path: string;
  readonly mode: DiskMode;
  /** Where an overlay lies, if not beside the file. */
  readonly overlay?: string;
}

const MODE_SUFFIX = /,(readonly|overlay)$/;

/** Throws UsageError when no file is named, or two modes. */
export function readDiskOption(text: string): DiskSpec {
  const suffix = MODE_SUFFIX.exec(text);
  const path = suffix === null ? text : text.slice(0, suffix.index);
  if (path === '') throw new UsageError('--disk wants a file, as in FILE, FILE,readonly or FILE,overlay');
  if (MODE_SUFFIX.test(path)) throw new UsageError(`--disk ${text}: a disk is either readonly or an overlay, not both`);
  // The pattern above knows no other words.
  return { path, mode: suffix === null ? 'writable' : (suffix[1] as DiskMode) };
}
