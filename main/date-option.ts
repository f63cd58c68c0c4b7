/** `--date` as people type it: what the wall clock says when a guest is switched on. */

import { UsageError } from './usage-error.ts';

/** Kernels of 32 bits count seconds since 1970 in a signed word. */
const LAST_SECOND = 0x7fffffff;

const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:\d{2})?$/;

/** Seconds since 1970, or 'now'; throws UsageError. A date without a zone is UTC, so that it means the same everywhere. */
export function readDateOption(text: string): number | 'now' {
  if (text === 'now') return 'now';
  const seconds = /^\d+$/.test(text) ? Number(text) : isoSeconds(text);
  if (Number.isNaN(seconds)) {
    throw new UsageError(`--date wants "now", a date like 2017-11-12T10:00:00Z or seconds since 1970, not "${text}"`);
  }
  if (seconds >= 0 && seconds <= LAST_SECOND) return seconds;
  throw new UsageError(`--date ${text}: a 32-bit kernel knows the years from 1970 to 2038`);
}

function isoSeconds(text: string): number {
  const [, day, time = '00:00', zone = 'Z'] = ISO_DATE.exec(text) ?? [];
  return day === undefined ? Number.NaN : Math.floor(Date.parse(`${day}T${time}${zone}`) / 1000);
}
