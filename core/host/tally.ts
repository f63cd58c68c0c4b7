/** Counts under names nobody listed beforehand, told in the order in which they first came up. */

interface Row {
  readonly name: string;
  count: number;
}

export class Tally {
  readonly #rows = new Map<string, Row>();
  /** What was counted last is often counted next. */
  #last: Row | null = null;

  /** Counts `more` of `name`. */
  add(name: string, more = 1): void {
    const last = this.#last;
    if (last !== null && last.name === name) last.count += more;
    else this.#find(name).count += more;
  }

  #find(name: string): Row {
    const row = this.#rows.get(name) ?? { name, count: 0 };
    if (row.count === 0) this.#rows.set(name, row);
    this.#last = row;
    return row;
  }

  /** The counts as they are now. */
  get table(): Record<string, number> {
    return Object.fromEntries([...this.#rows].map(([name, { count }]) => [name, count]));
  }
}
