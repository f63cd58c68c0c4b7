/**
 * What this process costs: processor time, its main thread apart from all others, for an engine that has the JavaScript
 * engine compile behind its back must be seen to do so; and memory.  The parting is Linux's (`/proc`, proc(5)); elsewhere
 * all time is the main thread's, and nobody knows about the others.
 */

import { readFileSync } from 'node:fs';

export interface ProcessorTime {
  readonly mainSeconds: number;
  /** Compilers and collectors; null where they cannot be told from the main thread. */
  readonly otherSeconds: number | null;
}

/** Time on a processor in nanoseconds is the first word of it; of the thread that asks. */
const THIS_THREAD = '/proc/thread-self/schedstat';

function mainThreadSeconds(): number | null {
  try {
    const nanoseconds = Number(readFileSync(THIS_THREAD, 'latin1').split(' ')[0]);
    return nanoseconds > 0 ? nanoseconds / 1e9 : null;
  } catch {
    return null;
  }
}

export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  const all = (user + system) / 1e6;
  const main = mainThreadSeconds();
  return main === null ? { mainSeconds: all, otherSeconds: null } : { mainSeconds: main, otherSeconds: all - main };
}

export function timeBetween(begin: ProcessorTime, end: ProcessorTime): ProcessorTime {
  const { otherSeconds: before } = begin;
  const { otherSeconds: after } = end;
  // The two clocks tick apart, by a few milliseconds.
  const otherSeconds = before === null || after === null ? null : Math.max(0, after - before);
  return { mainSeconds: end.mainSeconds - begin.mainSeconds, otherSeconds };
}

/** In KiB, the most this process had at any moment; `maxRSS` would begin with what our parent had. */
const HIGH_WATER = /^VmHWM:\s+(\d+) kB$/m;

/** The most memory this process had at any moment; what it has now where nobody kept watch. */
export function peakMiB(): number {
  try {
    const kibibytes = HIGH_WATER.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) / 1024;
  } catch {
    // Not Linux; the answer below is the best there is.
  }
  return process.memoryUsage.rss() / 1048576;
}
