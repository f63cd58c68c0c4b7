/**
 * The machines there are, each a folder with a machine.json that a person can read, copy and mend.  Memory holds what
 * the disk holds: a change is written first and known afterwards.  A damaged entry is kept as it was found, with the
 * reason, and nothing is ever written over it.  Whether a machine runs is none of the library's business.
 */

import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type LastRun, type MachineSettings, machineId } from '../../core/protocol/machines.ts';
import { fileError } from '../files.ts';
import { readSamples } from '../samples.ts';
import { Refusal } from '../workstation/parts.ts';
import { renameSafely, syncFolder } from './atomic-file.ts';
import { type KeptEntry, readEntry, replaceEntry, writeFirstEntry } from './entry-file.ts';
import { firstSettings } from './first-machines.ts';
import { adoptFiles, removeUnusedFiles } from './own-files.ts';
import { folderBytes } from './sizes.ts';
import { Turns } from './turns.ts';
import { freshId, uniqueName } from './unique-name.ts';

export interface Entry {
  readonly id: string;
  readonly folder: string;
  readonly createdAt: string;
  readonly lastRun: LastRun | null;
  /** Null, and only then, if there is a reason. */
  readonly settings: MachineSettings | null;
  readonly damaged: string | null;
  readonly sizeBytes: number;
}
export type FineEntry = Entry & { readonly settings: MachineSettings };

/** Folders that are being filled, or were when Astride was killed. No id begins with a dot. */
const UNFINISHED = '.new-';

export class Library {
  private readonly machines: string;
  private readonly trash: string;
  private readonly onChange: () => void;
  private readonly turns = new Turns();
  private readonly known = new Map<string, Entry>();

  private constructor(dataFolder: string, onChange: () => void) {
    this.machines = join(dataFolder, 'machines');
    this.trash = join(dataFolder, 'trash');
    this.onChange = onChange;
  }

  /** Precondition: nobody else uses this folder, which exists. Calls `onChange` after every change, and not before. */
  static async open(dataFolder: string, onChange: () => void): Promise<Library> {
    const library = new Library(dataFolder, onChange);
    await makeFirstMachines(library.machines);
    await rm(library.trash, { recursive: true, force: true });
    await library.readAll();
    return library;
  }

  /** Oldest first. */
  get entries(): readonly Entry[] {
    return [...this.known.values()];
  }

  find(id: string): Entry {
    const entry = this.known.get(id);
    if (entry === undefined) throw new Refusal('there is no such machine any more');
    return entry;
  }

  /** Throws a Refusal for a damaged one. */
  findFine(id: string): FineEntry {
    const entry = this.find(id);
    const { settings, damaged } = entry;
    if (settings === null) throw new Refusal(`this entry is damaged: ${damaged}`);
    return { ...entry, settings };
  }

  /** Kernel and initrd are copied into the machine's folder; names of its own files are looked for in `from`. */
  create(settings: MachineSettings, from?: string): Promise<FineEntry> {
    return this.createFilled(async (folder) => adoptFiles(settings, folder, from ?? folder));
  }

  /** `fill` puts a machine's files into the folder it is given and returns its settings; if it throws, nothing stays. */
  async createFilled(fill: (folder: string) => Promise<MachineSettings>): Promise<FineEntry> {
    const unfinished = join(this.machines, `${UNFINISHED}${freshId('')}`);
    await mkdir(unfinished);
    try {
      const settings = await fill(unfinished);
      checkSample(settings);
      return await this.change(() => this.publish(unfinished, settings));
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw asRefusal(error);
    }
  }

  edit(id: string, settings: MachineSettings): Promise<FineEntry> {
    return this.change(async () => {
      const { folder, createdAt, lastRun, settings: before } = this.findFine(id);
      checkSample(settings);
      const own = await adoptFiles(settings, folder, folder);
      const renamed = { ...own, name: settings.name === before.name ? before.name : this.freeName(settings.name, id) };
      await replaceEntry(folder, { createdAt, lastRun, settings: renamed });
      return this.keep(id, { createdAt, lastRun, settings: renamed });
    });
  }

  /** A part of the settings, at once and for good. */
  amend(id: string, part: Partial<MachineSettings>): Promise<FineEntry> {
    return this.change(() =>
      this.rewrite(id, ({ settings, ...rest }) => ({ ...rest, settings: { ...settings, ...part } })),
    );
  }

  /** Of a machine that may have been deleted meanwhile: then there is nothing to record. */
  async recordRun(id: string, lastRun: LastRun): Promise<void> {
    await this.change(async () => {
      if (this.known.get(id)?.settings) await this.rewrite(id, (entry) => ({ ...entry, lastRun }));
    });
  }

