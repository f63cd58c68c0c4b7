/** Settings while somebody is at them: objections as sentences, names, steps, restarts; all agreeing with the protocol. */

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type MachineSettings, machineSettings } from '../../../core/protocol/machines.ts';
import {
  changed,
  freeName,
  memoryLimits,
  nameFromPath,
  newSettings,
  objectionsTo,
  settingNames,
  withSample,
} from '../../../renderer/library/draft.ts';
import { barSentence, waitingSettings } from '../../../renderer/library/settings-view.tsx';
import { objectionsOfStep, steps } from '../../../renderer/library/wizard/steps.ts';
import { summaryLines } from '../../../renderer/library/wizard/summary.ts';
import { exampleMachine, exampleSettings } from '../example-machines.ts';

const user = (...ports: number[]): MachineSettings['networks'] => [
  { kind: 'user', forwards: ports.map((hostPort) => ({ hostPort, guestPort: 22 })) },
];

describe('what stands in the way', () => {
  test.each<[string, Partial<MachineSettings>, (keyof MachineSettings)[]]>([
    ['nothing', {}, []],
    ['no name', { name: '  ' }, ['name']],
    ['a name without end', { name: 'x'.repeat(81) }, ['name']],
    ['no kernel', { image: { kind: 'file', path: '' } }, ['image']],
    ['a kernel somewhere', { image: { kind: 'file', path: 'bzImage' } }, ['image']],
    ['a relative RAM disk', { initrd: './initrd' }, ['initrd']],
    ['too little memory', { memoryMiB: memoryLimits.least - 1 }, ['memoryMiB']],
    ['too much memory', { memoryMiB: memoryLimits.most + 1 }, ['memoryMiB']],
    ['half a MiB', { memoryMiB: 64.5 }, ['memoryMiB']],
    ['an empty field', { memoryMiB: Number.NaN }, ['memoryMiB']],
    ['a disk without a path', { disks: [{ path: '', access: 'write' }] }, ['disks']],
    ['a hub without a name', { networks: [{ kind: 'hub', name: '' }] }, ['networks']],
    ['no port', { networks: user(Number.NaN) }, ['networks']],
    ['port 0', { networks: user(0) }, ['networks']],
    ['one port twice', { networks: user(2222, 2222) }, ['networks']],
    ['a long command line', { commandLine: 'x'.repeat(4096) }, ['commandLine']],
  ])('%s', (_, part, expected) => {
    expect(Object.keys(objectionsTo({ ...exampleSettings, ...part }))).toEqual(expected);
  });

  test('whatever the protocol refuses, a field says first', () => {
    const wrong: Partial<MachineSettings>[] = [
      { name: '' },
      { notes: 'x'.repeat(20_001) },
      { memoryMiB: 3 },
      { disks: Array.from({ length: 17 }, () => ({ path: '/d', access: 'write' as const })) },
      { networks: Array.from({ length: 5 }, () => ({ kind: 'hub' as const, name: 'h' })) },
    ];
    for (const part of wrong) {
      const settings = { ...exampleSettings, ...part };
      expect(v.safeParse(machineSettings, settings).success).toBe(false);
      expect(Object.keys(objectionsTo(settings))).toEqual(Object.keys(part));
    }
  });

  test('the name of a copy the library made is no objection, and another one without a folder is', () => {
    const kept: MachineSettings = { ...exampleSettings, image: { kind: 'file', path: 'kernel' }, initrd: 'initrd' };
    expect(objectionsTo({ ...kept, memoryMiB: 128 }, kept)).toEqual({});
    expect(Object.keys(objectionsTo({ ...kept, initrd: 'my-initrd' }, kept))).toEqual(['initrd']);
  });

  test('paths of Windows are full paths too', () => {
    for (const path of ['/k', 'C:\\k', 'd:/k', '\\\\server\\k'])
      expect(objectionsTo({ ...exampleSettings, image: { kind: 'file', path } })).toEqual({});
  });
});

test('every setting has a check', () => {
  expect([...settingNames].sort()).toEqual(Object.keys(machineSettings.entries).sort());
});

test('names are made free, and taken from files', () => {
  expect(freeName('faults', [])).toBe('faults');
  expect(freeName('faults', ['Faults', 'faults 2'])).toBe('faults 3');
  expect(nameFromPath('/k/linux-3.11.bzImage')).toBe('linux-3.11');
  expect(nameFromPath('C:\\k\\vmlinux')).toBe('vmlinux');
});

test('a sample brings its first workload; a new machine with one can be made', () => {
  const sample = { name: 'faults', summary: '', workloads: [{ append: 'pattern=touch', summary: '' }] };
  const settings = withSample(newSettings(), sample, ['faults']);
  expect(settings).toMatchObject({ name: 'faults 2', commandLine: 'pattern=touch' });
  expect(v.safeParse(machineSettings, settings).success).toBe(true);
});

test('the wizard holds nobody up with what comes later', () => {
  const settings = newSettings();
  expect(Object.keys(objectionsOfStep('image', settings))).toEqual(['image']);
  expect(Object.keys(objectionsOfStep('machine', settings))).toEqual(['name']);
  const asked = steps.flatMap(({ about }) => [...about]);
  expect(asked.sort()).toEqual([...settingNames].sort());
});

test('the summary says every setting', () => {
  const lines = summaryLines({
    ...exampleSettings,
    disks: [{ path: '/d', access: 'overlay' }],
    networks: [...user(2222), { kind: 'hub', name: 'blue' }],
  });
  expect(lines).toHaveLength(settingNames.length);
  expect(lines.find(({ label }) => label === 'Disks')?.text).toBe('/d (changes kept beside it)');
  expect(lines.find(({ label }) => label === 'Networks')?.text).toBe('user network, forwarding 2222 to 22\nhub “blue”');
});

test('a running machine marks what it will notice only at its next start', () => {
  const running = exampleMachine('a', { state: { is: 'running' }, needsRestart: ['disks'] });
  const dirty = changed(exampleSettings, { ...exampleSettings, name: 'b', memoryMiB: 128, fastPath: true });
  expect(dirty).toEqual(['name', 'memoryMiB', 'fastPath']);
  expect([...waitingSettings(running, dirty)]).toEqual(['disks', 'memoryMiB']);
  expect([...waitingSettings(exampleMachine('a'), dirty)]).toEqual([]);
  expect(barSentence(dirty, new Set(['memoryMiB']))).toBe(
    '3 changes not saved yet. The guest notices at its next start: Memory.',
  );
});
