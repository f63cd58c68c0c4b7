/**
 * The chain of capabilities by which a driver finds the parts of BAR0 (virtio 1.0 §4.1.4), each where lguest had it.  The
 * fourth is a window of four bytes through which all of BAR0 can be reached by configuration cycles alone: early
 * consoles use it, long before anything is mapped.
 */

import { bytes, layout, u8, u32 } from '../../agreement/layout.ts';
import type { DeviceModel } from '../devices/model.ts';
import { putField } from '../record.ts';
import type { ConfigurationSpace } from './configuration-space.ts';
import { deviceRegisters } from './registers.ts';

const capability = layout('VIRTIO_CAPABILITY', {
  vendorSpecific: u8,
  next: u8,
  bytes: u8,
  kind: u8,
  bar: u8,
  unused: bytes(3),
  offset: u32,
  length: u32,
});
const SMALL = capability.bytes;
/** With one word more: how far apart queues are notified (all in one place, so 0), or the window itself. */
const LARGE = capability.bytes + 4;

/** Where each lies. */
const place = layout('CAPABILITIES', {
  header: bytes(0x40),
  common: bytes(SMALL),
  notify: bytes(LARGE),
  interruptStatus: bytes(SMALL),
  device: bytes(SMALL),
  window: bytes(LARGE),
});
const kind = { common: 1, notify: 2, interruptStatus: 3, device: 4, window: 5 } as const;

const VENDOR_SPECIFIC = 9;
const LAST = 0;

export const firstCapability = place.at.common;
/** Configuration space that answers at all. */
export const capabilityBytes = place.bytes;

/** The window's registers in configuration space: which BAR, where, how much; then the bytes themselves. */
export const windowRegister = {
  bar: place.at.window + capability.at.bar,
  offset: place.at.window + capability.at.offset,
  length: place.at.window + capability.at.length,
  data: place.at.window + capability.bytes,
  dataBytes: LARGE - SMALL,
} as const;

export function putCapabilities(space: ConfigurationSpace, model: DeviceModel): void {
  const { at } = place;
  const { common, notify, interruptStatus } = deviceRegisters.at;
  const { sizeOf } = deviceRegisters;
  const configured = model.configuration.length > 0;
  put(space, 'common', at.notify, SMALL, common, sizeOf.common);
  put(space, 'notify', at.interruptStatus, LARGE, notify, sizeOf.notify);
  put(space, 'interruptStatus', at.window, SMALL, interruptStatus, sizeOf.interruptStatus);
  put(space, 'window', configured ? at.device : LAST, LARGE, 0, 0);
  if (configured) put(space, 'device', LAST, SMALL, deviceRegisters.bytes, model.configuration.length);
  space.writable[windowRegister.bar] = 0xff;
  space.writable.fill(0xff, windowRegister.offset, windowRegister.data + windowRegister.dataBytes);
}

function put(
  { bytes: space }: ConfigurationSpace,
  name: keyof typeof kind,
  next: number,
  length: number,
  offset: number,
  extent: number,
): void {
  const at = place.at[name];
  putField(space, at, capability, 'vendorSpecific', VENDOR_SPECIFIC);
  putField(space, at, capability, 'next', next);
  putField(space, at, capability, 'bytes', length);
  putField(space, at, capability, 'kind', kind[name]);
  putField(space, at, capability, 'offset', offset);
  putField(space, at, capability, 'length', extent);
}
