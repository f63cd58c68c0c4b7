/** What a window may ask of the library, and what it sees of a machine: the entry, and how it runs at this moment. */

import type { MachineView } from '../../core/protocol/machines.ts';
import type { AnswersOf, Log, MethodsOf } from '../workstation/parts.ts';
import type { RunningMachines } from '../workstation/running-machines.ts';
import { exportMachine } from './export-machine.ts';
import { listSamples } from './first-machines.ts';
import { importMachine } from './import-machine.ts';
import type { KernelInspector } from './inspect-kernel.ts';
import type { Entry, Library } from './library.ts';
import { ownImage } from './own-files.ts';

export interface LibraryParts {
  readonly library: Library;
  readonly machines: RunningMachines;
  readonly inspector: KernelInspector;
  readonly log: Log;
}

export function viewOf(entry: Entry, machines: RunningMachines): MachineView {
  const { id, settings, damaged, createdAt, sizeBytes } = entry;
  const needsRestart = settings === null ? [] : machines.needsRestart(id, settings);
  const lastRun = machines.lastRunOf(entry);
  return { id, settings, damaged, createdAt, lastRun, state: machines.stateOf(id), needsRestart, sizeBytes };
}

export function libraryAnswers({ library, machines, inspector, log }: LibraryParts): AnswersOf<MethodsOf<'library'>> {
  const view = (entry: Entry) => viewOf(entry, machines);
  return {
    'library.list': () => library.entries.map(view),
    'library.samples': () => listSamples(),
    'library.create': async ({ settings }) => view(await library.create(settings)),
    'library.edit': async ({ id, settings }) => {
      const entry = await library.edit(id, settings);
      machines.setFastPath(id, settings.fastPath);
      if (!machines.isBusy(id)) await library.tidy(id);
      return view(entry);
    },
    'library.clone': async ({ id }) => {
      const { settings, folder } = library.findFine(id);
      return view(await library.create(settings, folder));
    },
    'library.delete': async ({ id }) => {
      const name = library.find(id).settings?.name ?? id;
      await machines.whileStopped(id, () => library.remove(id));
      machines.forgetMachine(id);
      log('fine', id, `"${name}" was deleted`);
      return null;
    },
    'library.export': async ({ id, to }) => {
      const entry = library.findFine(id);
      await machines.whileStopped(id, () => exportMachine(entry, to));
      const disks = entry.settings.disks.map(({ path }) => path).join(', ');
      const left = disks === '' ? '' : `; its disks stay where they are and are not in it: ${disks}`;
      log('fine', id, `"${entry.settings.name}" was exported to ${to}${left}`);
      return null;
    },
    'library.import': async ({ from }) => {
      const entry = await importMachine(library, from);
      log('fine', entry.id, `"${entry.settings.name}" was imported from ${from}`);
      return view(entry);
    },
    'library.inspect': ({ image, machine }) =>
      inspector.inspect(machine === undefined ? image : ownImage(image, library.findFine(machine).folder)),
  };
}
