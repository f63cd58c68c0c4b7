/** Runs one workload on a fresh board of ours and times what lies between its two marks. */

import { readFileSync } from 'node:fs';
import type { Ground, Ports } from '../../core/agreement/ground.ts';
import { MIB } from '../../core/launcher/load-guest.ts';
import { loadMultiboot, readMultiboot } from '../../core/launcher/multiboot.ts';
import { BarePorts } from '../../core/launcher/serial-port.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { type ProcessorTime, peakMiB, processorTime, timeBetween } from '../../main/processor-time.ts';
import { bareImagePath } from '../bare-images.ts';
import { readResultLine } from './result-line.ts';
import { type BareRequest, commandLineOf, MARK_PORT, RAM_MIB, type Sample } from './sample.ts';

/** No workload takes this long; one that does hangs. */
const LONGEST_RUN = 100_000_000_000;
/** What port 0xF4 makes of a zero. */
const ALL_WELL = 1;

/** Ours counts always. */
export type BoardSample = Sample & { readonly instructions: number };

/** Everything a bare program expects, and the marks beside it. */
class MarkedPorts implements Ports {
  text = '';
  readonly marks: { readonly instructions: number; readonly time: ProcessorTime }[] = [];
  private readonly ground: Ground;
  private readonly bare = new BarePorts((byte) => {
    this.text += String.fromCharCode(byte);
  });

  constructor(ground: Ground) {
    this.ground = ground;
  }

  read(port: number, size: number): number {
    return this.bare.read(port, size);
  }

  write(port: number, size: number, value: number): number | undefined {
    if (port !== MARK_PORT) return this.bare.write(port, size, value);
    this.marks.push({ instructions: this.ground.instructions, time: processorTime() });
    return undefined;
  }
}

/** Throws a sentence if the workload fails or does not end. */
export function runOnBoard(request: BareRequest, engine: EngineName): BoardSample {
  const board = createBoard({ ramBytes: RAM_MIB * MIB, engine });
  const ports = new MarkedPorts(board);
  board.ports = ports;
  loadMultiboot(board, readMultiboot(readFileSync(bareImagePath(request.image))), commandLineOf(request));
  const exit = board.run(LONGEST_RUN);
  const [begin, end] = ports.marks;
  if (exit.why !== 'stopped' || exit.code !== ALL_WELL || !begin || !end) {
    throw new Error(`The workload ${request.name} ended with "${exit.why}" on the ${engine}: ${ports.text.trim()}`);
  }
  return {
    ...readResultLine(ports.text, `the ${engine}`),
    ...timeBetween(begin.time, end.time),
    instructions: end.instructions - begin.instructions,
    peakMiB: peakMiB(),
  };
}
