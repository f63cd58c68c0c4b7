/**
 * `npm run bench`: how fast the processor is, on this machine, today, beside v86 and beside the processor below.  Measures
 * and prints; asserts nothing but that the answers were right.  See docs/performance.md for how to read it.
 */

import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { makeNativeProgram } from './bench/on-silicon.ts';
import { help, type Request, readRequest } from './bench/request.ts';
import { type MeasuredWorkload, measure } from './bench/rounds.ts';
import {
  machineTable,
  markdown,
  otherThreadsLine,
  paceTable,
  plain,
  type Table,
  verdictTable,
  workloadTable,
} from './bench/table.ts';
import { inItsOwnProcess, performAndPrint, TASK_OPTION } from './bench/tasks.ts';
import { machineVerdicts, otherThreadsOf, verdictsOn } from './bench/verdicts.ts';
import { differencesAmong, type MeasuredPiece, measureMachines } from './bench/whole-machines.ts';

const program = fileURLToPath(import.meta.url);

/** A line that is overwritten, for those who watch. */
function report(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

async function measureWorkloads(request: Request): Promise<MeasuredWorkload[]> {
  const { workloads, runners, rounds, scale } = request;
  const wanted = runners.includes('native') && workloads.some(({ image }) => image === 'compute');
  const native = wanted ? makeNativeProgram() : 'not asked for';
  if (wanted && typeof native === 'string') console.error(`No native yardstick: ${native}`);
  try {
    return await measure({
      ...{ workloads, runners, rounds, scale, report },
      take: (runner, task) => {
        if (runner !== 'native') return inItsOwnProcess(program, { what: 'workload', runner, request: task });
        return task.image === 'compute' && typeof native !== 'string' ? native.run(task.name, task.turns) : null;
      },
    });
  } finally {
    if (typeof native !== 'string') native.remove();
  }
}

function measureGuests({ engines, rounds, scale, faults, kernels }: Request): MeasuredPiece[] {
  return measureMachines({
    ...{ engines, rounds, kernels, report },
    faults: faults ? (engine, fastPath) => inItsOwnProcess(program, { what: 'faults', engine, fastPath, scale }) : null,
    linux: (engine, kernel) => inItsOwnProcess(program, { what: 'linux', engine, kernel, scale }),
  });
}

function print(request: Request, workloads: readonly MeasuredWorkload[], machines: readonly MeasuredPiece[]): void {
  const { runners } = request;
  const shown = request.markdown ? markdown : plain;
  const show = (table: Table) => console.log(`${shown(table)}\n`);
  if (workloads.length > 0) {
    show(workloadTable(workloads, runners));
    show(paceTable(workloads, runners));
  }
  for (const engine of request.engines) {
    const verdicts = verdictsOn(engine, workloads);
    if (verdicts.length > 0) {
      console.log(`the ${engine}\n`);
      show(verdictTable(verdicts));
    }
    const others = otherThreadsOf(engine, workloads);
    if (others) console.log(`${otherThreadsLine(engine, others)}\n`);
  }
  if (machines.length > 0) show(machineTable(machines));
  for (const engine of request.engines) {
    for (const verdict of machineVerdicts(engine, machines)) console.log(`${verdict}\n`);
  }
  for (const difference of differencesAmong(machines)) console.log(`NOT THE SAME RUN: ${difference}`);
  if (request.missing !== null) console.error(request.missing);
}

async function bench(request: Request): Promise<void> {
  const workloads = await measureWorkloads(request);
  const machines = measureGuests(request);
  report('');
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const { rounds, scale } = request;
  if (request.json) {
    const verdicts = request.engines.map((engine) => ({ engine, verdicts: verdictsOn(engine, workloads) }));
    console.log(JSON.stringify({ machine, rounds, scale, workloads, verdicts, machines }, null, 2));
    return;
  }
  const times = `medians of ${rounds} rounds at scale ${scale}`;
  console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}; ${times}\n`);
  print(request, workloads, machines);
}

try {
  const [first, task] = process.argv.slice(2);
  if (first === TASK_OPTION) await performAndPrint(task);
  else {
    const request = readRequest(process.env.ASTRIDE_KERNELS);
    if (request) await bench(request);
    else console.log(help);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
