/**
 * What the engine puts before the run loop and before memory access in TypeScript: faults and interrupts delivered and
 * pages translated without leaving WebAssembly.
 */

import type { ModuleImports, Shortcuts } from '../interpreter/handlers.ts';
import { compileMisses, type Deliveries, type MemoryMisses } from './memory-misses.ts';
import { writeFaultDelivery } from './ring-entries.ts';

export class BoardShortcuts implements Shortcuts, Deliveries {
  readonly deliverFault = writeFaultDelivery;
  /** From the start until the engine has had its functions compiled, nothing is done here. */
  deliverInterrupt: Deliveries['deliverInterrupt'] = () => 0;
  misses(imports: ModuleImports): MemoryMisses {
    const compiled = compileMisses(imports);
    this.deliverInterrupt = compiled.deliverInterrupt;
    return compiled;
  }
}
