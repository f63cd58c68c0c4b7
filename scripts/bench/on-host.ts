/**
 * World switches through the real Switcher: the sample guest `faults`, whose every page is a round trip or two.  Off and
 * on are measured in the same run; only their ratio outlives it.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardBytesFor, createHost } from '../../core/host/host.ts';
import { MIB } from '../../core/launcher/load-guest.ts';
import { MachineBoard, SLICE_INSTRUCTIONS } from '../../core/launcher/machine-board.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { type ProcessorTime, peakMiB, processorTime, timeBetween } from '../../main/processor-time.ts';
import { imagesFolder } from '../guest-images.ts';

/** What a stretch of the guest's life cost. */
export interface Stretch extends ProcessorTime {
  readonly roundTrips: number;
  readonly userFaults: number;
  readonly instructions: number;
}

export interface HostSample extends Stretch {
  /** From half of its touches on: what it costs once everything is warm. */
  readonly secondHalf: Stretch;
  readonly peakMiB: number;
}

const MEMORY_MIB = 64;
const PAGES = 10_000;
/** Times all pages are touched and given back. */
const ROUNDS = 50;

/** Boots `faults` on a fresh board and runs it to its end; everything is in the time, loading apart. */
export function runOnHost(fastPath: boolean, engine: EngineName, scale: number, pages = PAGES): HostSample {
  const guest = { name: 'faults', memoryBytes: MEMORY_MIB * MIB, deviceBytes: MIB, fastPath };
  const host = createHost(createBoard({ ramBytes: boardBytesFor([guest]), engine }), {});
  const board = new MachineBoard(host);
  const machine = board.add({
    name: guest.name,
    image: readFileSync(join(imagesFolder, 'faults/faults.elf')),
    initrd: null,
    commandLine: `pattern=touch pages=${pages} rounds=${ROUNDS * scale}`,
    memoryMiB: MEMORY_MIB,
    fastPath,
    consoleOutput: () => {},
  });
  const now = (): Stretch => {
    const { roundTrips, userPageFaults: userFaults } = machine.counters;
    return { ...processorTime(), roundTrips, userFaults, instructions: board.executedInstructions };
  };
  const begin = now();
  const half = (pages * ROUNDS * scale) / 2;
  let goesOn = true;
  while (goesOn && machine.counters.userPageFaults < half) goesOn = board.run(SLICE_INSTRUCTIONS).is === 'running';
  const middle = now();
  while (goesOn) goesOn = board.run(SLICE_INSTRUCTIONS).is === 'running';
  const end = now();
  if (machine.state.is !== 'ended' || machine.state.end !== 'power off') {
    throw new Error('The guest "faults" did not run to its end.');
  }
  return { ...between(begin, end), secondHalf: between(middle, end), peakMiB: peakMiB() };
}

const between = (begin: Stretch, end: Stretch): Stretch => ({
  ...timeBetween(begin, end),
  roundTrips: end.roundTrips - begin.roundTrips,
  userFaults: end.userFaults - begin.userFaults,
  instructions: end.instructions - begin.instructions,
});
