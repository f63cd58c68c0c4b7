/**
 * Hubs that reach from thread to thread.  Each thread has a hub of its own, where its machine's cards are plugged in; one
 * more socket of it leads to a channel on which all threads that name this hub hear each other.  A machine that does not
 * listen misses frames, as it would on any hub: its cable is short, and nobody waits for it.
 */

import { BroadcastChannel } from 'node:worker_threads';
import { createHub } from '../../core/launcher/network/hub.ts';
import type { DeviceRequest } from '../guest-requests.ts';
import type { Hubs } from '../network/open-net.ts';

export interface JoinedHubs {
  readonly hubs: Hubs;
  close(): void;
}

/** Joins every hub that one of these devices is plugged in at. */
export function joinHubs(devices: readonly DeviceRequest[]): JoinedHubs {
  const hubs: Hubs = new Map();
  const channels: BroadcastChannel[] = [];
  for (const device of devices) {
    if (device.kind !== 'net' || device.spec.to !== 'hub' || hubs.has(device.spec.hub)) continue;
    const name = device.spec.hub;
    const hub = createHub();
    const channel = new BroadcastChannel(`astride hub ${name}`);
    const wire = hub.plug();
    // Sent as a copy of its own: a view would take along whatever else lies in its buffer.
    wire.onFrame = (frame) => channel.postMessage(frame.slice());
    channel.onmessage = (message) => {
      const { data } = message as { data: unknown }; // a MessageEvent, though Node calls it unknown
      if (!(data instanceof Uint8Array)) return;
      wire.send(data);
      wire.deliver();
    };
    hubs.set(name, hub);
    channels.push(channel);
  }
  return {
    hubs,
    close: () => {
      for (const channel of channels) channel.close();
    },
  };
}
