/** One board's worth of host: the machine below, the Switcher's pages on it, and who ran last. */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { Ground } from '../agreement/ground.ts';
import type { HostWorld } from '../switcher/host-world.ts';
import type { BoardRam } from './board-ram.ts';
import type { TripMeter } from './count-crossing.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { CrossingWatcher, HostOptions } from './guest-events.ts';
import type { BoardTime } from './lguest-data.ts';

export interface Board {
  readonly ground: Ground;
  readonly world: HostWorld;
  readonly ram: BoardRam;
  /** For the host's own machine code. */
  readonly codePage: HostPhysical;
  readonly time: BoardTime;
  readonly onCrossing: HostOptions['onCrossing'] | null;
  /** Looks closely at every crossing, while somebody does. */
  watcher: CrossingWatcher | null;
  readonly meter: TripMeter;
  /** Whose descriptors, gates and stack the Switcher's page holds, and whose numbers are in the x87. */
  lastGuest: GuestCpu | null;
}
