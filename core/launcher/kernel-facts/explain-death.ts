/**
 * A kernel that was never built for lguest dies within its first steps, of a trap nobody has a handler for.  That is
 * true and helps no one; so whoever tells of such a death adds what the kernel is.
 */

import type { Guest } from '../../host/guest-events.ts';
import { fact } from './fact.ts';
import { observeGuest } from './observe-guest.ts';
import { readStaticFacts } from './static-facts.ts';
import { judge, type Verdict } from './verdict.ts';

/**
 * Why this guest was killed, with the reason why its kernel could not have lived where that is known. Precondition: the
 * guest is dead, and `image` is what it was loaded from.
 */
export function explainDeath(guest: Guest, image: Uint8Array, reason: string): string {
  if (!diedAtTheThreshold(guest)) return reason;
  const facts = readStaticFacts(image);
  const seen = { ...observeGuest(guest), died: true };
  const version = facts.version ?? (seen.banner === null ? null : fact(seen.banner, 'run'));
  const verdict = judge({ ...facts, version, packed: facts.format === 'bzImage', seen });
  const kernel = version === null ? 'this kernel' : `this kernel (Linux ${version.value.split(' ')[0]})`;
  return `${reason}; ${sentence(kernel, verdict)}`;
}

/** Without a word to the host, or right after the first two. A guest that knows more words dies of its own deeds. */
function diedAtTheThreshold(guest: Guest): boolean {
  const { era, tallies } = guest;
  const words = Object.keys(tallies.hypercalls).length;
  return era === null ? words === 0 : words <= MOST_WORDS && observeGuest(guest).paeTables;
}

/** LGUEST_INIT, NEW_PGTABLE, and perhaps the one call for tables of three levels. */
const MOST_WORDS = 3;

function sentence(kernel: string, { answer, because }: Verdict): string {
  return answer === 'with PAE'
    ? `${kernel} cannot run here: ${because}`
    : `${kernel} never said LGUEST_INIT: ${because}`;
}
