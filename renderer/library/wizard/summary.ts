/** Settings in words, a line each; what a person left alone is said too, because it is part of what they get. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { type SettingName, settingLabels } from '../draft.ts';

const accessWords = { write: 'written to', 'read only': 'read only', overlay: 'changes kept beside it' } as const;
const deviceWords = { auto: 'as the kernel wishes', bus: 'lguest bus', pci: 'PCI with virtio 1.0' } as const;

function networkWords(network: MachineSettings['networks'][number]): string {
  if (network.kind === 'hub') return `hub “${network.name}”`;
  const forwards = network.forwards.map(({ hostPort, guestPort }) => `${hostPort} to ${guestPort}`);
  return forwards.length === 0 ? 'user network' : `user network, forwarding ${forwards.join(', ')}`;
}

const words: readonly (readonly [SettingName, (settings: MachineSettings) => string])[] = [
  ['name', ({ name }) => name],
  ['image', ({ image }) => (image.kind === 'sample' ? `sample guest ${image.name}` : image.path)],
  ['initrd', ({ initrd }) => initrd ?? 'none'],
  ['commandLine', ({ commandLine }) => (commandLine === '' ? 'empty' : commandLine)],
  ['memoryMiB', ({ memoryMiB }) => `${memoryMiB} MiB`],
  ['disks', ({ disks }) => disks.map((disk) => `${disk.path} (${accessWords[disk.access]})`).join('\n') || 'none'],
  ['networks', ({ networks }) => networks.map(networkWords).join('\n') || 'none'],
  ['entropy', ({ entropy }) => (entropy ? 'from this computer' : 'none')],
  ['devices', ({ devices }) => deviceWords[devices]],
  ['fastPath', ({ fastPath }) => (fastPath ? 'on' : 'off')],
  ['engine', ({ engine }) => engine],
  ['notes', ({ notes }) => notes || 'none'],
];

export function summaryLines(settings: MachineSettings): readonly { label: string; text: string }[] {
  return words.map(([name, say]) => ({ label: settingLabels[name], text: say(settings) }));
}
