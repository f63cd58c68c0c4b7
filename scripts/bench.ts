/**
 * `npm run bench`: how fast the processor is, on this machine, today.  Measures and prints; asserts nothing but that the
 * answers were right.  See docs/performance.md for how to read it.
 */

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { engines } from '../core/x86/board.ts';
import { makeNativeProgram } from './bench/on-silicon.ts';
import { measure } from './bench/rounds.ts';
import { hostTable, workloadTable } from './bench/table.ts';
import { workloads } from './bench/workloads.ts';

const HOST = 'switches';
const names = [...workloads.map(({ name }) => name), HOST];

const help = `usage: npm run bench -- [options]

  --only NAME,NAME  these only (${names.join(' ')})
  --rounds N        measure each so often, interleaved; the median is shown (default 3)
  --scale N         N times the work: a longer run hides warm-up
  --no-native       do not compile and run the workloads as a Linux program
  --json            one object instead of tables`;

interface Request {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly scale: number;
  readonly native: boolean;
  readonly json: boolean;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${option} wants a number from 1, not "${text}".`);
  return Number(text);
}

/** Null when only help was asked for; throws a sentence. */
function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: names.join(',') },
      rounds: { type: 'string', default: '3' },
      scale: { type: 'string', default: '1' },
      'no-native': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const only = values.only.split(',').map((name) => name.trim());
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}"; see --help.`);
  const [rounds, scale] = [wholeNumber('rounds', values.rounds), wholeNumber('scale', values.scale)];
  return { only, rounds, scale, native: !values['no-native'], json: values.json };
}

/** A line that is overwritten, for those who watch. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function bench(request: Request): void {
  const chosen = workloads.filter(({ name }) => request.only.includes(name));
  const made =
    request.native && chosen.some(({ image }) => image === 'compute') ? makeNativeProgram() : 'not asked for';
  const native = typeof made === 'string' ? null : made;
  try {
    const { rounds, scale } = request;
    const host = request.only.includes(HOST);
    const measured = measure({ workloads: chosen, engines, rounds, scale, native, host, report: progress });
    progress('');
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
    if (request.json) {
      console.log(JSON.stringify({ machine, rounds, scale, ...measured }, null, 2));
      return;
    }
    console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}; medians of ${rounds} rounds\n`);
    if (measured.workloads.length > 0) console.log(`${workloadTable(measured.workloads)}\n`);
    if (measured.host.length > 0) console.log(`the guest "faults" through the Switcher\n${hostTable(measured.host)}`);
    if (request.native && native === null) console.error(`No native yardstick: ${made}`);
  } finally {
    native?.remove();
  }
}

try {
  const request = readRequest();
  if (request) bench(request);
  else console.log(help);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
