/** Machines in every state, for tests and for the preview of the window. */

import type { MachineSettings, MachineView } from '../../core/protocol/machines.ts';

export const exampleSettings: MachineSettings = {
  name: 'hello',
  notes: '',
  image: { kind: 'sample', name: 'hello' },
  initrd: null,
  commandLine: '',
  memoryMiB: 64,
  disks: [],
  networks: [],
  entropy: false,
  devices: 'auto',
  fastPath: false,
  engine: 'translator',
};

export function exampleMachine(id: string, part: Partial<MachineView> = {}, settings: Partial<MachineSettings> = {}) {
  const machine: MachineView = {
    id,
    settings: { ...exampleSettings, name: id, ...settings },
    damaged: null,
    createdAt: '2026-01-01T10:00:00Z',
    lastRun: null,
    state: { is: 'stopped' },
    needsRestart: [],
    sizeBytes: 4096,
    ...part,
  };
  return machine;
}
