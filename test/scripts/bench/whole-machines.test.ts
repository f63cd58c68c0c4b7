/** How pieces of guests' lives are put together, and that two engines living different lives do not go unnoticed. */

import { expect, test } from 'vitest';
import { type EngineName, engines } from '../../../core/x86/board.ts';
import { runOnHost } from '../../../scripts/bench/on-host.ts';
import type { LinuxSample } from '../../../scripts/bench/on-linux.ts';
import { machineTable, plain } from '../../../scripts/bench/table.ts';
import { differencesAmong, measureMachines } from '../../../scripts/bench/whole-machines.ts';

const kernel = { name: 'vmlinux', path: '/nowhere/vmlinux', initrd: '/nowhere/initrd', bootOnly: false };

function life(seconds: number, instructions: number): LinuxSample {
  const time = { mainSeconds: seconds, otherSeconds: 0 };
  return { pieces: { boot: { ...time, instructions, roundTrips: 7, operations: 1 } }, peakMiB: 200 };
}

test('times are compared with the interpreter’s, round by round', () => {
  const seconds = { interpreter: [8, 12], translator: [2, 4] };
  const taken = { interpreter: 0, translator: 0 };
  const measured = measureMachines({
    ...{ engines, rounds: 2, faults: null, kernels: [kernel], report: () => {} },
    linux: (engine) => life(seconds[engine][taken[engine]++], 1_000_000),
  });
  expect(measured.map(({ guest, piece, engine }) => [guest, piece, engine])).toEqual([
    ['vmlinux', 'boot', 'interpreter'],
    ['vmlinux', 'boot', 'translator'],
  ]);
  expect(measured[0].overInterpreter).toBeNull();
  expect(measured[1].overInterpreter).toMatchObject({ least: 0.25, most: 4 / 12 });
  expect(differencesAmong(measured)).toEqual([]);
  expect(plain(machineTable(measured)).split('\n')[2]).toMatch(/^vmlinux +boot +translator/);
});

test('a run that differs between engines is named', () => {
  const measured = measureMachines({
    ...{ engines, rounds: 1, faults: null, kernels: [kernel], report: () => {} },
    linux: (engine) => life(1, engine === 'interpreter' ? 5 : 6),
  });
  expect(differencesAmong(measured)).toEqual([
    'vmlinux, boot: 6 instructions in 7 trips on the translator, 5 instructions in 7 trips on the interpreter',
  ]);
});

test('the guest "faults" lives the same life on every engine', () => {
  const faults = (engine: EngineName, fastPath: boolean) => runOnHost(fastPath, engine, 1, 100);
  const measured = measureMachines({
    ...{ engines, rounds: 1, faults, kernels: [], report: () => {} },
    linux: () => life(1, 1),
  });
  expect(differencesAmong(measured)).toEqual([]);
  const [off, offWarm, on, onWarm] = measured;
  expect(off).toMatchObject({ piece: 'off', overOff: null });
  expect(off.operations).toBeGreaterThanOrEqual(5000);
  expect(on.overOff?.median).toBeGreaterThan(0);
  expect(on.roundTrips).toBeLessThan(off.roundTrips);
  expect([offWarm.piece, onWarm.piece]).toEqual(['off, warm', 'on, warm']);
  for (const [whole, half] of [
    [off, offWarm],
    [on, onWarm],
  ]) {
    expect(half.operations).toBeGreaterThan(0);
    expect(half.operations).toBeLessThanOrEqual(whole.operations / 2);
  }
  expect(onWarm.overOff?.median).toBeGreaterThan(0);
});
