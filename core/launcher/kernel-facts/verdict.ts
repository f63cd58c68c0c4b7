/**
 * Is this an lguest guest kernel, and if not, what would make it one?  The answer is worked out from whatever is known,
 * surest first, and it is one clause that ends a sentence of `inspect` and of `boot` alike.  Where nothing is sure it
 * says that.
 */

import type { Fact, Origin } from './fact.ts';
import { isAtLeast, parseRelease, type Release } from './linux-banner.ts';
import type { Observation } from './observe-guest.ts';
import type { StaticFacts } from './static-facts.ts';

export interface Verdict {
  /** 'with PAE' is an lguest guest kernel that this host cannot run. */
  readonly answer: 'yes' | 'with PAE' | 'no' | 'unknown';
  /** A clause without a capital or a full stop. */
  readonly because: string;
  readonly origin: Origin;
}

/** What is known before the question is asked. */
export interface Evidence {
  readonly bits: StaticFacts['bits'];
  readonly version: Fact<string> | null;
  readonly lguestSymbol: boolean | null;
  /** The kernel unpacks itself before it is Linux. */
  readonly packed: boolean;
  /** What it showed when it ran; null if it did not. */
  readonly seen: (Observation & { readonly died: boolean }) | null;
}

const OPTION =
  'CONFIG_LGUEST_GUEST, which needs CONFIG_PARAVIRT (in newer trees CONFIG_HYPERVISOR_GUEST before it, and from 4.1 on ' +
  'CONFIG_PCI), a 32-bit kernel and no CONFIG_X86_PAE; its console needs CONFIG_VIRTIO_CONSOLE';

type Rule = (evidence: Evidence) => Verdict | null;

/** The first that has an answer is believed. */
const rules: readonly Rule[] = [wideKernel, introducedKernel, foreignKernel, wrongRelease, symbolsSaySo, silentKernel];

/** Never without an answer, if only "unknown". */
export function judge(evidence: Evidence): Verdict {
  for (const rule of rules) {
    const verdict = rule(evidence);
    if (verdict !== null) return verdict;
  }
  const because = evidence.seen === null ? 'it was not run' : 'it had not said LGUEST_INIT when its time was up';
  return { answer: 'unknown', because, origin: evidence.seen === null ? 'file' : 'run' };
}

function wideKernel({ bits }: Evidence): Verdict | null {
  if (bits.value === 32) return null;
  return { answer: 'no', because: 'it is a 64-bit kernel, and lguest is for 32-bit ones', origin: bits.origin };
}

function introducedKernel({ seen }: Evidence): Verdict | null {
  if (seen === null || seen.era === null) return null;
  if (!seen.paeTables) return { answer: 'yes', because: 'it said LGUEST_INIT', origin: 'run' };
  const because =
    'it was built with CONFIG_X86_PAE, which this host does not have: choose CONFIG_NOHIGHMEM or CONFIG_HIGHMEM4G';
  return { answer: 'with PAE', because, origin: 'run' };
}

/** It speaks to a host, in words no lguest understood here would choose: its death has said which. */
function foreignKernel({ seen }: Evidence): Verdict | null {
  if (seen === null || !seen.spoke) return null;
  const because = 'it made hypercalls, but did not introduce itself as kernels from 2.6.24 to 4.13 do';
  return { answer: 'unknown', because, origin: 'run' };
}

function wrongRelease({ version }: Evidence): Verdict | null {
  const release = version === null ? null : parseRelease(version.value);
  const because = release === null ? null : outsideOfLguestsLife(release);
  if (version === null || because === null) return null;
  return { answer: 'no', because, origin: version.origin };
}

function outsideOfLguestsLife(release: Release): string | null {
  const { major, minor } = release;
  if (isAtLeast(release, 4, 14)) return `Linux ${major}.${minor} has no lguest: it was there from 2.6.23 to 4.13`;
  if (isAtLeast(release, 2, 6, 24)) return null;
  return isAtLeast(release, 2, 6, 23)
    ? 'lguest of 2.6.23 spoke a language of its own, and this host knows those from 2.6.24 on'
    : 'lguest came with Linux 2.6.23';
}

function symbolsSaySo({ lguestSymbol, seen }: Evidence): Verdict | null {
  if (lguestSymbol === null) return null;
  if (!lguestSymbol) return { answer: 'no', because: `it was built without ${OPTION}`, origin: 'symbols' };
  const ended = seen?.died ? ', but ended before it could introduce itself' : '';
  return { answer: 'yes', because: `it was built with CONFIG_LGUEST_GUEST${ended}`, origin: 'symbols' };
}

/** It ran and died, and never said a word to its host. */
function silentKernel({ seen, packed }: Evidence): Verdict | null {
  if (seen === null || !seen.died) return null;
  if (seen.banner !== null) return { answer: 'no', because: `it was built without ${OPTION}`, origin: 'run' };
  if (packed) {
    const because = `it ended before it had unpacked itself; a kernel needs to be whole, and built with ${OPTION}`;
    return { answer: 'unknown', because, origin: 'run' };
  }
  return { answer: 'no', because: `no Linux was found in it; a Linux kernel needs ${OPTION}`, origin: 'run' };
}
