/**
 * What the benchmark runs, and how often: each workload of guest-images/bare by its name there, with so many turns that
 * a run takes some tenths of a second on the interpreter.  Fixed numbers, not calibrated ones, so that two runs on two
 * days did the same work.
 */

import type { BareImage } from '../bare-images.ts';

export interface Workload {
  readonly name: string;
  readonly image: BareImage;
  readonly turns: number;
}

const compute = (name: string, turns: number): Workload => ({ name, image: 'compute', turns });
const system = (name: string, turns: number): Workload => ({ name, image: 'system', turns });

export const workloads: readonly Workload[] = [
  compute('integer', 20),
  compute('sort', 20),
  compute('matrix', 30),
  compute('crc', 30),
  compute('list', 20),
  compute('strings', 12),
  compute('states', 25),
  compute('sieve', 20),
  compute('copy', 3),
  compute('movs', 20),
  compute('chase', 40),
  compute('fib', 25),
  compute('bytecode', 30),
  compute('multiply', 15),
  compute('divide', 25),
  compute('nbody', 4),
  compute('mandelbrot', 2),
  system('int80', 100),
  system('fault', 60),
  system('demand', 100),
  system('invlpg', 40),
  system('cr3', 100),
  system('world', 60),
  system('port', 200),
  system('patch', 20),
  system('generate', 10),
  system('sharing', 100),
  system('cold', 4),
];
