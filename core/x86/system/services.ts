/**
 * Every service of the system side, by mnemonic: the instructions engines call instead of compile.
 */

import type { Service } from '../service.ts';
import { checkServices } from './checks.ts';
import { controlServices } from './control.ts';
import { decimalServices } from './decimal.ts';
import { descriptorTableServices } from './descriptor-tables.ts';
import { exchangeServices } from './exchanges.ts';
import { farReturnServices } from './far-returns.ts';
import { fastCallServices } from './fast-calls.ts';
import { flagServices } from './flags.ts';
import { identityServices } from './identity.ts';
import { portStringServices } from './port-strings.ts';
import { portServices } from './ports.ts';
import { segmentMoveServices } from './segment-moves.ts';
import { softwareInterruptServices } from './software-interrupts.ts';
import { stackFrameServices } from './stack-frames.ts';
import { stringServices } from './strings.ts';
import { taskServices } from './tasks.ts';
import { transferServices } from './transfers.ts';

export const systemServices: Record<string, Service> = {
  ...transferServices,
  ...farReturnServices,
  ...softwareInterruptServices,
  ...flagServices,
  ...stackFrameServices,
  ...checkServices,
  ...descriptorTableServices,
  ...taskServices,
  ...controlServices,
  ...identityServices,
  ...segmentMoveServices,
  ...portServices,
  ...portStringServices,
  ...stringServices,
  ...decimalServices,
  ...exchangeServices,
  ...fastCallServices,
};
