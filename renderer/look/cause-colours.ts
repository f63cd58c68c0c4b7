/**
 * One colour for each cause of a round trip, the same in every chart, legend and table, in light and in dark.  Faults are
 * warm, what a kernel asks for is cool, what the outside brings is grey, and what ends a guest is crimson: the one that
 * the fast path makes disappear is the loudest of all.
 */

export type Theme = 'light' | 'dark';

export interface CauseColour {
  /** A name of the tallies of round trips. */
  readonly cause: string;
  readonly light: string;
  readonly dark: string;
  /** One sentence for a legend. */
  readonly meaning: string;
}

const colour = (cause: string, light: string, dark: string, meaning: string): CauseColour => ({
  cause,
  light,
  dark,
  meaning,
});

/** In the order a legend lists them. */
export const causeColours: readonly CauseColour[] = [
  colour(
    'user page fault reflected',
    '#d9480f',
    '#ff7a45',
    'A program touched a page its kernel has to provide; the host handed the fault to that kernel.',
  ),
  colour(
    'page fault filled',
    '#e0a100',
    '#f5c242',
    'The guest had mapped the page, the shadow table had not yet: the host filled it in and the guest never knew.',
  ),
  colour(
    'kernel page fault reflected',
    '#c2557f',
    '#f08cb4',
    'The guest kernel itself touched a page it has to provide.',
  ),
  colour('hypercall', '#2f6fd6', '#6ea8ff', 'The guest kernel asked the host for something.'),
  colour('system call reflected', '#6a4bd8', '#a48bff', "A program asked its kernel, by way of the host's gate."),
  colour('trap reflected', '#9a3fb5', '#d58cf0', 'An exception the guest kernel deals with itself.'),
  colour('privileged instruction', '#0f8a8a', '#45cfcf', 'The host carried out an instruction ring 1 may not execute.'),
  colour('device access', '#3b8a3e', '#7ccf7a', 'A load or store at the address of a device, carried out by the host.'),
  colour(
    'host interrupt',
    '#75808f',
    '#8f9bab',
    "An interrupt of the host's own arrived, or the guest's slice was over.",
  ),
  colour('NMI', '#8a6642', '#c79f76', 'An interrupt nobody can mask; the host served it.'),
  colour('fault in the switch', '#b3123d', '#ff5c7f', 'The guest could not even be entered with the registers it has.'),
  colour('shut down', '#7d0a2a', '#e0315c', 'The guest brought its board down and was ended.'),
];

/** For a cause nobody listed, such as one read from a file somebody else wrote. */
const unlisted: CauseColour = colour('', '#5b6470', '#aab3bf', 'A cause this version of Astride does not know.');

const byCause = new Map(causeColours.map((one) => [one.cause, one]));

/** Never fails: what is not listed is grey. */
export function causeColourOf(cause: string): CauseColour {
  return byCause.get(cause) ?? unlisted;
}

/** The paint of a cause, for a canvas. */
export function paintOf(cause: string, theme: Theme): string {
  return causeColourOf(cause)[theme];
}
