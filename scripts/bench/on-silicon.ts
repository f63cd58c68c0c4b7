/**
 * The compute workloads as a 32-bit Linux program, made of the same objects as the board's image.  Where there is no
 * 32-bit compiler, or no processor for its programs, there is no such yardstick, and it says why.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNativeProgram } from '../bare-images.ts';
import { readResultLine } from './result-line.ts';
import type { Sample } from './sample.ts';

export interface NativeProgram {
  /** Time between the marks, as the program itself read it. */
  run(name: string, turns: number): Sample;
  /** Deletes the program. */
  remove(): void;
}

/** The program, or a clause that says why there is none. */
export function makeNativeProgram(): NativeProgram | string {
  const folder = mkdtempSync(join(tmpdir(), 'astride-native-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, 'compute');
  try {
    writeFileSync(path, buildNativeProgram(), { mode: 0o755 });
    const program = { run: (name: string, turns: number) => runNative(path, name, turns), remove };
    program.run('fib', 1);
    return program;
  } catch (error) {
    remove();
    return error instanceof Error ? error.message : String(error);
  }
}

function runNative(path: string, name: string, turns: number): Sample {
  const { error, stdout, stderr } = spawnSync(path, [`run=${name}`, `times=${turns}`], { encoding: 'utf8' });
  if (error) throw error;
  const time = /^seconds=(\d+) nanoseconds=(\d+)$/m.exec(stderr);
  if (!time) throw new Error(`The native program did not say how long ${name} took.`);
  const mainSeconds = Number(time[1]) + Number(time[2]) / 1e9;
  return {
    ...readResultLine(stdout, 'this processor'),
    mainSeconds,
    otherSeconds: 0,
    instructions: null,
    peakMiB: null,
  };
}
