/** Searching and sorting the library. Pure, and stable: machines that are equal keep the order main lists them in. */

import type { MachineView } from '../../core/protocol/machines.ts';
import { nameOf, stateWord, type Tone } from './state-words.ts';

export const sortings = [
  { by: 'name', label: 'Name' },
  { by: 'lastRun', label: 'Last run' },
  { by: 'state', label: 'State' },
  { by: 'size', label: 'Size' },
] as const;
export type SortBy = (typeof sortings)[number]['by'];

const WORK_FIRST: readonly Tone[] = ['running', 'busy', 'paused', 'bad', 'off'];

const byName = (one: MachineView, other: MachineView) =>
  nameOf(one).localeCompare(nameOf(other), undefined, { numeric: true, sensitivity: 'base' });

/** A running machine was last run now; one that never ran goes to the end. */
const lastRun = (machine: MachineView) =>
  stateWord(machine).tone === 'running' ? Number.POSITIVE_INFINITY : Date.parse(machine.lastRun?.startedAt ?? '') || 0;

const descending = (one: number, other: number) => (one === other ? 0 : other - one);

const orders: Readonly<Record<SortBy, (one: MachineView, other: MachineView) => number>> = {
  name: byName,
  lastRun: (one, other) => descending(lastRun(one), lastRun(other)) || byName(one, other),
  state: (one, other) =>
    WORK_FIRST.indexOf(stateWord(one).tone) - WORK_FIRST.indexOf(stateWord(other).tone) || byName(one, other),
  size: (one, other) => descending(one.sizeBytes, other.sizeBytes) || byName(one, other),
};

/** Everything about a machine that a person might remember it by. */
function searched(machine: MachineView): string {
  const { settings } = machine;
  const image = settings?.image.kind === 'sample' ? settings.image.name : (settings?.image.path ?? '');
  const words = [nameOf(machine), settings?.notes ?? '', image, settings?.commandLine ?? '', stateWord(machine).word];
  return words.join('\n').toLowerCase();
}

/** The machines in which every word of `search` occurs, in order. */
export function arrange(machines: readonly MachineView[], search: string, by: SortBy): readonly MachineView[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return machines.filter((machine) => words.every((word) => searched(machine).includes(word))).sort(orders[by]);
}
