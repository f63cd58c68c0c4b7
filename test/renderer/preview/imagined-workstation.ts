/**
 * A workstation without guests: a library in every state, answers that change it, a console that prints.  `?empty` has no
 * machines, `?desktop` says it is the desktop front.
 */

import type { MachineSettings, MachineView } from '../../../core/protocol/machines.ts';
import { defaultPreferences } from '../../../core/protocol/preferences.ts';
import type { LogLine, Sample } from '../../../core/protocol/requests.ts';
import { RefusedRequest } from '../../../renderer/connection.ts';
import { exampleMachine, exampleSettings } from '../example-machines.ts';
import { type FakeAnswers, type FakeConnection, fakeConnection } from '../fake-connection.ts';
import { bootText } from './boot-text.ts';

const samples: readonly Sample[] = [
  { name: 'hello', summary: 'The shortest guest that says something and powers off.', workloads: [] },
  {
    name: 'faults',
    summary: 'Ring-3 workloads that fault on purpose.',
    workloads: [
      { append: 'pattern=touch pages=10000', summary: 'touches ten thousand new pages in order' },
      { append: 'pattern=cow pages=5000', summary: 'reads pages of zeroes, then writes: each gets its own copy' },
      { append: 'pattern=fork pages=3000', summary: 'forks, and both sides write every page' },
    ],
  },
  { name: 'puppy', summary: 'A small system with processes, a shell and a disk.', workloads: [] },
  {
    name: 'trouble',
    summary: 'Misbehaves, one mode each, to show that the host survives.',
    workloads: [{ append: 'mode=jump-nowhere', summary: 'jumps to an address it has not mapped' }],
  },
];

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function machines(): MachineView[] {
  const ran = (minutes: number, end: 'powered off' | 'killed' = 'powered off', reason = '') =>
    ({ startedAt: ago(minutes), seconds: 3.21, end, reason }) as const;
  const killed = 'The guest jumped to 0xdeadbeef, where it has mapped nothing, and its own handler faulted as well.';
  return [
    exampleMachine(
      'hello',
      { lastRun: ran(2), state: { is: 'ended', end: 'powered off', reason: '' } },
      { notes: 'The shortest guest there is. It says hello and powers off.' },
    ),
    exampleMachine(
      'faults',
      { state: { is: 'running' }, lastRun: ran(1), needsRestart: ['memoryMiB'] },
      {
        notes: 'Faults on purpose, and keeps at it. Flip the fast path while it runs and watch where its faults go.',
        image: { kind: 'sample', name: 'faults' },
        commandLine: 'pattern=touch pages=10000',
        fastPath: true,
      },
    ),
    exampleMachine(
      'linux-3-11',
      { state: { is: 'running' }, lastRun: ran(14), sizeBytes: 9_400_000 },
      {
        name: 'Linux 3.11',
        notes: 'Busybox on an initrd, one disk, the user network.',
        image: { kind: 'file', path: '/home/ada/kernels/linux-3.11.bzImage' },
        initrd: '/home/ada/kernels/root.initrd',
        commandLine: 'console=hvc0 root=/dev/vda',
        memoryMiB: 256,
        disks: [{ path: '/home/ada/disks/root.img', access: 'overlay' }],
        networks: [{ kind: 'user', forwards: [{ hostPort: 2222, guestPort: 22 }] }],
      },
    ),
    exampleMachine(
      'puppy',
      { state: { is: 'paused' }, lastRun: ran(120) },
      { notes: 'A shell to play with.', image: { kind: 'sample', name: 'puppy' } },
    ),
    exampleMachine(
      'trouble',
      { state: { is: 'ended', end: 'killed', reason: killed }, lastRun: ran(60 * 26, 'killed', killed) },
      { image: { kind: 'sample', name: 'trouble' }, notes: 'Misbehaves and is ended for it.' },
    ),
    exampleMachine('old-entry', {
      settings: null,
      damaged: 'machine.json ends in the middle of a string, at line 7; 212 of its bytes can be read.',
    }),
  ];
}

