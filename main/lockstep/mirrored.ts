/** Two things of a kind behind one face: what is done to it is done to both, and what is read is the first one's. */

/** Methods and setters reach both; getters read the first. The two must start alike and have no state but their own. */
export function mirrored<Thing extends object>(one: Thing, other: Thing): Thing {
  return new Proxy(one, {
    get(_, key) {
      const value: unknown = Reflect.get(one, key);
      if (typeof value !== 'function') return value;
      return (...words: readonly unknown[]) => {
        const same: unknown = Reflect.get(other, key);
        if (typeof same === 'function') Reflect.apply(same, other, words);
        return Reflect.apply(value, one, words);
      };
    },
    set: (_, key, value) => Reflect.set(one, key, value) && Reflect.set(other, key, value),
  });
}
