/** What the palette finds, best first. Pure. */

export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly shortcut: string;
  readonly run: () => void;
}

/** Every word of the search must occur; entries whose label begins with it come first, then in the order they came. */
export function find(entries: readonly Entry[], search: string): readonly Entry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ label, kind }: Entry) => `${label} ${kind}`.toLowerCase();
  const found = entries.filter((entry) => words.every((word) => text(entry).includes(word)));
  const first = words[0] ?? '';
  const begins = (entry: Entry) => entry.label.toLowerCase().startsWith(first);
  return [...found.filter(begins), ...found.filter((entry) => !begins(entry))];
}
