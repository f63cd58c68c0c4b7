/** What somebody who types `npm run bench -- …` wants measured. */

import { parseArgs } from 'node:util';
import { type EngineName, engines } from '../../core/x86/board.ts';
import { shelf } from '../../test/linux/kernel-shelf.ts';
import type { Runner } from './sample.ts';
import type { NamedKernel } from './whole-machines.ts';
import { type Workload, workloads } from './workloads.ts';

const FAULTS = 'faults';
const LINUX = 'linux';
const names = [...workloads.map(({ name }) => name), FAULTS, LINUX];
/** In the order they run in: what takes least long first. */
const allRunners: readonly Runner[] = ['native', 'v86', ...[...engines].reverse()];

export const help = `usage: npm run bench -- [options]

  --only NAME,NAME      these only (${names.join(' ')})
  --engines NAME,NAME   on these only (${allRunners.join(' ')})
  --rounds N            measure each so often, interleaved; medians are shown (default 3)
  --scale N             N times the work: v86's second of each workload becomes N
  --markdown            tables as docs/performance.md keeps them
  --json                one object instead of tables

"${FAULTS}" is the sample guest through the Switcher, "${LINUX}" every kernel in the folder ASTRIDE_KERNELS
that has a RAM disk with a shell beside it.`;

export interface Request {
  readonly workloads: readonly Workload[];
  readonly faults: boolean;
  readonly kernels: readonly NamedKernel[];
  readonly runners: readonly Runner[];
  /** Ours among the runners. */
  readonly engines: readonly EngineName[];
  readonly rounds: number;
  readonly scale: number;
  readonly markdown: boolean;
  readonly json: boolean;
  /** What was wanted and is not here, as a sentence. */
  readonly missing: string | null;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${option} wants a number from 1, not "${text}".`);
  return Number(text);
}

/** The chosen ones in our order. */
function choose<Name extends string>(what: string, all: readonly Name[], text: string | undefined): Name[] {
  const chosen = text?.split(',').map((name) => name.trim());
  const unknown = chosen?.find((name) => !all.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`There is no ${what} "${unknown}"; see --help.`);
  return all.filter((name) => chosen?.includes(name) ?? true);
}

/** Null when only help was asked for; throws a sentence. */
export function readRequest(kernelFolder: string | undefined, argv?: readonly string[]): Request | null {
  const { values } = parseArgs({
    args: argv && [...argv],
    options: {
      only: { type: 'string' },
      engines: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      scale: { type: 'string', default: '1' },
      markdown: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const only = choose('workload', names, values.only);
  const runners = choose('engine', allRunners, values.engines);
  const kernels = only.includes(LINUX) ? kernelsIn(kernelFolder) : [];
  return {
    workloads: workloads.filter(({ name }) => only.includes(name)),
    faults: only.includes(FAULTS),
    kernels,
    runners,
    engines: engines.filter((engine) => runners.includes(engine)),
    rounds: wholeNumber('rounds', values.rounds),
    scale: wholeNumber('scale', values.scale),
    markdown: values.markdown,
    json: values.json,
    missing:
      only.includes(LINUX) && kernels.length === 0 ? 'No Linux: ASTRIDE_KERNELS names no folder with a kernel.' : null,
  };
}

function kernelsIn(folder: string | undefined): NamedKernel[] {
  return shelf(folder).flatMap(({ name, path, initrd, twin }) =>
    initrd === null ? [] : { name, path, initrd, bootOnly: twin },
  );
}
