/** A file on this computer becomes a disk a guest can be given, with the care its mode asks for. */

import { basename } from 'node:path';
import { BlockModel } from '../../core/launcher/devices/block/model.ts';
import { StorageError } from '../../core/launcher/devices/block/storage.ts';
import type { AttachedDevice } from '../attached-device.ts';
import type { DiskSpec } from './disk-option.ts';
import { openStorage } from './open-storage.ts';

export interface DiskCircumstances {
  /** Writes go to memory and are forgotten at the end, whatever the mode: for running the same thing twice. */
  readonly throwaway: boolean;
  /** Hears of failing media, a sentence each. */
  readonly report: (sentence: string) => void;
}

/** Throws UsageError if there is no such file, it is no disk, or somebody else writes to it. */
export function openDisk(spec: DiskSpec, { throwaway, report }: DiskCircumstances): AttachedDevice {
  const storage = openStorage(spec, throwaway);
  const sayOf = (sentence: string) => report(`${spec.path}: ${sentence}`);
  return {
    awaitsOutside: false,
    newModel: () => new BlockModel(storage, sayOf, basename(spec.path)),
    tick() {},
    close() {
      try {
        if (!storage.readOnly) storage.flush();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        sayOf(`the last writes are not safe: ${error.message}`);
      }
      storage.close();
    },
  };
}
