/** A machine that nobody has made before. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';

export const someSettings = (changed: Partial<MachineSettings> = {}): MachineSettings => ({
  ...{ name: 'mine', notes: '', image: { kind: 'sample', name: 'hello' }, initrd: null, commandLine: '' },
  ...{ memoryMiB: 64, disks: [], networks: [], entropy: false, devices: 'auto', fastPath: false, engine: 'translator' },
  ...changed,
});
