/**
 * What the benchmark runs, and how often: each workload of guest-images/bare by its name there, with so many turns that
 * v86 takes about a second, its warm-up included.  Fixed numbers, not calibrated ones, so that two runs on two days did
 * the same work.
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
  compute('integer', 100),
  compute('sort', 300),
  compute('matrix', 400),
  compute('crc', 420),
  compute('list', 200),
  compute('strings', 130),
  compute('states', 270),
  compute('sieve', 200),
  compute('copy', 30),
  compute('movs', 400),
  compute('chase', 110),
  compute('fib', 250),
  compute('bytecode', 230),
  compute('across', 200),
  compute('indirect', 110),
  compute('multiply', 180),
  compute('divide', 220),
  compute('nbody', 60),
  compute('mandelbrot', 45),
  system('int80', 500),
  system('syscall', 250),
  system('fault', 800),
  system('within', 1000),
  system('demand', 3000),
  system('invlpg', 700),
  system('cr3', 200),
  system('world', 160),
  system('port', 1000),
  system('patch', 1000),
  system('generate', 60),
  system('sharing', 2200),
  system('cold', 32),
  system('seldom', 5),
];
