import { describe, expect, test } from 'vitest';
import {
  type CompareOptions,
  type CompareProgress,
  type Comparison,
  compare,
  type Side,
} from '../../../core/launcher/compare.ts';
import { SLICE_INSTRUCTIONS } from '../../../core/launcher/machine-board.ts';
import { buildElf } from './build-elf.ts';
import { type FakeGuest, FakeHost, physical, type Script } from './fake-guest.ts';

const image = buildElf([{ at: 0x100000, bytes: Uint8Array.from([0xf4]) }], 0x100000);

/** Computes for some slices, prints, and powers off; a fault costs two crossings with the path off and one with it on. */
function faulting(slices: number, text: (guest: FakeGuest) => string): Script {
  let left = slices;
  return (guest, budget) => {
    if (left-- > 0) return { event: { why: 'slice over' }, took: budget };
    if (left === -1) {
      guest.memory.writeBytes(0x5000, Buffer.from(`${text(guest)}\0`));
      return { event: { why: 'notify', address: physical(0x5000) }, took: 10 };
    }
    guest.counters.userPageFaults = 100;
    guest.counters.userFaultCrossings = guest.fastPath ? 100 : 200;
    guest.counters.modelledCycles = guest.fastPath ? 9000 : 10_000;
    return { event: { why: 'dead', end: 'power off', reason: 'done' }, took: 10 };
  };
}

function options(script: (side: Side) => Script, changes: Partial<CompareOptions> = {}): CompareOptions {
  let ms = 0;
  return {
    freshHost: (side) => new FakeHost({ faults: script(side) }),
    name: 'faults',
    image,
    initrd: null,
    commandLine: '',
    memoryMiB: 4,
    budgetInstructions: null,
    now: () => ms++,
    addedLines: 123,
    ...changes,
  };
}

function drive(run: Generator<CompareProgress, Comparison>): { result: Comparison; progress: CompareProgress[] } {
  const progress: CompareProgress[] = [];
  for (;;) {
    const step = run.next();
    if (step.done) return { result: step.value, progress };
    progress.push(step.value);
  }
}

describe('a comparison', () => {
  test('runs off and on by turns, each on a host of its own, and says what was gained', () => {
    const { result } = drive(compare(options(() => faulting(3, () => 'same'))));
    expect(Object.keys(result).sort()).toEqual(['addedLines', 'gains', 'identicalOutput', 'off', 'on']);
    expect(result).toMatchObject({
      identicalOutput: true,
      addedLines: 123,
      off: { roundTripsPerUserFault: 2, end: 'power off' },
      on: { roundTripsPerUserFault: 1, end: 'power off' },
    });
    expect(result.gains.roundTripsPerUserFault).toEqual({ off: 2, on: 1, ratio: 0.5, percent: 50 });
    expect(result.gains.modelledCycles.percent).toBeCloseTo(10);
    expect(result.gains.wallSeconds.ratio).toBe(1);
  });

  test('tells how far it is, and the longer side against the shorter once that has ended', () => {
    const { progress } = drive(compare(options((side) => faulting(side === 'on' ? 2 : 4, () => 'same'))));
    expect(progress.map(({ side }) => side)).toEqual(['off', 'on', 'off', 'on', 'off', 'off']);
    expect(progress[0]).toEqual({ side: 'off', executedInstructions: SLICE_INSTRUCTIONS, expectedInstructions: null });
    expect(progress[5]).toEqual({
      side: 'off',
      executedInstructions: 4 * SLICE_INSTRUCTIONS,
      expectedInstructions: 2 * SLICE_INSTRUCTIONS + 20,
    });
  });

  test('sees a single byte of difference', () => {
    const { result } = drive(compare(options(() => faulting(1, ({ fastPath }) => (fastPath ? 'same!' : 'same.')))));
    expect(result.identicalOutput).toBe(false);
  });

  test('sees output that merely stops earlier', () => {
    const { result } = drive(compare(options(() => faulting(1, ({ fastPath }) => (fastPath ? 'sam' : 'same')))));
    expect(result.identicalOutput).toBe(false);
  });

  test('stops at its budget', () => {
    const { result } = drive(
      compare(options(() => faulting(100, () => ''), { budgetInstructions: 2.5 * SLICE_INSTRUCTIONS })),
    );
    expect(result.off).toMatchObject({ end: 'running', guestInstructions: 2.5 * SLICE_INSTRUCTIONS });
  });

  test('lets time pass for a guest that sleeps', () => {
    const sleeper = (): Script => {
      let slept = false;
      return (guest, budget) => {
        if (slept) return faulting(0, () => 'awake')(guest, budget);
        slept = true;
        return { event: { why: 'idle', untilInstruction: 50_000_000 }, took: 10 };
      };
    };
    const hosts: FakeHost[] = [];
    const freshHost = () => {
      hosts.push(new FakeHost({ faults: sleeper() }));
      return hosts[hosts.length - 1];
    };
    const { progress } = drive(compare(options(sleeper, { freshHost, budgetInstructions: 1000 })));
    expect(hosts.map(({ skipped }) => skipped)).toEqual([49_999_990, 49_999_990]);
    expect(progress[0].executedInstructions).toBe(10);
  });

  test('gives up on a guest nothing can wake', () => {
    const dead: Script = () => ({ event: { why: 'idle', untilInstruction: null }, took: 10 });
    const { result } = drive(compare(options(() => dead)));
    expect(result.off.end).toBe('running');
  });

  test('kills a guest that prints without end', () => {
    const chatter: Script = (guest) => {
      guest.memory.fill(0x5000, 4096, 0x41); // no NUL in sight
      return { event: { why: 'notify', address: physical(0x5000) }, took: 1000 };
    };
    const { result } = drive(compare(options(() => chatter)));
    expect(result.off).toMatchObject({ end: 'killed', reason: expect.stringContaining('16777216') });
  });
});
