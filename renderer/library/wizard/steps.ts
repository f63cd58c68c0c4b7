/** The wizard's steps and which settings each of them is about: nobody is held up by what comes later. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { type Objections, objectionsTo, type SettingName } from '../draft.ts';

export const steps = [
  { name: 'image', label: 'What to boot', about: ['image'] },
  {
    name: 'machine',
    label: 'The machine',
    about: [
      'name',
      'notes',
      'initrd',
      'commandLine',
      'memoryMiB',
      'disks',
      'networks',
      'entropy',
      'devices',
      'fastPath',
      'engine',
    ],
  },
  { name: 'summary', label: 'Summary', about: [] },
] as const satisfies readonly { name: string; label: string; about: readonly SettingName[] }[];

export type StepName = (typeof steps)[number]['name'];
export const stepNames: readonly StepName[] = steps.map(({ name }) => name);

export function objectionsOfStep(step: StepName, settings: MachineSettings): Objections {
  const about: readonly string[] = steps.find(({ name }) => name === step)?.about ?? [];
  return Object.fromEntries(Object.entries(objectionsTo(settings)).filter(([name]) => about.includes(name)));
}
