/** Settings of the library as the request for a guest that they are. Files are read here, and no sooner. */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import type { DiskSpec } from '../disks/disk-option.ts';
import { readWholeFile } from '../files.ts';
import type { DeviceRequest, GuestRequest } from '../guest-requests.ts';
import { overlayFile } from '../library/overlay-file.ts';
import type { NetSpec } from '../network/net-option.ts';
import { findImage, type NamedImage, readSamples } from '../samples.ts';
import { UsageError } from '../usage-error.ts';
import type { Assignment } from './thread-messages.ts';

/** Throws UsageError if a file or a sample is not there. */
export function guestRequestOf({ id, settings, folder }: Pick<Assignment, 'id' | 'settings' | 'folder'>): GuestRequest {
  return {
    image: imageOf(settings, folder),
    initrd: settings.initrd === null ? null : readWholeFile(resolve(folder, settings.initrd)),
    commandLine: settings.commandLine,
    memoryMiB: settings.memoryMiB,
    fastPath: settings.fastPath,
    devices: [
      ...settings.disks.map((disk): DeviceRequest => ({ kind: 'disk', spec: diskSpecOf(disk, folder) })),
      ...settings.networks.map((net, index): DeviceRequest => ({ kind: 'net', spec: netSpecOf(net, id, index) })),
      ...(settings.entropy ? [{ kind: 'rng' } as const] : []),
    ],
    deviceFace: settings.devices,
  };
}

/** The kernel a machine boots; throws UsageError. */
export function imageOf({ image, name }: MachineSettings, folder: string): NamedImage {
  if (image.kind === 'file') {
    const path = resolve(folder, image.path);
    return { name, bytes: readWholeFile(path), path };
  }
  if (readSamples().some((sample) => sample.name === image.name)) return findImage(image.name);
  throw new UsageError(`there is no sample guest called "${image.name}"`);
}

const modes = { write: 'writable', 'read only': 'readonly', overlay: 'overlay' } as const;

/** The overlay's name follows from the path as the settings have it. */
export function diskSpecOf({ path, access }: MachineSettings['disks'][number], folder: string): DiskSpec {
  const spec = { path: resolve(folder, path), mode: modes[access] };
  return access === 'overlay' ? { ...spec, overlay: overlayFile(folder, path) } : spec;
}

/** Locally administered, and no group's. */
const OWN_ADDRESS = 0x02;

/** Machines of different threads may meet at a hub, so a card's address comes from its machine's name for good. */
function netSpecOf(net: MachineSettings['networks'][number], id: string, index: number): NetSpec {
  const digest = createHash('sha256').update(id).digest();
  const mac = Uint8Array.of(OWN_ADDRESS, digest[0], digest[1], digest[2], digest[3], index + 1);
  return net.kind === 'user' ? { to: 'user', forwards: net.forwards, mac } : { to: 'hub', hub: net.name, mac };
}
