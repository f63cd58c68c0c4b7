/** What the process that is killed writes in each round, so that whoever killed it knows. */

import { pattern } from './scratch-bytes.ts';

export const DISK_BYTES = 256 * 4096;

/** A few requests of odd sizes in odd places; rounds overlap one another. */
export function writeRound(disk: { write(at: number, from: Uint8Array): void }, round: number): void {
  const numbers = pattern(round, 16);
  for (let request = 0; request < 8; request++) {
    const bytes = pattern(round * 8 + request, (1 + (numbers[request] % 60)) * 512);
    const sectors = (DISK_BYTES - bytes.length) / 512;
    disk.write(((numbers[request + 8] * 131) % sectors) * 512, bytes);
  }
}
