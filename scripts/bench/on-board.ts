/**
 * Runs one workload on a fresh board and times what lies between its two marks: bytes the image writes to port 0xE9.
 * Time is the whole process's processor time, the compiler threads of the JavaScript engine included: a translator that
 * hides its work in another thread has not made it disappear.
 */

import { readFileSync } from 'node:fs';
import type { Ground, Ports } from '../../core/agreement/ground.ts';
import { MIB } from '../../core/launcher/load-guest.ts';
import { loadMultiboot, readMultiboot } from '../../core/launcher/multiboot.ts';
import { BarePorts } from '../../core/launcher/serial-port.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { type BareImage, bareImagePath } from '../bare-images.ts';
import { type ResultLine, readResultLine } from './result-line.ts';

const RAM_MIB = 64;
const MARK_PORT = 0xe9;
/** No workload takes this long; one that does hangs. */
const LONGEST_RUN = 100_000_000_000;
/** What port 0xF4 makes of a zero. */
const ALL_WELL = 1;

export interface BoardSample extends ResultLine {
  /** Between the marks. */
  readonly instructions: number;
  readonly seconds: number;
}

export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Everything a bare program expects, and the marks beside it. */
class MarkedPorts implements Ports {
  text = '';
  readonly marks: { readonly instructions: number; readonly seconds: number }[] = [];
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
    this.marks.push({ instructions: this.ground.instructions, seconds: processorSeconds() });
    return undefined;
  }
}

/** Throws a sentence if the workload fails or does not end. */
export function runOnBoard(image: BareImage, name: string, turns: number, engine: EngineName): BoardSample {
  const board = createBoard({ ramBytes: RAM_MIB * MIB, engine });
  const ports = new MarkedPorts(board);
  board.ports = ports;
  loadMultiboot(board, readMultiboot(readFileSync(bareImagePath(image))), `${image}.elf run=${name} times=${turns}`);
  const exit = board.run(LONGEST_RUN);
  const [begin, end] = ports.marks;
  if (exit.why !== 'stopped' || exit.code !== ALL_WELL || !begin || !end) {
    throw new Error(`The workload ${name} ended with "${exit.why}" on the ${engine}: ${ports.text.trim()}`);
  }
  return {
    ...readResultLine(ports.text, `the ${engine}`),
    instructions: end.instructions - begin.instructions,
    seconds: end.seconds - begin.seconds,
  };
}
