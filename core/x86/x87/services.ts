/** The x87 as the rest of the processor sees it: a service per mnemonic, and what a reset does to it. */

import type { Service } from '../service.ts';
import { basicArithmeticServices } from './basic-arithmetic.ts';
import { comparisonServices } from './comparisons.ts';
import { environmentServices } from './environment.ts';
import { extendedSaveServices } from './extended-save.ts';
import { transcendentalServices } from './transcendental-services.ts';
import { transferServices } from './transfers.ts';

export { resetX87 } from './unit.ts';

/** Every x87 instruction by mnemonic (SDM 1 8.3), fxsave and fxrstor included. */
export const x87Services: Record<string, Service> = {
  ...transferServices,
  ...basicArithmeticServices,
  ...comparisonServices,
  ...transcendentalServices,
  ...environmentServices,
  ...extendedSaveServices,
};