const log: readonly LogLine[] = [
  { at: ago(120), level: 'fine', machine: '', sentence: 'Astride 0.1.0 was started.' },
  { at: ago(119), level: 'warning', machine: 'old-entry', sentence: 'machine.json ends in the middle of a string.' },
  { at: ago(60), level: 'fine', machine: 'hello', sentence: 'Was started.' },
  { at: ago(60), level: 'fine', machine: 'hello', sentence: 'Powered off after 0.2 s.' },
  { at: ago(2), level: 'error', machine: 'trouble', sentence: 'Killed: it jumped to 0xdeadbeef, which nobody mapped.' },
];

/** What the requests about machines do to the list. */
function libraryAnswers(change: (edit: (machines: readonly MachineView[]) => readonly MachineView[]) => void) {
  const put = (id: string, part: Partial<MachineView>) => {
    change((list) => list.map((machine) => (machine.id === id ? { ...machine, ...part } : machine)));
    return null;
  };
  const create = (settings: MachineSettings) => {
    const machine = exampleMachine(`machine-${Date.now().toString(36)}`, {}, settings);
    change((list) => [...list, machine]);
    return machine;
  };
  return {
    'library.create': ({ settings }) => create(settings),
    'library.edit': ({ id, settings }) => {
      put(id, { settings });
      return exampleMachine(id, { settings });
    },
    'library.clone': () => create({ ...exampleSettings, name: 'a clone' }),
    'library.delete': ({ id }) => {
      change((list) => list.filter((machine) => machine.id !== id));
      return null;
    },
    'machine.start': ({ id }) => put(id, { state: { is: 'running' } }),
    'machine.pause': ({ id }) => put(id, { state: { is: 'paused' } }),
    'machine.resume': ({ id }) => put(id, { state: { is: 'running' } }),
    'machine.powerOff': ({ id }) => put(id, { state: { is: 'ended', end: 'stopped', reason: '' } }),
    'machine.reset': () => null,
  } satisfies FakeAnswers;
}

const facts = {
  lines: [
    { label: 'Kind', text: 'bzImage, boot protocol 2.12' },
    { label: 'Version', text: 'Linux 3.11.0 (gcc 4.8)' },
    { label: 'lguest', text: 'built as a guest, device ABI A (lguest bus)' },
    { label: 'Size', text: '3.4 MiB, needs 16 MiB of memory' },
  ],
  objection: null,
};

export function imaginedWorkstation(search: string): FakeConnection {
  let list: readonly MachineView[] = search.includes('empty') ? [] : machines();
  let preferences = defaultPreferences;
  let printed = 0;
  const change = (edit: (machines: readonly MachineView[]) => readonly MachineView[]) => {
    list = edit(list);
    fake.tell('library', list);
  };
  const fake = fakeConnection({
    ...libraryAnswers(change),
    'library.list': () => list,
    'library.samples': () => samples,
    'library.inspect': ({ image }) => {
      if (image.kind === 'file' && image.path.endsWith('.txt')) throw new RefusedRequest('This is text, no kernel.');
      return facts;
    },
    'compare.list': () => [],
    'app.log': () => log,
    'app.preferences': () => preferences,
    'app.prefer': (wish) => {
      preferences = wish;
      fake.tell('preferences', wish);
      return wish;
    },
    'app.about': () => ({
      version: '0.1.0',
      front: search.includes('desktop') ? 'desktop' : 'browser',
      dataFolder: '/home/ada/.local/share/astride',
      platform: 'Linux, x64',
    }),
    'console.glimpse': ({ id }) => {
      const machine = list.find((one) => one.id === id);
      const quiet = machine?.state.is === 'stopped' || machine?.damaged !== null;
      const text = quiet ? '' : bootText(id, machine?.state.is === 'running' ? printed++ : 0);
      return { run: 0, at: text.length + printed, bytes: new TextEncoder().encode(text) };
    },
    'console.open': () => ({ run: 0, at: 0 }),
    'console.close': () => null,
    'console.drawn': () => null,
    'counters.watch': () => null,
    'crossings.record': () => null,
    'crossings.read': () => [],
  });
  return fake;
}
