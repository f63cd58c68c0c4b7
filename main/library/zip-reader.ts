/**
 * Reads a zip file of anybody's making.  Only its directory says what is in it, and everything the directory says is
 * checked: places against the file, files against each other, contents against their size and checksum while they are
 * unpacked.  What it does not know (encryption, other methods, 64-bit sizes) it refuses.
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { readNumber, recordAt } from '../../core/launcher/record.ts';
import { Refusal } from '../workstation/parts.ts';
import { directoryEntry, endOfDirectory, flag, localHeader, method, signature } from './zip-layout.ts';
import { packsTooWell } from './zip-limits.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly checksum: number;
  readonly method: number;
  readonly headerAt: number;
}

const MOST_ENTRIES = 64;
const LARGEST_DIRECTORY_BYTES = 64 * 1024;
const LONGEST_COMMENT_BYTES = 0xffff;

const malformed = (what: string) => new Refusal(`this is no machine exported by Astride: ${what}`);

/** Closes nothing: the file belongs to whoever opened it. */
export class ZipReader {
  private readonly path: string;
  private readonly file: FileHandle;
  readonly entries: readonly ZipEntry[];

  private constructor(path: string, file: FileHandle, entries: readonly ZipEntry[]) {
    this.path = path;
    this.file = file;
    this.entries = entries;
  }

  /** Throws a Refusal unless the whole directory is in order. */
  static async read(path: string, file: FileHandle): Promise<ZipReader> {
    const { size } = await file.stat();
    const end = await findEnd(file, size);
    if (end.entries > MOST_ENTRIES || end.directoryBytes > LARGEST_DIRECTORY_BYTES)
      throw malformed('it holds too many files');
    if (end.directoryAt + end.directoryBytes > size) throw malformed('it is not complete');
    const entries = readDirectory(await readAt(file, end.directoryAt, end.directoryBytes), end.entries);
    checkPlaces(entries, end.directoryAt);
    return new ZipReader(path, file, entries);
  }

  /** Writes the contents to a new file, never more than the directory promised. Throws a Refusal if they are not that. */
  async unpack(entry: ZipEntry, to: string): Promise<void> {
    const begin = await this.contentsAt(entry);
    const tally = { checksum: 0, bytes: 0 };
    const checked = (pieces: AsyncIterable<Uint8Array>) => checkPieces(pieces, entry, tally);
    // A stream of no bytes cannot be asked for.
    const packed = createReadStream(this.path, { start: begin, end: Math.max(begin, begin + entry.packedBytes - 1) });
    const target = createWriteStream(to, { flags: 'wx' });
    try {
      if (entry.packedBytes === 0) await pipeline([], target);
      else if (entry.method === method.stored) await pipeline(packed, checked, target);
      else await pipeline(packed, createInflateRaw(), checked, target);
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw spoiled(entry);
      throw error;
    } finally {
      packed.destroy();
    }
    if (tally.bytes !== entry.bytes || tally.checksum !== entry.checksum) throw spoiled(entry);
  }

  private async contentsAt(entry: ZipEntry): Promise<number> {
    const header = await readAt(this.file, entry.headerAt, localHeader.bytes);
    const field = recordAt(header, 0, localHeader);
    if (field('signature') !== signature.local) throw spoiled(entry);
    const name = await readAt(this.file, entry.headerAt + localHeader.bytes, field('nameBytes'));
    if (new TextDecoder().decode(name) !== entry.name) throw spoiled(entry);
    return entry.headerAt + localHeader.bytes + field('nameBytes') + field('extraBytes');
  }
}

const spoiled = ({ name }: ZipEntry) => new Refusal(`${name} in this file is damaged`);

async function* checkPieces(
  pieces: AsyncIterable<Uint8Array>,
  entry: ZipEntry,
  tally: { checksum: number; bytes: number },
) {
  for await (const piece of pieces) {
    tally.bytes += piece.length;
    if (tally.bytes > entry.bytes) throw spoiled(entry);
    tally.checksum = crc32(piece, tally.checksum);
    yield piece;
  }
}

/** The last thing in the file, but for a comment that says how long it is. */
async function findEnd(file: FileHandle, size: number) {
  const tailBytes = Math.min(size, endOfDirectory.bytes + LONGEST_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  for (let at = tail.length - endOfDirectory.bytes; at >= 0; at--) {
    if (readNumber(tail, at, endOfDirectory.sizeOf.signature) !== signature.end) continue;
    const field = recordAt(tail, at, endOfDirectory);
    if (at + endOfDirectory.bytes + field('commentBytes') !== tail.length) continue;
    return { entries: field('entries'), directoryBytes: field('directoryBytes'), directoryAt: field('directoryAt') };
  }
  throw malformed('it is no zip file');
}

function readDirectory(bytes: Uint8Array, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + directoryEntry.bytes > bytes.length) throw malformed('its directory is cut short');
    const field = recordAt(bytes, at, directoryEntry);
    const nameAt = at + directoryEntry.bytes;
    at = nameAt + field('nameBytes') + field('extraBytes') + field('commentBytes');
    if (field('signature') !== signature.entry || at > bytes.length) throw malformed('its directory is damaged');
    const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + field('nameBytes')));
    entries.push(checkEntry(name, field));
  }
  return entries;
}

function checkEntry(name: string, field: (name: keyof typeof directoryEntry.at) => number): ZipEntry {
  const { stored, deflated } = method;
  const entry = {
    ...{ name, bytes: field('bytes'), packedBytes: field('packedBytes') },
    ...{ checksum: field('checksum'), method: field('method'), headerAt: field('headerAt') },
  };
  if ((field('flags') & flag.encrypted) !== 0) throw malformed('it is encrypted');
  if (entry.method !== stored && entry.method !== deflated) throw malformed('it is packed in an unknown way');
  if (entry.method === stored && entry.bytes !== entry.packedBytes) throw malformed('its directory contradicts itself');
  if (packsTooWell(entry.bytes, entry.packedBytes)) throw malformed('it claims to unpack to far more than it can hold');
  return entry;
}

/** Files that share bytes are how a small file becomes a large one many times over. */
function checkPlaces(entries: readonly ZipEntry[], directoryAt: number): void {
  const inOrder = [...entries].sort((a, b) => a.headerAt - b.headerAt);
  for (const [index, { headerAt, packedBytes, name }] of inOrder.entries()) {
    const next = inOrder[index + 1]?.headerAt ?? directoryAt;
    if (headerAt + localHeader.bytes + name.length + packedBytes > next) throw malformed('its files overlap');
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead < length) throw malformed('it is not complete');
  return bytes;
}

/** Runs `task` on the file at `path`, opened for reading. */
export async function withZip<T>(path: string, task: (zip: ZipReader) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await task(await ZipReader.read(path, file));
  } finally {
    await file.close();
  }
}
