/** The workstation with everything this computer can do: machines and comparisons, each in threads of their own. */

import type { About } from '../../core/protocol/requests.ts';
import { makeComparisons } from '../comparisons/comparisons.ts';
import { startMachine } from '../machines/start-machine.ts';
import { createWorkstation } from '../workstation/create-workstation.ts';
import type { Workstation } from '../workstation/parts.ts';
import { ownVersion } from './own-folders.ts';

/** Rejects with a UsageError if the folder is not to be had. */
export function openOwnWorkstation(dataFolder: string, front: About['front']): Promise<Workstation> {
  return createWorkstation({ dataFolder, front, version: ownVersion(), startMachine, comparisons: makeComparisons });
}
