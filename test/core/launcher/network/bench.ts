/** A user network on the workbench: the test is both the guest at the cable and the world outside. */

import { cable } from '../../../../core/launcher/network/cable.ts';
import { createUserNetwork, type Forward } from '../../../../core/launcher/network/user-network.ts';
import { FakeOutside } from './fake-outside.ts';
import { be16, ethernet, GUEST_MAC } from './packets.ts';

export function workbench(forwards: readonly Forward[] = []) {
  const [card, wire] = cable();
  const outside = new FakeOutside();
  const reports: string[] = [];
  const network = createUserNetwork({ outside, wire, forwards, report: (sentence) => reports.push(sentence) });
  const heard: Uint8Array[] = [];
  card.onFrame = (frame) => heard.push(frame);
  let nowMs = 0;
  return {
    card,
    outside,
    network,
    reports,
    /** Lets so much time pass. */
    pass(ms = 0) {
      nowMs += ms;
      network.tick(nowMs);
    },
    /** Frames heard since last asked. */
    heard: () => heard.splice(0),
    /** Sends frames and returns what comes back at once. */
    say(...frames: Uint8Array[]) {
      for (const frame of frames) card.send(frame);
      card.deliver();
      return heard.splice(0);
    },
  };
}

export type Workbench = ReturnType<typeof workbench>;

export function arp(operation: number, from: number[], to: number[]): Uint8Array {
  const head = [0, 1, 8, 0, 6, 4, ...be16(operation)];
  return ethernet(0x0806, [...head, ...GUEST_MAC, ...from, 0, 0, 0, 0, 0, 0, ...to], [255, 255, 255, 255, 255, 255]);
}
