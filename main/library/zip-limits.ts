/** How much a few bytes may claim to be. Real kernels and disks pack to a tenth; a bomb is a thousand times its size. */

const INNOCENT_BYTES = 16 * 1024 * 1024;
const MOST_TIMES = 100;

export const packsTooWell = (bytes: number, packedBytes: number): boolean =>
  bytes > INNOCENT_BYTES && bytes > packedBytes * MOST_TIMES;
