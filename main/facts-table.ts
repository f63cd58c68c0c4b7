/**
 * Kernel facts as a person reads them: a line a fact, each with where it was found, and what is not known said as plainly
 * as what is.
 */

import type { Origin } from '../core/launcher/kernel-facts/fact.ts';
import type { KernelFacts } from '../core/launcher/kernel-facts/kernel-facts.ts';
import { MIB, type Range } from '../core/launcher/load-guest.ts';

export interface Line {
  readonly title: string;
  readonly text: string;
  readonly from: string | null;
}

const ADDRESS_DIGITS = 8;
const TITLE_WIDTH = 10;

/** The whole answer, newline at the end. */
export function factsTable(name: string, facts: KernelFacts): string {
  const shown = factLines(facts).map(({ title, text, from }) => {
    const source = from === null ? '' : ` (${from})`;
    return `  ${title.padEnd(TITLE_WIDTH)} ${text}${source}`;
  });
  return `${[name, ...shown, ...planLines(facts)].join('\n')}\n`;
}

/** A line a fact; what is not known has one too. */
export function factLines(facts: KernelFacts): Line[] {
  const lines = [formatLine, versionLine, payloadLine, lguestLine, eraLine, devicesLine, memoryLine, trialLine];
  return lines.flatMap((line) => line(facts));
}

/** Where a fact was found, in words. */
function found(origin: Origin, { trial }: KernelFacts): string {
  switch (origin) {
    case 'header':
      return 'from the header';
    case 'file':
      return 'from the file';
    case 'symbols':
      return 'from its symbols';
    case 'run':
      return `by running it for ${instructions(trial?.instructions ?? 0)}`;
    default:
      return origin satisfies never;
  }
}

function formatLine(facts: KernelFacts): Line[] {
  const { format, bits, protocol, fileBytes } = facts;
  const boot = protocol === null ? '' : `, boot protocol ${protocol}`;
  const text = `${format}, ${bits.value}-bit${boot}, ${size(fileBytes)}`;
  return [{ title: 'format', text, from: found(bits.origin, facts) }];
}

function versionLine(facts: KernelFacts): Line[] {
  const { version } = facts;
  if (version === null) return [{ title: 'version', text: 'unknown: no Linux names itself in it', from: null }];
  return [{ title: 'version', text: `Linux ${version.value}`, from: found(version.origin, facts) }];
}

function payloadLine(facts: KernelFacts): Line[] {
  const { payload, format } = facts;
  if (format === 'ELF') return [];
  if (payload === null) return [{ title: 'payload', text: 'unknown: the header does not say where it is', from: null }];
  const packing = { none: 'not compressed' }[payload.compression ?? ''] ?? payload.compression ?? 'unknown compression';
  const text = `${packing}, ${size(payload.bytes)}, ${size(payload.unpackedBytes)} unpacked`;
  return [{ title: 'payload', text, from: found('header', facts) }];
}

function lguestLine(facts: KernelFacts): Line[] {
  const { answer, because, origin } = facts.lguest;
  const shown = answer === 'with PAE' ? 'yes, but' : answer;
  const from = facts.trial === null && answer === 'unknown' ? null : found(origin, facts);
  return [{ title: 'lguest', text: `${shown}: ${because}`, from }];
}

function eraLine(facts: KernelFacts): Line[] {
  const { era } = facts;
  if (era === null) return facts.lguest.answer === 'no' ? [] : [{ title: 'era', text: 'unknown', from: null }];
  return [{ title: 'era', text: `${era.since} or later, before ${era.before}`, from: found('run', facts) }];
}

function devicesLine(facts: KernelFacts): Line[] {
  const { devices } = facts;
  if (devices === null) return facts.lguest.answer === 'no' ? [] : [{ title: 'devices', text: 'unknown', from: null }];
  const text = devices === 'bus' ? 'looked for on the lguest bus' : 'looked for on PCI';
  return [{ title: 'devices', text, from: found('run', facts) }];
}

function memoryLine(facts: KernelFacts): Line[] {
  const { plan, initialBytes } = facts;
  if (plan === null) return [];
  const wanted =
    initialBytes === null ? '' : `, of which ${size(initialBytes)} for unpacking itself and its first steps`;
  return [{ title: 'memory', text: `${plan.neededMiB} MiB or more${wanted}`, from: null }];
}

function trialLine(facts: KernelFacts): Line[] {
  const { trial } = facts;
  if (trial === null) return [{ title: 'trial', text: 'it was not run', from: null }];
  const end = trial.death === null ? '' : ` and ended: ${trial.death}`;
  const text = `it ran for ${instructions(trial.instructions)} in ${trial.memoryMiB} MiB${end}`;
  return [{ title: 'trial', text, from: null }];
}

function planLines({ plan }: KernelFacts): string[] {
  if (plan === null) return [];
  if (plan.refusal !== null) return ['', `It cannot be loaded into ${plan.memoryMiB} MiB: ${plan.refusal}.`];
  const top = plan.memoryMiB * MIB;
  const rows = plan.ranges.map(
    ({ what, from, to }: Range) => `  ${address(from)} to ${address(to)}  ${what.replace(/^the /, '')}`,
  );
  return [
    '',
    `what goes where in ${plan.memoryMiB} MiB, starting at ${address(plan.entry)}:`,
    ...rows,
    `  ${address(top)}                end of memory; devices follow`,
  ];
}

const address = (value: number) => `0x${value.toString(16).padStart(ADDRESS_DIGITS, '0')}`;

function size(bytes: number): string {
  if (bytes < MIB) return `${bytes} bytes`;
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function instructions(count: number): string {
  return count < 1e6 ? `${count} instructions` : `${Math.round(count / 1e5) / 10} million instructions`;
}
