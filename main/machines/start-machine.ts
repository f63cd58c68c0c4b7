/** Starts machines, each in a thread of its own; which files they may use together is known here and nowhere else. */

import type { StartMachine } from '../workstation/parts.ts';
import { DisksInUse } from './disks-in-use.ts';
import { MachineThread } from './machine-thread.ts';

/** How machines are started by threads that run `program`. */
export function machineStarter(program: URL): StartMachine {
  const disks = new DisksInUse();
  return (start) => {
    const { id, settings, folder } = start;
    const objection = disks.take(id, settings, folder);
    return new MachineThread(program, start, objection, (broken) => {
      if (objection === null) disks.release(id, broken);
    });
  };
}

/** The build puts the thread's program beside whatever this file is bundled into. */
export const startMachine: StartMachine = machineStarter(new URL('./machine-worker.mjs', import.meta.url));
