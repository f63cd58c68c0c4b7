/** The options of `boot` and `compare`, and what --help says of those they share. */

import { FIXED_DATE } from './circumstances.ts';
import { engineHelp, engineOption } from './engine-option.ts';
import type { OptionTable } from './options.ts';

export const DEFAULT_MEMORY_MIB = 64;

/** Each guest has its own. */
const guestOptions: OptionTable = {
  initrd: { type: 'string' },
  append: { type: 'string' },
  memory: { type: 'string' },
  disk: { type: 'string' },
  net: { type: 'string' },
  rng: { type: 'boolean' },
  devices: { type: 'string' },
};
const runOptions: OptionTable = {
  ...engineOption,
  date: { type: 'string' },
  seed: { type: 'string' },
  'no-reboot': { type: 'boolean' },
  timeout: { type: 'string' },
  budget: { type: 'string' },
  counters: { type: 'string' },
  trace: { type: 'string' },
};
export const bootOptions: OptionTable = {
  ...guestOptions,
  ...runOptions,
  'fast-path': { type: 'string' },
  beside: { type: 'string' },
};
export const compareOptions: OptionTable = { ...guestOptions, ...runOptions, json: { type: 'boolean' } };
export const lockstepOptions: OptionTable = {
  ...guestOptions,
  ...runOptions,
  'fast-path': { type: 'string' },
  reference: { type: 'string' },
  step: { type: 'string' },
  'memory-step': { type: 'string' },
};

export const guestHelp = `  --initrd FILE          hand the guest this initial RAM disk
  --append TEXT          add to the kernel's command line (may be repeated)
  --memory MiB           give it this much memory, 4 to 1024 MiB (default ${DEFAULT_MEMORY_MIB})
  --disk FILE            a disk; what the guest writes goes into FILE (may be repeated)
  --disk FILE,readonly   a disk that takes no writes
  --disk FILE,overlay    a disk whose writes go into a file of their own beside FILE
  --net user             a network card, and at the other end a router that gives the guest an
                         address and leads to this computer and, where that may, beyond
  --net user,forward=HOSTPORT:GUESTPORT
                         the same, and HOSTPORT of this computer leads to the guest
  --net hub=NAME         a network card at a hub, with every other that names it
  --rng                  a source of random numbers
  --devices auto|bus|pci where the guest looks for all these: the lguest bus (kernels before
                         4.1) or PCI (from 4.1 on); auto looks at the kernel`;

export const runHelp = `  --date now|DATE        what the clock on the wall says at the start: now, seconds since 1970,
                         or a date like 2017-11-12T10:00:00Z (UTC if no zone is given)
  --seed TEXT            where the numbers of --rng begin: the same text, the same numbers
  --no-reboot            a guest that restarts has ended
  --timeout SECONDS      stop after this long on the wall clock
  --budget INSTRUCTIONS  stop at the first crossing after this many instructions, guest and
                         Switcher together: the same place every time
${engineHelp}`;

/** The end of a sentence that says when; it fits one line after a short beginning. */
export const fixedInputsHelp = `the date is ${FIXED_DATE} and random numbers are
seeded, unless --date and --seed say otherwise.`;
