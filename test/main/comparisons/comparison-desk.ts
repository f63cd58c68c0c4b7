/** Comparisons as the workstation has them, with real threads and a folder of their own, for tests. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ComparisonRequest, ComparisonView } from '../../../core/protocol/comparisons.ts';
import type { LogLine } from '../../../core/protocol/requests.ts';
import { comparisonsWith } from '../../../main/comparisons/comparisons.ts';
import type { FindMachine } from '../../../main/comparisons/guest-order.ts';
import { type Comparisons, Refusal, type WindowEnd } from '../../../main/workstation/parts.ts';
import { projectRoot } from '../../../scripts/tree.ts';

/** The thread's program as it is shipped; built if it is stale. */
export function buildWorker(): URL {
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), 'comparison-worker.mjs'], { stdio: 'pipe' });
  return pathToFileURL(join(projectRoot, 'out/comparison-worker.mjs'));
}

export const newFolder = () => mkdtempSync(join(tmpdir(), 'astride-comparisons-'));

const browser: WindowEnd = { send() {} };
export const desktop: WindowEnd = { send() {}, chooseFile: async () => null };

export class Desk {
  readonly folder: string;
  readonly told: (readonly ComparisonView[])[] = [];
  /** When each telling came, by the wall. */
  readonly toldAt: number[] = [];
  readonly log: Pick<LogLine, 'level' | 'sentence'>[] = [];
  machine: FindMachine = () => {
    throw new Refusal('There is no such machine.');
  };
  private part: Comparisons | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(folder = newFolder()) {
    this.folder = folder;
  }

  async open(worker: URL, cores = 2): Promise<this> {
    this.part = await comparisonsWith({ worker, cores })({
      folder: this.folder,
      tell: (name, value) => {
        if (name !== 'comparisons') throw new Error(`it told of ${name}`);
        // The name decides the value's type, which a generic function cannot see.
        this.told.push(value as readonly ComparisonView[]);
        this.toldAt.push(performance.now());
        for (const look of this.waiting) look();
      },
      log: (level, _, sentence) => this.log.push({ level, sentence }),
      machine: (id) => this.machine(id),
    });
    return this;
  }

  get answers(): Comparisons['answers'] {
    return this.part!.answers;
  }

  /** Nothing is awaited before the request is asked, so that what it throws at once is a rejection too. */
  async start(request: Partial<ComparisonRequest>): Promise<string> {
    const whole = {
      subject: faults,
      workload: '',
      memoryMiB: null,
      budgetInstructions: null,
      engine: null,
      ...request,
    };
    return (await this.answers['compare.start'](whole, browser)).comparison;
  }

  async list(): Promise<readonly ComparisonView[]> {
    return this.answers['compare.list']({}, browser);
  }

  async cancel(comparison: string) {
    return this.answers['compare.cancel']({ comparison }, browser);
  }

  async delete(comparison: string) {
    return this.answers['compare.delete']({ comparison }, browser);
  }

  async export(comparison: string, format: 'json' | 'csv' | 'html', to: string, from = browser) {
    return this.answers['compare.export']({ comparison, format, to }, from);
  }

  /** Resolves with the view of a comparison once it is settled and that was told. */
  async settled(comparison: string): Promise<ComparisonView> {
    return this.until(() => this.find(comparison, (view) => view.is !== 'under way'));
  }

  /** Resolves with the view once something of its sides is told. */
  async begun(comparison: string): Promise<ComparisonView> {
    return this.until(() => this.find(comparison, (view) => view.is === 'under way' && view.progress.length > 0));
  }

  async close(): Promise<void> {
    await this.part?.close();
    this.part = null;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true });
  }

  private find(comparison: string, wanted: (view: ComparisonView) => boolean): ComparisonView | undefined {
    return this.told.at(-1)?.find((view) => idOf(view) === comparison && wanted(view));
  }

  private until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = () => {
        const found = look();
        if (found === undefined) return;
        this.waiting.delete(again);
        resolve(found);
      };
      this.waiting.add(again);
      again();
    });
  }
}

export const faults = { kind: 'sample', name: 'faults' } as const;
export const trouble = { kind: 'sample', name: 'trouble' } as const;

export const idOf = (view: ComparisonView) => (view.is === 'finished' ? view.result.comparison : view.comparison);

/** The result, or a failed test. */
export function resultOf(view: ComparisonView) {
  if (view.is !== 'finished') throw new Error(`not finished: ${JSON.stringify(view)}`);
  return view.result;
}
