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

/** Marsaglia's xorshift128. */
export function random(seed: number): Random {
  let [x, y, z, w] = [seed ^ 0x075bcd15, 0x159a55e5, 0x1f123bb5, 0x05491333 + seed];
  const word = () => {
    const mixed = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8);
    return w >>> 0;
  };
  for (let warm = 0; warm < 20; warm++) word();
  const below = (limit: number) => Math.floor((word() / 2 ** 32) * limit);
  return { word, below, once: (times) => below(times) === 0, pick: (from) => from[below(from.length)] };
}
