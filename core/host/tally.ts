/** Counts under names nobody listed beforehand, told in the order in which they first came up. */

interface Row {
  count: number;
}

export class Tally {
  readonly #rows = new Map<string, Row>();

  /** Counts `more` of `name`. */
  add(name: string, more = 1): void {
    const row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, { count: more });
    else row.count += more;
  }

  /** The counts as they are now. */
  get table(): Record<string, number> {
    return Object.fromEntries([...this.#rows].map(([name, { count }]) => [name, count]));
  }
}
