/** What a guest finds around itself when nobody says otherwise, and until it has introduced itself: nothing. */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { PAGE_BYTES } from '../agreement/addresses.ts';
import { onesOf } from './general-registers.ts';
import type { GuestOptions, GuestSurroundings } from './guest-events.ts';

const LAST_PHYSICAL_BYTE = 0xffff_ffff;

/** Ports that answer what an empty bus does, ones on every wire, and no window. */
export const emptySurroundings: GuestSurroundings = {
  onHandshake: () => {},
  readPort: (_, bytes) => onesOf(bytes),
  writePort: () => {},
  windowStart: 0 as GuestPhysical, // of no length
  windowBytes: 0,
  readWindow: (_, bytes) => onesOf(bytes),
  writeWindow: () => {},
};

/** The surroundings asked for. A window that overlaps memory is a mistake of ours and throws. */
export function surroundingsOf({ name, memoryBytes, deviceBytes, surroundings }: GuestOptions): GuestSurroundings {
  if (surroundings === undefined || surroundings.windowBytes === 0) return surroundings ?? emptySurroundings;
  const { windowStart, windowBytes } = surroundings;
  const aligned = windowStart % PAGE_BYTES === 0 && windowBytes % PAGE_BYTES === 0;
  if (!aligned || windowStart < memoryBytes + deviceBytes || windowStart + windowBytes - 1 > LAST_PHYSICAL_BYTE) {
    const window = `${windowBytes} bytes at 0x${windowStart.toString(16)}`;
    throw new Error(`guest ${name} cannot have a window of ${window} beside its memory`);
  }
  return surroundings;
}
