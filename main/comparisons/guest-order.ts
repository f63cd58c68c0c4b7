/**
 * Which guest a comparison is about, and with what: a sample as it is, or a machine as the library knows it, its disks
 * and cards included.  What cannot be repeated exactly is refused here, before anything runs.
 */

import { join, resolve } from 'node:path';
import type { ComparisonRequest } from '../../core/protocol/comparisons.ts';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import type { DeviceRequest } from '../guest-requests.ts';
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
  const { subject, workload, memoryMiB } = request;
  if (subject.kind === 'machine') {
    const { settings, folder } = machine(subject.id);
    return titled(settings.name, machineGuest(settings, folder, workload, memoryMiB));
  }
  // The list is asked first: a name that is none of ours must not become a path.
  if (!readSamples().some(({ name }) => name === subject.name)) {
    throw new Refusal(`There is no sample guest called "${subject.name}".`);
  }
  return titled(subject.name, {
    image: { kind: 'sample', name: subject.name },
    initrd: null,
    commandLine: workload,
    memoryMiB: memoryMiB ?? DEFAULT_MEMORY_MIB,
    devices: [],
    deviceFace: 'auto',
  });
}

function titled(name: string, guest: GuestOrder): Subject {
  const words = guest.commandLine === '' ? [] : [guest.commandLine];
  return { title: [name, ...words, `${guest.memoryMiB} MiB`].join(', '), guest };
}

function machineGuest(
  settings: MachineSettings,
  folder: string,
  workload: string,
  memoryMiB: number | null,
): GuestOrder {
  const { image, initrd, commandLine, devices } = settings;
  return {
    image: image.kind === 'sample' ? image : { kind: 'file', path: resolve(folder, image.path) },
    initrd: initrd === null ? null : resolve(folder, initrd),
    commandLine: [commandLine, workload].filter((words) => words !== '').join(' '),
    memoryMiB: memoryMiB ?? settings.memoryMiB,
    devices: devicesOf(settings, folder),
    deviceFace: devices,
  };
}

const diskModes = { write: 'writable', 'read only': 'readonly', overlay: 'overlay' } as const;

function devicesOf({ name, disks, networks, entropy }: MachineSettings, folder: string): DeviceRequest[] {
  const requests: DeviceRequest[] = disks.map(({ path, access }) => ({
    kind: 'disk',
    spec: { path: join(resolve(folder, path)), mode: diskModes[access] },
  }));
  for (const network of networks) {
    if (network.kind === 'user') throw unrepeatable(name);
    requests.push({ kind: 'net', spec: { to: 'hub', hub: network.name, mac: null } });
  }
  if (entropy) requests.push({ kind: 'rng' });
  return requests;
}

const unrepeatable = (name: string) =>
  new Refusal(
    `"${name}" has a network card that leads to this computer, and the world outside never says a thing twice: ` +
      'to compare, put the card at a hub or take it out.',
  );