  /** Precondition: it does not run. */
  async remove(id: string): Promise<void> {
    const aside = join(this.trash, id);
    await this.change(async () => {
      const { folder } = this.find(id);
      await mkdir(this.trash, { recursive: true });
      await rename(folder, aside);
      await syncFolder(this.machines);
      this.known.delete(id);
    });
    await rm(aside, { recursive: true, force: true });
  }

  /** Removes replaced images and measures again. Precondition: it does not run. */
  async tidy(id: string): Promise<void> {
    await this.change(async () => {
      const entry = this.known.get(id);
      if (entry === undefined) return;
      if (entry.settings !== null) await removeUnusedFiles(entry.folder, entry.settings);
      this.known.set(id, { ...entry, sizeBytes: await folderBytes(entry.folder) });
    });
  }

  /** Once everything that was begun is written. */
  close(): Promise<void> {
    return this.turns.over();
  }

  private async change<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await this.turns.take(task);
    } catch (error) {
      throw asRefusal(error);
    } finally {
      this.onChange();
    }
  }

  private async publish(unfinished: string, wanted: MachineSettings): Promise<FineEntry> {
    const settings = { ...wanted, name: this.freeName(wanted.name, null) };
    const kept: KeptEntry = { createdAt: new Date().toISOString(), lastRun: null, settings };
    const id = freshId(settings.name);
    await writeFirstEntry(unfinished, kept);
    await syncFolder(unfinished);
    await renameSafely(unfinished, join(this.machines, id));
    return this.keep(id, kept);
  }

  private async rewrite(id: string, change: (entry: KeptEntry) => KeptEntry): Promise<FineEntry> {
    const { folder, createdAt, lastRun, settings } = this.findFine(id);
    const next = change({ createdAt, lastRun, settings });
    await replaceEntry(folder, next);
    return this.keep(id, next);
  }

  private async keep(id: string, entry: KeptEntry): Promise<FineEntry> {
    const folder = join(this.machines, id);
    const kept = { id, folder, ...entry, damaged: null, sizeBytes: await folderBytes(folder) };
    this.known.set(id, kept);
    return kept;
  }

  private freeName(name: string, except: string | null): string {
    const others = this.entries.filter(({ id }) => id !== except);
    return uniqueName(name, new Set(others.map(({ settings }) => settings?.name ?? '')));
  }

  private async readAll(): Promise<void> {
    const found: Entry[] = [];
    for (const id of await readdir(this.machines)) {
      const folder = join(this.machines, id);
      if (id.startsWith(UNFINISHED)) await rm(folder, { recursive: true, force: true });
      else if (v.is(machineId, id)) found.push(await readMachine(id, folder));
    }
    found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    for (const entry of found) this.known.set(entry.id, entry);
  }
}

async function readMachine(id: string, folder: string): Promise<Entry> {
  const read = await readEntry(folder);
  if (read.is === 'fine') await removeUnusedFiles(folder, read.entry.settings).catch(() => {});
  const sizeBytes = await folderBytes(folder);
  if (read.is === 'fine') return { id, folder, ...read.entry, damaged: null, sizeBytes };
  return { id, folder, createdAt: '', lastRun: null, settings: null, damaged: read.reason, sizeBytes };
}

/** All or none of them, and only where no library ever was: whoever deletes a sample does not want it back. */
async function makeFirstMachines(machines: string): Promise<void> {
  const found = await readdir(machines).catch(() => null);
  if (found !== null) return;
  const unfinished = `${machines}${UNFINISHED}`;
  await rm(unfinished, { recursive: true, force: true });
  const begun = Date.now();
  for (const [index, settings] of firstSettings().entries()) {
    const folder = join(unfinished, freshId(settings.name));
    await mkdir(folder, { recursive: true });
    await writeFirstEntry(folder, { createdAt: new Date(begun + index).toISOString(), lastRun: null, settings });
  }
  await renameSafely(unfinished, machines);
}

function checkSample({ image }: MachineSettings): void {
  if (image.kind === 'sample' && !readSamples().some(({ name }) => name === image.name)) {
    throw new Refusal(`there is no sample guest called "${image.name}"`);
  }
}

/** Trouble with the disk is the person's world; anything else without a code is our own mistake. */
function asRefusal(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error && 'code' in error)) return error;
  const path = 'path' in error ? String(error.path) : 'the library';
  return new Refusal(fileError(path, error).message);
}
