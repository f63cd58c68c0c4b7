/**
 * The registers behind BAR0 of every device (virtio 1.0 §4.1.4, lguest-abi §12), in the order lguest put them.
 *
 *      0x00   common configuration: features, status, and one queue at a time
 *      0x38   notify: the index of the queue that has something
 *      0x3a   interrupt status; reading clears it
 *      0x3c   the device's own configuration
 */

import { bytes, layout, u8, u16, u32 } from '../../agreement/layout.ts';

export const commonConfiguration = layout('VIRTIO_COMMON', {
  deviceFeatureSelect: u32,
  deviceFeature: u32,
  driverFeatureSelect: u32,
  driverFeature: u32,
  configurationVector: u16,
  queueCount: u16,
  status: u8,
  generation: u8,
  queueSelect: u16,
  queueSize: u16,
  queueVector: u16,
  queueEnable: u16,
  queueNotifyOffset: u16,
  descriptorsLow: u32,
  descriptorsHigh: u32,
  availableLow: u32,
  availableHigh: u32,
  usedLow: u32,
  usedHigh: u32,
});
export type CommonRegister = keyof typeof commonConfiguration.at;

export const deviceRegisters = layout('VIRTIO_DEVICE', {
  common: bytes(commonConfiguration.bytes),
  notify: u16,
  interruptStatus: u8,
  unused: u8,
});

/** virtio 1.0 §2.1. */
export const deviceStatus = {
  reset: 0,
  acknowledge: 1,
  driver: 2,
  driverReady: 4,
  featuresAgreed: 8,
  needsReset: 64,
  failed: 128,
} as const;

/** virtio 1.0 §4.1.4.5. */
export const interruptStatus = { queue: 1, configuration: 2 } as const;
