/** Random numbers that are the same on every run: a seed, and nothing of the machine's. */

export interface Random {
  /** 0 … 2³²-1. */
  word(): number;
  /** 0 … limit-1. */
  below(limit: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Spreads a seed, so that neighbours have nothing in common (the finalizer of MurmurHash3). */
function spread(seed: number): number {
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Marsaglia's xorshift128. */
export function random(seed: number): Random {
  let [x, y, z, w] = [1, 2, 3, 4].map((part) => spread(seed + Math.imul(part, 0x9e3779b9)));
  const word = () => {
    const mixed = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8);
    return w >>> 0;
  };
  const below = (limit: number) => Math.floor((word() / 2 ** 32) * limit);
  return { word, below, once: (times) => below(times) === 0, pick: (from) => from[below(from.length)] };
}
