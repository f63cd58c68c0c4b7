/**
 * Which files the running machines use, and how.  Locks on files keep other processes away; threads of one process look
 * like one to them, so main keeps this list.  It refuses what would let one guest write what another uses.
 */

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import { breakOwnLock } from '../disks/file-lock.ts';
import { overlayFile } from '../library/overlay-file.ts';

interface Use {
  readonly machine: string;
  readonly file: string;
  readonly writes: boolean;
}

export class DisksInUse {
  private uses: Use[] = [];

  /** Notes what a machine is about to use; a sentence if it must not, and then nothing is noted. */
  take(machine: string, settings: MachineSettings, folder: string): string | null {
    const wanted = settings.disks.flatMap((disk) => usesOf(machine, disk, folder));
    for (const { file, writes } of wanted) {
      const other = this.uses.find((use) => use.machine !== machine && use.file === file && (use.writes || writes));
      if (other !== undefined) return objection(file, other, writes);
    }
    this.uses.push(...wanted);
    return null;
  }

  /** `broken`: the machine's thread could not give back anything itself. */
  release(machine: string, broken: boolean): void {
    const mine = this.uses.filter((use) => use.machine === machine);
    this.uses = this.uses.filter((use) => use.machine !== machine);
    if (broken) for (const { file, writes } of mine) if (writes) breakOwnLock(file);
  }
}

function usesOf(machine: string, { path, access }: MachineSettings['disks'][number], folder: string): Use[] {
  const file = realName(resolve(folder, path));
  if (access !== 'overlay') return [{ machine, file, writes: access === 'write' }];
  return [
    { machine, file, writes: false },
    { machine, file: overlayFile(folder, path), writes: true },
  ];
}

const realName = (path: string) => (existsSync(path) ? realpathSync(path) : path);

function objection(file: string, other: Use, writes: boolean): string {
  const does = other.writes ? 'is writing to it' : 'is reading it';
  const advice = writes && !other.writes ? '; make it read only or an overlay here' : '';
  return `${file}: another machine that runs ${does}${advice}`;
}
