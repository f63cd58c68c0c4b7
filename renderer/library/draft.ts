/**
 * Settings while a person is still at them: what a new machine starts with, what stands in the way of saving, what will
 * only be noticed at the next start.  Main checks everything again; this is so that the field can say it first.
 */

import * as v from 'valibot';
import { engineNames, type MachineSettings, machineSettings, networkSettings } from '../../core/protocol/machines.ts';
import type { Sample } from '../../core/protocol/requests.ts';

export type SettingName = keyof MachineSettings;
/** A sentence for each setting that cannot stay as it is. */
export type Objections = Partial<Record<SettingName, string>>;

const [, , leastMemory, mostMemory] = machineSettings.entries.memoryMiB.pipe;
export const memoryLimits = { least: leastMemory.requirement, most: mostMemory.requirement };

const FIRST_MEMORY_MIB = 64;

export function newSettings(): MachineSettings {
  return {
    name: '',
    notes: '',
    image: { kind: 'sample', name: '' },
    initrd: null,
    commandLine: '',
    memoryMiB: FIRST_MEMORY_MIB,
    disks: [],
    networks: [],
    entropy: true,
    devices: 'auto',
    fastPath: false,
    engine: engineNames[0],
  };
}

/** 'faults', then 'faults 2', 'faults 3': names may repeat, but nobody wants that by accident. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** With a sample for its image, and what goes with one; what a person already wrote stays. */
export function withSample(settings: MachineSettings, sample: Sample, taken: readonly string[]): MachineSettings {
  return {
    ...settings,
    image: { kind: 'sample', name: sample.name },
    name: freeName(sample.name, taken),
    commandLine: sample.workloads[0]?.append ?? '',
    initrd: null,
    entropy: false,
  };
}

/** A name out of a kernel's file name: 'linux-3.11.bzImage' is 'linux-3.11'. */
export function nameFromPath(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  return file.replace(/\.(bzImage|vmlinux|elf|img|bin)$/i, '');
}

/** A file the library copied in is named without a folder. */
export const isOwnCopy = (path: string) => /^[a-z][a-z0-9-]*$/.test(path);

const isFullPath = (path: string) => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

function pathObjection(path: string, what: string): string | null {
  if (path.trim() === '') return `Choose ${what}.`;
  return isFullPath(path) ? null : `Give the full path of ${what}, from the root of the file system on.`;
}

const checks: Readonly<Record<SettingName, (settings: MachineSettings) => string | null>> = {
  name: ({ name }) => {
    if (name.trim() === '') return 'Give the machine a name.';
    return v.is(machineSettings.entries.name, name) ? null : 'That name is too long.';
  },
  notes: ({ notes }) => (v.is(machineSettings.entries.notes, notes) ? null : 'These notes are too long.'),
  image: ({ image }) => {
    if (image.kind === 'sample') return image.name === '' ? 'Choose a sample guest or a kernel.' : null;
    return pathObjection(image.path, 'a kernel');
  },
  initrd: ({ initrd }) => (initrd === null ? null : pathObjection(initrd, 'an initial RAM disk')),
  commandLine: ({ commandLine }) =>
    v.is(machineSettings.entries.commandLine, commandLine) ? null : 'That command line is too long for a kernel.',
  memoryMiB: ({ memoryMiB }) =>
    v.is(machineSettings.entries.memoryMiB, memoryMiB)
      ? null
      : `A machine has ${memoryLimits.least} to ${memoryLimits.most} MiB of memory, in whole ones.`,
  disks: ({ disks }) => {
    const wrong = disks.map(({ path }) => pathObjection(path, 'a disk image')).find((one) => one !== null);
    return wrong ?? (v.is(machineSettings.entries.disks, disks) ? null : 'That is more disks than a machine can have.');
  },
  networks: ({ networks }) => networksObjection(networks),
  entropy: () => null,
  devices: () => null,
  fastPath: () => null,
  engine: () => null,
};

function networksObjection(networks: MachineSettings['networks']): string | null {
  const wrong = networks.find((one) => !v.safeParse(networkSettings, one).success);
  if (wrong?.kind === 'user') return 'A port is a whole number from 1 to 65535.';
  if (wrong?.kind === 'hub') return 'Give every hub a short name: machines with the same one can talk to each other.';
  if (!v.safeParse(machineSettings.entries.networks, networks).success)
    return 'That is more networks than a machine can have.';
  const ports = networks.flatMap((one) => (one.kind === 'user' ? one.forwards.map(({ hostPort }) => hostPort) : []));
  return new Set(ports).size === ports.length ? null : 'A port of this computer can be forwarded only once.';
}

// Object.keys gives strings; these are the keys of a record of settings.
export const settingNames = Object.keys(checks) as readonly SettingName[];

/** `kept` are the settings main has already: what it wrote there itself (names of its own copies) is never objected to. */
export function objectionsTo(settings: MachineSettings, kept: MachineSettings | null = null): Objections {
  const touched = kept ? changed(kept, settings) : settingNames;
  return Object.fromEntries(
    touched.flatMap((name) => {
      const sentence = checks[name](settings);
      return sentence === null ? [] : [[name, sentence]];
    }),
  );
}

export function changed(before: MachineSettings, after: MachineSettings): readonly SettingName[] {
  return settingNames.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Settings that a running machine takes up as soon as they are saved. */
const AT_ONCE: ReadonlySet<SettingName> = new Set(['name', 'notes', 'fastPath']);

export function waitsForRestart(name: SettingName): boolean {
  return !AT_ONCE.has(name);
}

export const settingLabels: Readonly<Record<SettingName, string>> = {
  name: 'Name',
  notes: 'Notes',
  image: 'Image',
  initrd: 'Initial RAM disk',
  commandLine: 'Command line',
  memoryMiB: 'Memory',
  disks: 'Disks',
  networks: 'Networks',
  entropy: 'Randomness',
  devices: 'Devices',
  fastPath: 'Fast path',
  engine: 'Processor engine',
};
