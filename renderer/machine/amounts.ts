/** Numbers as people read them: grouped, with a prefix where they are large, and a dash where nobody knows. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const prefixes: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

export const UNKNOWN = '–';

/** 12 345 678 as '12,345,678'. */
export const grouped = (value: number): string => whole.format(value);

/** 12 345 678 as '12.3 M': three digits that count. */
export function short(value: number | null): string {
  if (value === null) return UNKNOWN;
  const size = Math.abs(value);
  const prefix = prefixes.find(([unit]) => size >= unit * 0.9995);
  if (prefix) return `${threeDigits(value / prefix[0])} ${prefix[1]}`;
  return threeDigits(value);
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 9.995 ? 1 : 2);
}

export const percent = (share: number | null): string => (share === null ? UNKNOWN : `${(share * 100).toFixed(0)} %`);

/** 83.4 seconds as '1:23'. */
export function clock(seconds: number): string {
  const rounded = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(rounded / 3600);
  const minutes = Math.floor((rounded % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rounded % 60)}` : `${minutes}:${two(rounded % 60)}`;
}
