/** Surroundings that answer a fixed number and remember what they were asked. */

import type { AccessBytes, GuestSurroundings } from '../../../core/host/guest-events.ts';
import { DEVICE_BYTES, guestPhysical, MEMORY_BYTES } from './fake-guest.ts';

/** A page that belongs to nobody lies between memory and the window. */
export const WINDOW_START = MEMORY_BYTES + DEVICE_BYTES + 0x1000;
export const WINDOW_BYTES = 0x2000;

export class FakeSurroundings implements GuestSurroundings {
  readonly windowStart: GuestSurroundings['windowStart'];
  readonly windowBytes: number;
  readonly asked: string[] = [];
  answer = 0x89ab_cdef;

  constructor(windowStart = WINDOW_START, windowBytes = WINDOW_BYTES) {
    this.windowStart = guestPhysical(windowStart);
    this.windowBytes = windowBytes;
  }

  onHandshake(era: { since: string }): void {
    this.asked.push(`handshake ${era.since}`);
  }

  readPort(port: number, bytes: AccessBytes): number {
    this.asked.push(`in ${port.toString(16)} ${bytes}`);
    return this.answer;
  }

  writePort(port: number, bytes: AccessBytes, value: number): void {
    this.asked.push(`out ${port.toString(16)} ${bytes} ${value.toString(16)}`);
  }

  readWindow(at: number, bytes: AccessBytes): number {
    this.asked.push(`read ${(at - this.windowStart).toString(16)} ${bytes}`);
    return this.answer;
  }

  writeWindow(at: number, bytes: AccessBytes, value: number): void {
    this.asked.push(`write ${(at - this.windowStart).toString(16)} ${bytes} ${value.toString(16)}`);
  }

  /** What was asked since the last look. */
  take(): string[] {
    return this.asked.splice(0);
  }
}
