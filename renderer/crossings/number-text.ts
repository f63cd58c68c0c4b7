/** How numbers of a machine are written in this view: the same in the table, on the axis and to a screen reader. */

/** 'c0101234': an address or a register, without its 0x. */
export const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const grouping = new Intl.NumberFormat('en-US');

/** '1,234,567'. */
export const grouped = (value: number): string => grouping.format(value);

const scales = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** '1.2 M', '350', '0': three digits are enough to compare by. */
export function brief(value: number): string {
  const scale = scales.find(([size]) => value >= size);
  if (!scale) return String(Math.round(value));
  const scaled = value / scale[0];
  return `${scaled >= 100 ? Math.round(scaled) : scaled.toFixed(scaled >= 10 ? 1 : 2).replace(/\.?0+$/, '')} ${scale[1]}`;
}

/** A label of an axis whose ticks lie `step` apart: never two neighbours alike. */
export function axisLabel(value: number, step: number): string {
  if (step >= 1e6) return `${grouped(value / 1e6)} M`;
  return step >= 1e3 ? `${grouped(value / 1e3)} k` : grouped(value);
}

const ringNames = ['host', 'guest kernel', 'ring 2', 'program'] as const;

/** Whose ring it is: lguest runs a guest's kernel in ring 1 and its programs in ring 3. */
export const ringName = (ring: number): string => ringNames[ring] ?? `ring ${ring}`;

/** '1 crossing', '2 crossings'. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;
