/**
 * Finds the overlay of a base, FILE.overlay, or begins one, and believes it only if every part of its map is in order
 * and it was made over this very base.  Anything else is a sentence and no disk.
 */

import { closeSync, existsSync, fstatSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../../core/launcher/devices/block/storage.ts';
import { fileError } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { BLOCK_BYTES } from './block-pieces.ts';
import { readFully, syncFile, writeFully } from './file-bytes.ts';
import { lockToRead, lockToWrite } from './file-lock.ts';
import {
  type BaseIdentity,
  FIRST_PLACE,
  readSuperblock,
  SUPERBLOCK_PLACES,
  type Superblock,
  writeSuperblock,
} from './overlay-layout.ts';
import { OverlayMap } from './overlay-map.ts';
import { OverlayPlaces } from './overlay-places.ts';
import { type OpenedOverlay, OverlayStorage } from './overlay-storage.ts';
import type { RawFile } from './raw-file.ts';

export const overlayPath = (basePath: string): string => `${basePath}.overlay`;

/** Opens the overlay over a base, or begins one when it is to be written. Throws UsageError. */
export function openOverlay(
  basePath: string,
  base: RawFile,
  access: 'read' | 'write',
  path = overlayPath(basePath),
): OverlayStorage {
  const readOnly = access === 'read';
  const lock = readOnly ? lockToRead(path) : lockToWrite(path);
  try {
    if (!readOnly && !existsSync(path)) beginOverlay(path, base);
    const file = openChecked(path, readOnly ? 'r' : 'r+', basePath, base);
    return new OverlayStorage(base, file, readOnly, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openChecked(path: string, flags: 'r' | 'r+', basePath: string, base: BaseIdentity): OpenedOverlay {
  const descriptor = openFile(path, flags);
  try {
    const overlay = readOverlay(descriptor, basePath, base);
    if (flags === 'r+') mendSuperblocks(descriptor, overlay.superblock);
    return { descriptor, ...overlay };
  } catch (error) {
    closeSync(descriptor);
    if (error instanceof StorageError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Throws StorageError with what is wrong. */
function readOverlay(descriptor: number, basePath: string, base: BaseIdentity): Omit<OpenedOverlay, 'descriptor'> {
  const superblock = newestSuperblock(descriptor);
  if (superblock.base.size !== base.size || superblock.base.modifiedNs !== base.modifiedNs) {
    throw new StorageError(`${basePath} has changed since this overlay was begun over it; neither fits the other now`);
  }
  const places = new OverlayPlaces();
  const map = new OverlayMap(base.size, places);
  const damage = map.load(superblock.root, {
    places: Math.min(superblock.places, placesIn(descriptor)),
    read: (place) => readPlace(descriptor, place),
  });
  if (damage !== null) throw new StorageError(`this overlay is damaged and cannot be used: ${damage}`);
  places.settle();
  return { superblock, map, places };
}

function newestSuperblock(descriptor: number): Superblock {
  const present = SUPERBLOCK_PLACES.filter((place) => place < placesIn(descriptor));
  const found = present.map((place) => readSuperblock(readPlace(descriptor, place)));
  if (found.includes('another version'))
    throw new StorageError('this overlay was written by another version of Astride');
  // What is left over after the line above is a superblock or nothing.
  const valid = found.filter((block): block is Superblock => block !== null && block !== 'another version');
  if (valid.length === 0) throw new StorageError('this is no overlay, or its first blocks are damaged');
  return valid.reduce((newest, block) => (block.generation > newest.generation ? block : newest));
}

/** Both are the newest before anything is written: the next flush may tear one of them, and the other has to be good. */
function mendSuperblocks(descriptor: number, newest: Superblock): void {
  const block = writeSuperblock(newest);
  for (const place of SUPERBLOCK_PLACES) {
    const found = place < placesIn(descriptor) ? readSuperblock(readPlace(descriptor, place)) : null;
    if (found !== null && found !== 'another version' && found.generation === newest.generation) continue;
    writeFully(descriptor, block, place * BLOCK_BYTES);
    syncFile(descriptor);
  }
}

function readPlace(descriptor: number, place: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  readFully(descriptor, block, place * BLOCK_BYTES);
  return block;
}

const placesIn = (descriptor: number) => Math.floor(fstatSync(descriptor).size / BLOCK_BYTES);

/** Under another name first: there is never half an overlay to be found. */
function beginOverlay(path: string, { size, modifiedNs }: BaseIdentity): void {
  const draft = `${path}.new`;
  const descriptor = openFile(draft, 'w');
  try {
    const root = { place: 0, checksum: 0 };
    const block = writeSuperblock({ generation: 1, base: { size, modifiedNs }, root, places: FIRST_PLACE });
    for (const place of SUPERBLOCK_PLACES) writeFully(descriptor, block, place * BLOCK_BYTES);
    syncFile(descriptor);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error instanceof StorageError ? new UsageError(`${draft}: ${error.message}`) : error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** A name is safe once its folder is. Not every computer lets a folder be opened, and those that do not need no asking. */
function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {}
}

function openFile(path: string, flags: 'r' | 'r+' | 'w'): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw fileError(path, error);
  }
}
