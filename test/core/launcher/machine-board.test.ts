import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../core/launcher/machine.ts';
import { MachineBoard } from '../../../core/launcher/machine-board.ts';
import { FakeHost, type Script } from './fake-guest.ts';
import { image, powerOff, says, sliceOver, steps } from './scripted-machine.ts';

describe('a board of machines', () => {
  function board(scripts: Record<string, Script>): { board: MachineBoard; host: FakeHost; machines: Machine[] } {
    const host = new FakeHost(scripts);
    const machines = new MachineBoard(host);
    for (const name of Object.keys(scripts)) {
      machines.add({
        name,
        image,
        initrd: null,
        commandLine: '',
        memoryMiB: 4,
        fastPath: true,
        consoleOutput: () => {},
      });
    }
    return { board: machines, host, machines: machines.machines };
  }
  const busy: Script = (_, budget) => ({ event: sliceOver, took: budget });

  test('gives everyone turns', () => {
    const { board: all, machines } = board({ one: busy, two: busy });
    expect(all.run(1_000_000)).toEqual({ is: 'running' });
    expect(machines.map(({ counters }) => counters.guestInstructions)).toEqual([600_000, 400_000]);
    expect(all.executedInstructions).toBe(1_000_000);
  });

  test('goes on with whoever is next, however small the budgets are', () => {
    const { board: all, machines } = board({ one: busy, two: busy });
    for (let slice = 0; slice < 8; slice++) all.run(250_000);
    const [one, two] = machines.map(({ counters }) => counters.guestInstructions);
    expect(one + two).toBe(2_000_000);
    expect(Math.abs(one - two)).toBeLessThanOrEqual(200_000);
  });

  test('lets a guest die without its neighbour noticing', () => {
    const { board: all, machines } = board({
      bad: steps(says({ why: 'dead', end: 'killed', reason: 'bad' })),
      good: busy,
    });
    all.run(1_000_000);
    expect(machines[0].state).toMatchObject({ end: 'killed' });
    expect(machines[1].counters.guestInstructions).toBe(999_900);
  });

  test('idles only when all do, until the earliest clock', () => {
    const idle = (untilInstruction: number | null) => steps(says({ why: 'idle', untilInstruction }));
    const { board: all, host } = board({ one: idle(9000), two: idle(null), three: idle(7000) });
    expect(all.run(1_000_000)).toEqual({ is: 'idle', untilInstruction: 7000 });
    all.skipTo(7000);
    expect(host.clock).toBe(7000);
    expect(all.executedInstructions).toBe(300);
    all.skipTo(100);
    expect(host.clock).toBe(7000);
  });

  test('goes on while one of them computes', () => {
    const { board: all } = board({ one: steps(says({ why: 'idle', untilInstruction: null })), two: busy });
    expect(all.run(1_000_000)).toEqual({ is: 'running' });
  });

  test('ends when everyone has', () => {
    const { board: all } = board({ one: steps(says(powerOff)), two: steps(says(powerOff)) });
    expect(all.run(1_000_000)).toEqual({ is: 'ended' });
  });
});
