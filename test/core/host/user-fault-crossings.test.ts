import { expect, test } from 'vitest';
import { type CrossingSeen, chargeCrossing, noUserFault } from '../../../core/host/user-fault-crossings.ts';

const quiet: CrossingSeen = {
  fromUser: false,
  userInstructions: 0,
  reflectsUserFault: false,
  fills: false,
  faultAddress: 0,
  reflectedBySwitcher: 0,
  lastReflectedAddress: 0,
};

/** Runs the crossings through the rules and answers which were charged. */
function charge(...crossings: Partial<CrossingSeen>[]): boolean[] {
  const fault = noUserFault();
  return crossings.map((crossing) => chargeCrossing(fault, { ...quiet, ...crossing }));
}

const reflection = (faultAddress: number, userInstructions = 9): Partial<CrossingSeen> => ({
  fromUser: true,
  userInstructions,
  reflectsUserFault: true,
  faultAddress,
});
const hypercall: Partial<CrossingSeen> = {};
const afterWalker = (lastReflectedAddress: number): Partial<CrossingSeen> => ({
  userInstructions: 9,
  reflectedBySwitcher: 1,
  lastReflectedAddress,
});
const fill = (faultAddress: number, userInstructions: number): Partial<CrossingSeen> => ({
  fromUser: true,
  userInstructions,
  fills: true,
  faultAddress,
});

test('off: the reflection and the call that sets the entry', () => {
  const touch = (address: number) => [reflection(address), hypercall];
  expect(charge(...touch(0x1000), ...touch(0x2000))).toEqual([true, true, true, true]);
});

test('on: the call alone', () => {
  expect(charge(afterWalker(0x1000), afterWalker(0x2000))).toEqual([true, true]);
});

test('a fill of the same page before the instruction is through belongs to the fault', () => {
  expect(charge(reflection(0x1000), hypercall, fill(0x1ffc, 1))).toEqual([true, true, true]);
  expect(charge(afterWalker(0x1000), fill(0x1004, 1))).toEqual([true, true]);
  expect(charge({ ...afterWalker(0x1000), ...fill(0x1004, 3) })).toEqual([true]);
});

test('a fill of another page, or a later one, does not', () => {
  expect(charge(reflection(0x1000), hypercall, fill(0x2000, 1))).toEqual([true, true, false]);
  expect(charge(reflection(0x1000), hypercall, fill(0x1000, 5))).toEqual([true, true, false]);
});

test('what the kernel does for a system call made since is not charged', () => {
  expect(charge(reflection(0x1000), hypercall, { userInstructions: 3 }, hypercall)).toEqual([true, true, false, false]);
});

test('an interrupt in the handler is charged, one in the program afterwards is not', () => {
  expect(charge(reflection(0x1000), hypercall, hypercall)).toEqual([true, true, true]);
  expect(charge(reflection(0x1000), { fromUser: true, userInstructions: 4 }, hypercall)).toEqual([true, false, false]);
});

test('faults of the kernel, and fills nobody reflected, cost user faults nothing', () => {
  expect(charge(hypercall, fill(0x1000, 4), hypercall)).toEqual([false, false, false]);
});
