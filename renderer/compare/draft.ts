/** What a person is about to compare, as they type it; and what stands in the way of asking for it. */

import * as v from 'valibot';
import { type ComparisonRequest, comparisonRequest } from '../../core/protocol/comparisons.ts';
import type { MachineView } from '../../core/protocol/machines.ts';
import type { Sample } from '../../core/protocol/requests.ts';

export interface ComparisonDraft {
  /** 'sample faults' or 'machine mine-1'. */
  readonly subject: string;
  readonly workload: string;
  /** As typed; empty for what the machine has, or the usual. */
  readonly memoryMiB: string;
  /** As typed, in millions of instructions; empty for none. */
  readonly budgetMillions: string;
  /** Null for what the machine has, or the usual. */
  readonly engine: ComparisonRequest['engine'];
}

export interface Choice {
  readonly subject: string;
  readonly label: string;
  /** Why it cannot be compared, or empty. */
  readonly objection: string;
  readonly workloads: Sample['workloads'];
  /** What its kernel is told anyway. */
  readonly commandLine: string;
}

const MILLION = 1e6;

/** What the question of the fast path is asked of first, in one press. */
export const firstComparison: ComparisonRequest = {
  subject: { kind: 'sample', name: 'faults' },
  workload: 'pattern=touch pages=10000',
  memoryMiB: null,
  budgetInstructions: null,
  engine: null,
};

/** Everything that could be compared: samples first, then the library. */
export function choicesOf(samples: readonly Sample[], machines: readonly MachineView[]): Choice[] {
  return [
    ...samples.map(
      ({ name, workloads }): Choice => ({
        subject: `sample ${name}`,
        label: name,
        objection: '',
        workloads,
        commandLine: '',
      }),
    ),
    ...machines.map((machine) => machineChoice(machine, samples)),
  ];
}

function machineChoice({ id, settings }: MachineView, samples: readonly Sample[]): Choice {
  const choice = { subject: `machine ${id}`, label: settings?.name ?? id, workloads: [], commandLine: '' };
  if (settings === null) return { ...choice, objection: 'This machine is damaged.' };
  const { image, commandLine, networks } = settings;
  const sample = image.kind === 'sample' ? samples.find(({ name }) => name === image.name) : undefined;
  const outside = networks.some(({ kind }) => kind === 'user');
  return {
    ...choice,
    workloads: sample?.workloads ?? [],
    commandLine,
    objection: outside
      ? 'It has a network card that leads to this computer, and the world outside never says a thing twice. Put the card at a hub, or take it out.'
      : '',
  };
}

/** For a subject that was just chosen. A machine of one's own may sit at a prompt for ever, so it begins with a budget. */
export function draftFor({ subject, workloads, commandLine }: Choice): ComparisonDraft {
  const sample = subject.startsWith('sample ');
  // The first workload of a sample is meant for watching: it goes on for a minute. The second ends soon.
  const workload = sample ? ((workloads[1] ?? workloads[0])?.append ?? '') : '';
  const unending = !sample && workloads.length === 0 && commandLine !== '';
  return { subject, workload, memoryMiB: '', budgetMillions: unending ? '5000' : '', engine: null };
}

/** The same once more. */
export function draftOf({
  subject,
  workload,
  memoryMiB,
  budgetInstructions,
  engine,
}: ComparisonRequest): ComparisonDraft {
  return {
    subject: subject.kind === 'sample' ? `sample ${subject.name}` : `machine ${subject.id}`,
    workload,
    memoryMiB: memoryMiB === null ? '' : String(memoryMiB),
    budgetMillions: budgetInstructions === null ? '' : String(budgetInstructions / MILLION),
    engine,
  };
}

export type Objections = Readonly<Partial<Record<keyof ComparisonDraft, string>>>;

/** The request a draft amounts to, or what is wrong with it, field by field. */
export function requestOf(draft: ComparisonDraft): ComparisonRequest | { readonly objections: Objections } {
  const budget = numberIn(draft.budgetMillions);
  const [kind, name] = [draft.subject.split(' ')[0], draft.subject.slice(draft.subject.indexOf(' ') + 1)];
  const parsed = v.safeParse(comparisonRequest, {
    subject: kind === 'sample' ? { kind, name } : { kind: 'machine', id: name },
    workload: draft.workload,
    memoryMiB: numberIn(draft.memoryMiB),
    budgetInstructions: budget === null ? null : Math.round(budget * MILLION),
    engine: draft.engine,
  });
  if (parsed.success) return parsed.output;
  const objections: Partial<Record<keyof ComparisonDraft, string>> = {};
  for (const { path } of parsed.issues) {
    const field = fieldNames[String(path?.[0]?.key)] ?? 'subject';
    objections[field] = sentences[field];
  }
  return { objections };
}

const fieldNames: Readonly<Record<string, keyof ComparisonDraft>> = {
  subject: 'subject',
  workload: 'workload',
  memoryMiB: 'memoryMiB',
  budgetInstructions: 'budgetMillions',
  engine: 'engine',
};

const sentences: Readonly<Record<keyof ComparisonDraft, string>> = {
  subject: 'Choose what to compare.',
  workload: 'A kernel takes at most 2000 characters here.',
  memoryMiB: 'A whole number from 4 to 1024.',
  budgetMillions: 'A number of millions above 0, or nothing.',
  engine: 'Translator or interpreter, or nothing.',
};

/** NaN for what is no number, which no schema accepts. */
function numberIn(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^[0-9]+(\.[0-9]+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}
