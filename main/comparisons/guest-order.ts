/**
 * Which guest a comparison is about, and with what: a sample as it is, or a machine as the library knows it, its disks
 * and cards included.  What cannot be repeated exactly is refused here, before anything runs.
 */

import type { ComparisonRequest } from '../../core/protocol/comparisons.ts';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import { usualEngine } from '../engine-option.ts';
import { DEFAULT_MEMORY_MIB } from '../run-options.ts';
import { readSamples } from '../samples.ts';
import { Refusal } from '../workstation/parts.ts';
import type { GuestOrder } from './side-order.ts';

export interface Subject {
  /** What was compared, for lists and reports. */
  readonly title: string;
  readonly guest: GuestOrder;
}

/** The library's knowledge of a machine; throws a Refusal. */
export type FindMachine = (id: string) => { readonly settings: MachineSettings; readonly folder: string };

/** Throws a Refusal if there is no such subject, or if it would not do the same thing twice. */
export function subjectOf(request: ComparisonRequest, machine: FindMachine): Subject {
  const { subject, workload, memoryMiB, engine } = request;
  const [id, { settings, folder }] =
    subject.kind === 'machine' ? [subject.id, machine(subject.id)] : [subject.name, sampleMachine(subject.name)];
  checkRepeatable(settings);
  const wanted = {
    ...settings,
    commandLine: [settings.commandLine, workload].filter((words) => words !== '').join(' '),
    memoryMiB: memoryMiB ?? settings.memoryMiB,
    engine: engine ?? settings.engine,
  };
  const words = [wanted.name, wanted.commandLine, `${wanted.memoryMiB} MiB`].filter((word) => word !== '');
  return { title: words.join(', '), guest: { id, settings: wanted, folder } };
}

/** A machine nobody keeps, with nothing but the sample in it. */
function sampleMachine(name: string): ReturnType<FindMachine> {
  if (!readSamples().some((sample) => sample.name === name)) {
    throw new Refusal(`There is no sample guest called "${name}".`);
  }
  const settings: MachineSettings = {
    name,
    notes: '',
    image: { kind: 'sample', name },
    initrd: null,
    commandLine: '',
    memoryMiB: DEFAULT_MEMORY_MIB,
    disks: [],
    networks: [],
    entropy: false,
    devices: 'auto',
    fastPath: true,
    engine: usualEngine(),
  };
  // None of these has a path that would be looked for in a folder.
  return { settings, folder: '' };
}

function checkRepeatable({ name, networks }: MachineSettings): void {
  if (networks.every(({ kind }) => kind !== 'user')) return;
  throw new Refusal(
    `"${name}" has a network card that leads to this computer, and the world outside never says a thing twice: ` +
      'to compare, put the card at a hub or take it out.',
  );
}
