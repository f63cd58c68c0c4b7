/** Numbers and moments as a person reads them. Pure: the present is handed in. */

const SIZE_STEP = 1024;
const SIZES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeWords(bytes: number): string {
  let size = bytes;
  let step = 0;
  while (size >= SIZE_STEP && step < SIZES.length - 1) {
    size /= SIZE_STEP;
    step++;
  }
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${SIZES[step]}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function durationWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`;
}

/** 'just now', '5 minutes ago', 'yesterday', then the date. */
export function agoWords(iso: string, nowMs: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return 'at an unknown time';
  const seconds = Math.max(0, (nowMs - then) / 1000);
  if (seconds < MINUTE) return 'just now';
  if (seconds < HOUR) return `${counted(Math.floor(seconds / MINUTE), 'minute')} ago`;
  if (seconds < DAY) return `${counted(Math.floor(seconds / HOUR), 'hour')} ago`;
  if (seconds < 2 * DAY) return 'yesterday';
  if (seconds < 14 * DAY) return `${counted(Math.floor(seconds / DAY), 'day')} ago`;
  return `on ${iso.slice(0, 10)}`;
}

/** A file name out of whatever a person called a machine. */
export function fileNameFor(name: string): string {
  const plain = name
    .trim()
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|-+$/g, '');
  return plain === '' ? 'machine' : plain;
}
