/** Small choices about how a view looks, kept by this window: no preference worth a line in a file that people edit. */

export interface Remembered {
  read(): string | null;
  write(value: string): void;
}

/** A browser that keeps nothing (a private window, a full disk) costs the choice and nothing else. */
export function remembered(name: string): Remembered {
  const key = `astride.${name}`;
  return {
    read() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // Then it is forgotten.
      }
    },
  };
}
