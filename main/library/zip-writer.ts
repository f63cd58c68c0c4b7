/**
 * Writes a zip file a piece at a time, so that a disk of gigabytes needs no more memory than one of kilobytes.  What
 * packs suspiciously well is stored as it is: our own reader, like any careful one, takes such files for bombs.
 */

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { Layout } from '../../core/agreement/layout.ts';
import { putField } from '../../core/launcher/record.ts';
import { Refusal } from '../workstation/parts.ts';
import {
  directoryEntry,
  endOfDirectory,
  flag,
  LARGEST_ZIP_BYTES,
  localHeader,
  method,
  NO_DATE,
  signature,
  VERSION,
} from './zip-layout.ts';
import { packsTooWell } from './zip-limits.ts';

interface Written {
  readonly name: Uint8Array;
  readonly headerAt: number;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

export class ZipWriter {
  private readonly file: FileHandle;
  private readonly entries: Written[] = [];
  private at = 0;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'w'));
  }

  addText(name: string, text: string): Promise<void> {
    return this.add(name, () => Readable.from([Buffer.from(text)]));
  }

  /** Precondition: nobody writes to the file meanwhile. */
  addFile(name: string, path: string): Promise<void> {
    return this.add(name, () => createReadStream(path));
  }

  /** The file is safe on disk afterwards. */
  async finish(): Promise<void> {
    const directoryAt = this.at;
    for (const entry of this.entries) {
      await this.put(record(directoryEntry, entryFields(entry)));
      await this.put(entry.name);
    }
    const count = this.entries.length;
    const counts = { entriesHere: count, entries: count, directoryBytes: this.at - directoryAt, directoryAt };
    await this.put(record(endOfDirectory, { signature: signature.end, ...counts }));
    await this.file.truncate(this.at);
    await this.file.sync();
    await this.close();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async add(name: string, contents: () => Readable): Promise<void> {
    const headerAt = this.at;
    let entry = await this.write(name, contents(), method.deflated);
    if (packsTooWell(entry.bytes, entry.packedBytes)) {
      this.at = headerAt;
      entry = await this.write(name, contents(), method.stored);
    }
    this.entries.push(entry);
  }

  private async write(name: string, contents: Readable, how: number): Promise<Written> {
    const headerAt = this.at;
    const nameBytes = new TextEncoder().encode(name);
    this.at += localHeader.bytes + nameBytes.length;
    const contentsAt = this.at;
    const tally = { checksum: 0, bytes: 0 };
    const put = async (packed: AsyncIterable<Uint8Array>) => {
      for await (const piece of packed) await this.put(piece);
    };
    const tallied = (pieces: AsyncIterable<Uint8Array>) => countPieces(pieces, tally);
    if (how === method.deflated) await pipeline(contents, tallied, createDeflateRaw(), put);
    else await pipeline(contents, tallied, put);
    const packedBytes = this.at - contentsAt;
    const entry = { name: nameBytes, headerAt, method: how, packedBytes, ...tally };
    // Known only now; the place was kept free.
    const header = record(localHeader, { ...commonFields(entry), signature: signature.local });
    await writeAt(this.file, header, headerAt);
    await writeAt(this.file, nameBytes, headerAt + localHeader.bytes);
    return entry;
  }

  private async put(bytes: Uint8Array): Promise<void> {
    if (this.at + bytes.length > LARGEST_ZIP_BYTES)
      throw new Refusal('the machine has more than 4 GiB, too much for one file');
    await writeAt(this.file, bytes, this.at);
    this.at += bytes.length;
  }
}

async function* countPieces(pieces: AsyncIterable<Uint8Array>, tally: { checksum: number; bytes: number }) {
  for await (const piece of pieces) {
    tally.checksum = crc32(piece, tally.checksum);
    tally.bytes += piece.length;
    if (tally.bytes > LARGEST_ZIP_BYTES) throw new Refusal('the machine has more than 4 GiB, too much for one file');
    yield piece;
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

function commonFields({ name, method: how, checksum, packedBytes, bytes }: Written) {
  const fixed = { versionNeeded: VERSION, flags: flag.utf8, date: NO_DATE };
  return { ...fixed, method: how, checksum, packedBytes, bytes, nameBytes: name.length };
}

function entryFields(entry: Written) {
  return { ...commonFields(entry), signature: signature.entry, versionMadeBy: VERSION, headerAt: entry.headerAt };
}

/** Fields that are not given are zero. */
function record<Name extends string>(shape: Layout<Name>, fields: Partial<Record<Name, number>>): Uint8Array {
  const bytes = new Uint8Array(shape.bytes);
  // An object has no other keys than its type allows it here.
  for (const [name, value] of Object.entries(fields) as [Name, number][]) putField(bytes, 0, shape, name, value);
  return bytes;
}
