/** Runs one workload on a fresh board of ours and times what lies between its two marks. */

import { readFileSync } from 'node:fs';
import { MIB } from '../../core/launcher/load-guest.ts';
import { loadMultiboot, readMultiboot } from '../../core/launcher/multiboot.ts';
import { BarePorts } from '../../core/launcher/serial-port.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { MarkedPorts } from '../../main/marked-ports.ts';
import { peakMiB, processorTime } from '../../main/processor-time.ts';
import { bareImagePath } from '../bare-images.ts';
import { readResultLine } from './result-line.ts';
import { type BareRequest, commandLineOf, RAM_MIB, type Sample } from './sample.ts';

/** No workload takes this long; one that does hangs. */
const LONGEST_RUN = 100_000_000_000;
/** What port 0xF4 makes of a zero. */
const ALL_WELL = 1;

/** Ours counts always. */
export type BoardSample = Sample & { readonly instructions: number };

/** Throws a sentence if the workload fails or does not end. */
export function runOnBoard(request: BareRequest, engine: EngineName): BoardSample {
  const board = createBoard({ ramBytes: RAM_MIB * MIB, engine });
  let text = '';
  const serial = new BarePorts((byte) => {
    text += String.fromCharCode(byte);
  });
  const ports = new MarkedPorts(board, serial, processorTime);
  board.ports = ports;
  loadMultiboot(board, readMultiboot(readFileSync(bareImagePath(request.image))), commandLineOf(request));
  const exit = board.run(LONGEST_RUN);
  const end = ports.marks.at(-1);
  if (exit.why !== 'stopped' || exit.code !== ALL_WELL || !end) {
    throw new Error(`The workload ${request.name} ended with "${exit.why}" on the ${engine}: ${text.trim()}`);
  }
  return {
    ...readResultLine(text, `the ${engine}`),
    mainSeconds: end.mainSeconds,
    otherSeconds: end.otherSeconds,
    instructions: end.instructions,
    peakMiB: peakMiB(),
  };
}
