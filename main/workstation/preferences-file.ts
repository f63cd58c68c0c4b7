/** preferences.json: what it lacks has a default, and what cannot be read is replaced by defaults once something is preferred. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { defaultPreferences, type Preferences, preferences } from '../../core/protocol/preferences.ts';
import { writeAtomically } from '../library/atomic-file.ts';
import { Turns } from '../library/turns.ts';

export class PreferencesFile {
  private readonly path: string;
  private readonly turns = new Turns();
  private preferred: Preferences;
  /** Why the file was not believed; null if it was, or is not there. */
  readonly damaged: string | null;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'preferences.json');
    const { found, damaged } = readPreferences(this.path);
    this.preferred = found;
    this.damaged = damaged;
  }

  get current(): Preferences {
    return this.preferred;
  }

  async prefer(wanted: Preferences): Promise<Preferences> {
    await this.turns.take(() => writeAtomically(this.path, `${JSON.stringify({ version: 1, ...wanted }, null, 2)}\n`));
    this.preferred = wanted;
    return wanted;
  }

  close(): Promise<void> {
    return this.turns.over();
  }
}

/** Each preference is judged by itself: one that is nonsense, or of another version, costs no other. */
function readPreferences(path: string): { found: Preferences; damaged: string | null } {
  if (!existsSync(path)) return { found: defaultPreferences, damaged: null };
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const object = v.parse(v.record(v.string(), v.unknown()), read);
    const kept = Object.entries(preferences.entries).filter(([name, entry]) => v.is(entry, object[name]));
    const found = Object.fromEntries(kept.map(([name]) => [name, object[name]]));
    // Every entry was checked by its own schema, and the defaults make it complete.
    return { found: { ...defaultPreferences, ...found } as Preferences, damaged: null };
  } catch {
    return { found: defaultPreferences, damaged: 'preferences.json cannot be read; the usual preferences are used' };
  }
}
