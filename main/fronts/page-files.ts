/**
 * The files the window is made of, by the path a page asks for.  They are read once, so a path is looked up and never put
 * together (there is nothing to climb), and a build that replaces them leaves running windows alone.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly type: string;
  /** A buffer of its own, as both Node and Electron's Response take it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Path (from '/') to file; '/' itself is the page. Throws if `folder` cannot be read. */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const place = join(entry.parentPath, entry.name);
    const path = place.slice(folder.length).split(sep).join('/');
    files.set(path.startsWith('/') ? path : `/${path}`, { type, bytes: new Uint8Array(readFileSync(place)) });
  }
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}
