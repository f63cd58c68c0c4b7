/**
 * What the engine puts before the run loop and before memory access in TypeScript: faults delivered and pages translated
 * without leaving WebAssembly.
 */

import type { Shortcuts } from '../interpreter/handlers.ts';
import type { State } from '../state.ts';
import { compileMisses } from './memory-misses.ts';
import { writeFaultDelivery } from './ring-entries.ts';

export const shortcutsOf = ({ ramBytes }: State): Shortcuts => ({
  deliverFault: writeFaultDelivery,
  misses: (imports) => compileMisses(ramBytes, imports),
});
