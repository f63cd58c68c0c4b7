/**
 * A device as the command line attaches it: it outlives the guest's restarts and holds what this computer lends (a file,
 * sockets).  Each life of a guest gets a fresh model of it.
 */

import type { DeviceModel } from '../core/launcher/devices/model.ts';

export interface AttachedDevice {
  /** For the guest's next life; the model of the one before is not used any more. */
  newModel(): DeviceModel;
  /**
   * True while somebody outside may speak at any moment (an open connection, a listening forward): then an idle guest
   * waits by the wall's clock instead of letting its own jump ahead.
   */
  readonly awaitsOutside: boolean;
  /** Called between slices and after idling; `boardMs` is the board's clock in milliseconds. */
  tick(boardMs: number): void;
  /** Flushes, and gives back what was lent. Called once. */
  close(): void;
}
