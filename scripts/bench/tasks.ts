/**
 * One measurement, one process: what an engine compiled, what it made the JavaScript engine compile and what it left on
 * the heap must not be the next one's gain or loss.  The same program starts itself again with the task as an argument
 * and prints what came out as one line of JSON.
 */

import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import type { EngineName } from '../../core/x86/board.ts';
import { makeCompilerPatient } from '../../main/patient-compiler.ts';
import type { Kernel } from './linux-guest.ts';
import { runOnBoard } from './on-board.ts';
import { type HostSample, runOnHost } from './on-host.ts';
import { type LinuxSample, runLinux } from './on-linux.ts';
import { runOnV86 } from './on-v86.ts';
import type { BareRequest, Sample } from './sample.ts';

export type Task =
  | { readonly what: 'workload'; readonly runner: EngineName | 'v86'; readonly request: BareRequest }
  | { readonly what: 'faults'; readonly engine: EngineName; readonly fastPath: boolean; readonly scale: number }
  | { readonly what: 'linux'; readonly engine: EngineName; readonly kernel: Kernel; readonly scale: number };

interface Results {
  readonly workload: Sample;
  readonly faults: HostSample;
  readonly linux: LinuxSample;
}

/** Makes this program do a task and nothing else. */
export const TASK_OPTION = '--task';
/** Against hanging for ever. */
const LONGEST_TASK_MS = 1_800_000;

/** Here and now, in this process. */
async function perform(task: Task): Promise<Results[Task['what']]> {
  // As our own programs do, and as nobody does for v86.
  if (task.what !== 'workload' || task.runner !== 'v86') makeCompilerPatient(process.versions.v8, setFlagsFromString);
  switch (task.what) {
    case 'workload':
      return task.runner === 'v86' ? await runOnV86(task.request) : runOnBoard(task.request, task.runner);
    case 'faults':
      return runOnHost(task.fastPath, task.engine, task.scale);
    case 'linux':
      return runLinux(task.kernel, task.engine, task.scale);
    default:
      return task satisfies never;
  }
}

/** What the program does when it was started by `inItsOwnProcess`. */
export async function performAndPrint(text: string): Promise<void> {
  const task: Task = JSON.parse(text);
  process.stdout.write(`${JSON.stringify(await perform(task))}\n`, () => process.exit()); // v86 would go on for ever
}

/** `program` is the file that calls `performAndPrint`.  Throws a sentence if the task fails. */
export function inItsOwnProcess<What extends Task['what']>(
  program: string,
  task: Extract<Task, { what: What }>,
): Results[What] {
  const words = [...process.execArgv, program, TASK_OPTION, JSON.stringify(task)];
  const { error, status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: LONGEST_TASK_MS,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr.trim() || `A measurement ended with exit code ${status}.`);
  // Written by the lines above, in the same program.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Results[What];
}
