/**
 * Puts the parts together: a data folder of our own, the library, the machines that run, comparisons, and the one door
 * through which windows ask.  Parts are handed what they need and know nothing of each other's insides.
 */

import { join } from 'node:path';
import type { Preferences } from '../../core/protocol/preferences.ts';
import type { About } from '../../core/protocol/requests.ts';
import { KernelInspector } from '../library/inspect-kernel.ts';
import { Library } from '../library/library.ts';
import { libraryAnswers, viewOf } from '../library/library-answers.ts';
import { allAnswers } from './all-answers.ts';
import { appAnswers } from './app-answers.ts';
import { LogFile } from './log-file.ts';
import { noComparisons } from './no-comparisons.ts';
import { takeDataFolder } from './own-folder.ts';
import type { Comparisons, CreateWorkstation, Log, Workstation, WorkstationOptions } from './parts.ts';
import { PreferencesFile } from './preferences-file.ts';
import { Router } from './router.ts';
import { RunningMachines } from './running-machines.ts';
import { Windows } from './windows.ts';

export const createWorkstation: CreateWorkstation = async (options) => {
  const { folder, lock } = takeDataFolder(options.dataFolder);
  try {
    return await openWorkstation(options, folder, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
};

async function openWorkstation(options: WorkstationOptions, folder: string, release: () => void): Promise<Workstation> {
  const windows = new Windows();
  const logFile = new LogFile(folder);
  const log: Log = (...line) => windows.tellAll('log', logFile.write(...line));
  const preferences = new PreferencesFile(folder);
  if (preferences.damaged !== null) log('warning', '', preferences.damaged);
  const { library, machines } = await openMachines(options, folder, { windows, log, preferences });
  const inspector = new KernelInspector(options.inspectProgram);
  const comparisons = await makeComparisons(options, { folder, windows, log, library });
  const onPreferred = (preferred: Preferences) => {
    windows.tellAll('preferences', preferred);
    machines.samplesPerSecondChanged();
  };
  const answers = allAnswers({
    library: libraryAnswers({ library, machines, inspector, log }),
    machine: machines.machineAnswers,
    console: machines.consoleAnswers,
    counters: machines.countersAnswers,
    crossings: machines.crossingsAnswers,
    compare: comparisons.answers,
    app: appAnswers({ about: aboutUs(options, folder), preferences, logFile, onPreferred }),
  });
  const close = async () => {
    await Promise.all([inspector.close(), machines.close(), comparisons.close()]);
    await Promise.all([library.close(), preferences.close()]);
    release();
  };
  return assemble(new Router(answers, windows, log), { windows, machines, log, close });
}

function assemble(
  router: Router,
  {
    windows,
    machines,
    log,
    close,
  }: { windows: Windows; machines: RunningMachines } & Pick<Workstation, 'log' | 'close'>,
): Workstation {
  return {
    log,
    close,
    get running() {
      return machines.running;
    },
    connect(window) {
      windows.add(window);
      const connection = router.connect(window);
      return {
        receive: connection.receive,
        close() {
          connection.close();
          windows.remove(window);
          machines.forgetWindow(window);
        },
      };
    },
  };
}

interface Around {
  readonly windows: Windows;
  readonly log: Log;
  readonly preferences: PreferencesFile;
}

/** The library tells what changed on disk, the machines what changed in their threads; windows see one list of both. */
async function openMachines(
  { startMachine }: WorkstationOptions,
  folder: string,
  { windows, log, preferences }: Around,
): Promise<{ library: Library; machines: RunningMachines }> {
  let told = true;
  const onChange = () => {
    if (!told) return;
    told = false;
    // Changes come in flocks, and the list is a whole one.
    setImmediate(() => {
      told = true;
      windows.tellAll(
        'library',
        library.entries.map((entry) => viewOf(entry, machines)),
      );
    });
  };
  const library = await Library.open(folder, onChange);
  for (const { id, damaged } of library.entries) if (damaged !== null) log('warning', id, `damaged: ${damaged}`);
  const samplesPerSecond = () => preferences.current.samplesPerSecond;
  const machines = new RunningMachines({ library, startMachine, windows, log, samplesPerSecond, onChange });
  return { library, machines };
}

function makeComparisons(
  { comparisons }: WorkstationOptions,
  { folder, windows, log, library }: Omit<Around, 'preferences'> & { folder: string; library: Library },
): Comparisons | Promise<Comparisons> {
  if (comparisons === undefined) return noComparisons();
  return comparisons({
    folder: join(folder, 'comparisons'),
    tell: (name, value) => windows.tellAll(name, value),
    log,
    machine: (id) => library.findFine(id),
  });
}

function aboutUs({ version, front }: WorkstationOptions, dataFolder: string): About {
  const { node, electron } = process.versions;
  const runtime = electron === undefined ? `Node ${node}` : `Electron ${electron}`;
  return { version, front, dataFolder, platform: `${process.platform} ${process.arch}, ${runtime}` };
}
