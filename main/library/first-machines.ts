/** What a new library holds, and what the sample guests can be asked to do: a machine to start is worth ten to make. */

import type { MachineSettings } from '../../core/protocol/machines.ts';
import type { Sample } from '../../core/protocol/requests.ts';
import { usualEngine } from '../engine-option.ts';
import { readSamples } from '../samples.ts';

type Workloads = Sample['workloads'];

/** Of each sample: words for its command line. The first ones are those of the machine made at the first start. */
const workloads: Readonly<Record<string, Workloads>> = {
  hello: [],
  faults: [
    { append: 'pattern=touch pages=10000 rounds=200', summary: 'touches new pages in order, for a minute or so' },
    { append: 'pattern=touch pages=10000', summary: 'touches ten thousand new pages in order' },
    { append: 'pattern=random pages=10000 seed=1', summary: 'touches new pages in no order' },
    { append: 'pattern=stride pages=10000 stride=7', summary: 'touches every seventh page, then the ones between' },
    { append: 'pattern=cow pages=5000', summary: 'reads pages of zeroes, then writes: each gets its own copy' },
    { append: 'pattern=fork pages=3000', summary: 'forks, and both sides write every page' },
    { append: 'pattern=protect pages=5000', summary: 'takes away the right to write, and writes again' },
    { append: 'pattern=shadow pages=10000', summary: "faults that are the host's alone: its shadow lacks the pages" },
    { append: 'pattern=chase pages=5000', summary: 'follows pointers through pages that are read in on demand' },
  ],
  trouble: [
    { append: 'mode=pte-switcher', summary: 'maps a page where the Switcher lives' },
    { append: 'mode=jump-nowhere', summary: 'jumps to an address it has not mapped' },
    { append: 'mode=list', summary: 'lists what it can do wrong' },
    { append: 'mode=unknown-hypercall', summary: 'makes a hypercall there is not' },
    { append: 'mode=privileged', summary: 'tries the privileged instructions in ring 1' },
    { append: 'mode=stack-vanishes', summary: 'unmaps its stack, and a program faults' },
    { append: 'mode=write-switcher', summary: 'writes on every page of the Switcher' },
    { append: 'mode=gdt-call-gate', summary: "makes a call gate into the Switcher's ring 0 segment" },
  ],
  puppy: [
    { append: '', summary: 'a shell to play with; type journey, or ls /bin' },
    { append: 'run=lat_fault', summary: 'measures page faults: first touch, copy on write, protection' },
    { append: 'run=lat_fork', summary: 'measures fork, exit and wait' },
    {
      append: 'run=stress,forks,300,alive,200,bomb,hog,overcommit',
      summary: 'wants more processes and memory than there are',
    },
    { append: 'async=off', summary: 'the shell again, with a hypercall for every message to the host' },
  ],
};

const notes: Readonly<Record<string, string>> = {
  hello: 'The shortest guest there is. It says hello and powers off.',
  faults: 'Faults on purpose, and keeps at it. Flip the fast path while it runs and watch where its page faults go.',
  puppy:
    'A small Unix-like system with a shell to play with: processes, pipes, signals, and a disk if you give it one.',
  trouble:
    'Misbehaves and is ended for it; the reason is shown, and nothing else stops. "mode=list" says what else it can do.',
};

const FIRST_MEMORY_MIB = 64;

export function listSamples(): Sample[] {
  return readSamples().map(({ name, description }) => ({
    name,
    summary: description,
    workloads: workloads[name] ?? [],
  }));
}

/** A machine for each sample guest. */
export function firstSettings(): MachineSettings[] {
  return listSamples().map(({ name, summary, workloads: [first] }) => ({
    name,
    notes: notes[name] ?? summary,
    image: { kind: 'sample', name },
    initrd: null,
    commandLine: first?.append ?? '',
    memoryMiB: FIRST_MEMORY_MIB,
    disks: [],
    networks: [],
    entropy: false,
    devices: 'auto',
    fastPath: false,
    engine: usualEngine(),
  }));
}
