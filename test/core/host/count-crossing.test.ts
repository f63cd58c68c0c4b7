import { expect, test } from 'vitest';
import { modelCycles } from '../../../core/counters/cost-model.ts';
import { createTripMeter, settleMeter, userInstructionsOfTrip } from '../../../core/host/count-crossing.ts';
import { createBoard } from '../../../core/x86/board.ts';
import { noEvents } from '../counters/no-events.ts';
import { fakeGuest } from './fake-guest.ts';

/** A processor that has done something before anybody measures. */
function usedBoard() {
  const board = createBoard({ ramBytes: 1 << 20 });
  const { events } = board;
  events.instructions[0] = 1000;
  events.cr3Loads = 7;
  return { events, meter: createTripMeter(board) };
}

test('what was done before the meter began is nobody’s', () => {
  const { meter } = usedBoard();
  const cpu = fakeGuest();
  settleMeter(meter, cpu);
  expect([cpu.counters.switcherInstructions, cpu.counters.modelledCycles]).toEqual([0, 0]);
});

test('each guest is charged with what was done since the last settlement, told apart by ring', () => {
  const { events, meter } = usedBoard();
  const [one, other] = [fakeGuest(), fakeGuest()];
  for (const ring of [0, 1, 2, 3]) events.instructions[ring] += 10 * (ring + 1);
  events.cr3Loads += 2;
  events.nmis += 1;
  settleMeter(meter, one);
  events.instructions[3] += 5;
  settleMeter(meter, other);
  expect(one.counters).toMatchObject({
    switcherInstructions: 10,
    guestKernelInstructions: 20 + 30,
    guestUserInstructions: 40,
    guestInstructions: 90,
    nonMaskableInterrupts: 1,
    modelledCycles: modelCycles(100, { ...noEvents, cr3Loads: 2 }),
  });
  expect(other.counters).toMatchObject({ guestUserInstructions: 5, guestInstructions: 5, modelledCycles: 5 });
});

test('asking twice charges once', () => {
  const { events, meter } = usedBoard();
  const cpu = fakeGuest();
  events.instructions[1] += 3;
  settleMeter(meter, cpu);
  settleMeter(meter, cpu);
  expect(cpu.counters.guestInstructions).toBe(3);
});

test('ring 3 is told trip by trip, whether or not anything was settled in between', () => {
  const { events, meter } = usedBoard();
  events.instructions[3] += 4;
  expect(userInstructionsOfTrip(meter)).toBe(4);
  settleMeter(meter, null);
  events.instructions[3] += 6;
  expect(userInstructionsOfTrip(meter)).toBe(6);
  expect(userInstructionsOfTrip(meter)).toBe(0);
});
