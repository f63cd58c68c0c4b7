/** What may be asked for, and what is said about the rest. */

import { describe, expect, test } from 'vitest';
import type { MachineSettings, MachineView } from '../../../core/protocol/machines.ts';
import type { Sample } from '../../../core/protocol/requests.ts';
import { choicesOf, draftFor, draftOf, firstComparison, requestOf } from '../../../renderer/compare/draft.ts';

const samples: Sample[] = [
  { name: 'hello', summary: 'says hello', workloads: [] },
  {
    name: 'faults',
    summary: 'faults',
    workloads: [
      { append: 'rounds=200', summary: 'long' },
      { append: 'rounds=1', summary: 'short' },
    ],
  },
];

function machine(id: string, part: Partial<MachineSettings> | null): MachineView {
  const settings: MachineSettings = {
    name: `machine ${id}`,
    notes: '',
    image: { kind: 'file', path: 'kernel' },
    initrd: null,
    commandLine: 'console=hvc0',
    memoryMiB: 64,
    disks: [],
    networks: [],
    entropy: false,
    devices: 'auto',
    fastPath: true,
    engine: 'translator',
  };
  return {
    id,
    settings: part === null ? null : { ...settings, ...part },
    damaged: part === null ? 'torn' : null,
    createdAt: '',
    lastRun: null,
    state: { is: 'stopped' },
    needsRestart: [],
    sizeBytes: 0,
  };
}

describe('choices', () => {
  const choices = choicesOf(samples, [
    machine('own', {}),
    machine('web', { networks: [{ kind: 'user', forwards: [] }] }),
    machine('lab', { networks: [{ kind: 'hub', name: 'lab' }], image: { kind: 'sample', name: 'faults' } }),
    machine('torn', null),
  ]);
  const bySubject = (subject: string) => choices.find((choice) => choice.subject === subject)!;

  test('are the samples, then the library, each with its objection', () => {
    expect(choices.map(({ subject, objection }) => [subject, objection !== ''])).toEqual([
      ['sample hello', false],
      ['sample faults', false],
      ['machine own', false],
      ['machine web', true],
      ['machine lab', false],
      ['machine torn', true],
    ]);
    expect(bySubject('machine web').objection).toMatch(/network card/);
  });

  test('bring the workloads of their sample, and what the kernel is told anyway', () => {
    expect(bySubject('sample faults').workloads).toHaveLength(2);
    expect(bySubject('machine lab')).toMatchObject({ workloads: samples[1].workloads, commandLine: 'console=hvc0' });
    expect(bySubject('machine own').workloads).toEqual([]);
  });

  test("begin with a workload that ends soon, and a kernel of one's own with a budget", () => {
    expect(draftFor(bySubject('sample faults'))).toMatchObject({ workload: 'rounds=1', budgetMillions: '' });
    expect(draftFor(bySubject('sample hello'))).toMatchObject({ workload: '', budgetMillions: '' });
    expect(draftFor(bySubject('machine own'))).toMatchObject({ workload: '', budgetMillions: '5000' });
    expect(draftFor(bySubject('machine lab'))).toMatchObject({ workload: '', budgetMillions: '' });
  });
});

describe('a draft', () => {
  const draft = {
    subject: 'machine own-1',
    workload: 'quiet',
    memoryMiB: ' 128 ',
    budgetMillions: '2.5',
    engine: 'interpreter' as const,
  };

  test('becomes a request', () => {
    expect(requestOf(draft)).toEqual({
      subject: { kind: 'machine', id: 'own-1' },
      workload: 'quiet',
      memoryMiB: 128,
      budgetInstructions: 2_500_000,
      engine: 'interpreter',
    });
    expect(requestOf({ ...draft, subject: 'sample two words' })).toMatchObject({
      subject: { kind: 'sample', name: 'two words' },
    });
  });

  test('comes back from a request as it was', () => {
    for (const one of [firstComparison, { ...firstComparison, memoryMiB: 8, budgetInstructions: 1_500_000 }]) {
      expect(requestOf(draftOf(one))).toEqual(one);
    }
  });

  test.each([
    [{ memoryMiB: '3' }, 'memoryMiB'],
    [{ memoryMiB: '64.5' }, 'memoryMiB'],
    [{ memoryMiB: 'much' }, 'memoryMiB'],
    [{ budgetMillions: '0' }, 'budgetMillions'],
    [{ budgetMillions: '-1' }, 'budgetMillions'],
    [{ workload: 'x'.repeat(2001) }, 'workload'],
    [{ subject: '' }, 'subject'],
    [{ subject: 'machine ../x' }, 'subject'],
  ])('with %j has an objection about it', (part, field) => {
    expect(requestOf({ ...draft, ...part })).toEqual({ objections: { [field]: expect.any(String) } });
  });
});
