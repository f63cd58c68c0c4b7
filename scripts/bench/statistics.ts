/** What a handful of measurements amounts to: the middle one, and how far apart the others lie. */

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** From least to most, in percent of the median. */
  readonly spreadPercent: number;
}

/** `values` is not empty. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >>> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  return { median, least, most, spreadPercent: median === 0 ? 0 : ((most - least) / median) * 100 };
}
