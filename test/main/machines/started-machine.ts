/** Machines in real threads, and everything they tell. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConsoleChunk, CounterSample } from '../../../core/protocol/counting.ts';
import type { LastRun, MachineSettings, RunState } from '../../../core/protocol/machines.ts';
import { usualEngine } from '../../../main/engine-option.ts';
import { machineStarter } from '../../../main/machines/start-machine.ts';
import type { RunningMachine, StartMachine } from '../../../main/workstation/parts.ts';

const root = new URL('../../../', import.meta.url);

/** A starter of machines whose program is what the build makes of the sources as they are. */
export function builtStarter(): StartMachine {
  execFileSync(process.execPath, [fileURLToPath(new URL('scripts/build.mjs', root)), 'machine-worker.mjs'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return machineStarter(new URL('out/machine-worker.mjs', root));
}

export const settingsOf = (changes: Partial<MachineSettings>): MachineSettings => ({
  name: 'tried',
  notes: '',
  image: { kind: 'sample', name: 'hello' },
  initrd: null,
  commandLine: '',
  memoryMiB: 16,
  disks: [],
  networks: [],
  entropy: false,
  devices: 'auto',
  fastPath: true,
  engine: usualEngine(),
  ...changes,
});

export interface StartOptions {
  readonly id?: string;
  readonly folder?: string;
  readonly firstRun?: number;
  /** Takes what is printed, as a window would. Default: all of it, at once. */
  readonly reader?: (machine: RunningMachine, chunk: Omit<ConsoleChunk, 'id'>) => void;
}

/** One that was started, with everything it has told so far. */
export class StartedMachine {
  readonly machine: RunningMachine;
  readonly states: RunState[] = [];
  readonly chunks: Omit<ConsoleChunk, 'id'>[] = [];
  readonly samples: Omit<CounterSample, 'id'>[] = [];
  readonly reports: string[] = [];
  readonly ends: LastRun[] = [];
  text = '';
  private readonly waiting = new Set<() => void>();

  constructor(startMachine: StartMachine, changes: Partial<MachineSettings>, options: StartOptions = {}) {
    const {
      id = 'tried',
      folder = '.',
      firstRun,
      reader = (machine, { at, bytes }) => machine.consoleTaken(at + bytes.length),
    } = options;
    const told =
      <Value>(take: (value: Value) => void) =>
      (value: Value) => {
        take(value);
        for (const look of this.waiting) look();
      };
    this.machine = startMachine({
      id,
      settings: settingsOf(changes),
      folder,
      firstRun,
      listener: {
        onState: told((state) => this.states.push(state)),
        onConsole: told((chunk) => {
          this.chunks.push(chunk);
          this.text += Buffer.from(chunk.bytes).toString('latin1');
          reader(this.machine, chunk);
        }),
        onSample: told((sample) => this.samples.push(sample)),
        onReport: told((sentence) => this.reports.push(sentence)),
        onEnd: told((run) => this.ends.push(run)),
      },
    });
  }

  /** Resolves once `holds`; it is asked whenever something was told. Rejects at an end that comes before. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const fine = holds();
        if (!fine && this.ends.length === 0) return;
        this.waiting.delete(look);
        if (fine) resolve();
        else reject(new Error(`it ended before: ${JSON.stringify(this.ends)}, having said ${this.text.slice(-200)}`));
      };
      this.waiting.add(look);
      look();
    });
  }

  /** How it ended, once it has. */
  async end(): Promise<LastRun> {
    await this.machine.ended;
    return this.ends[0];
  }

  get sample(): Omit<CounterSample, 'id'> {
    return this.samples[this.samples.length - 1];
  }

  get state(): RunState['is'] | 'not heard of' {
    return this.states[this.states.length - 1]?.is ?? 'not heard of';
  }
}
