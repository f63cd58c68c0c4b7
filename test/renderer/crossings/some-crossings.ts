/** Crossings made up for a test: as many as one likes, one after another, sixty-five instructions each unless said otherwise. */

import type { CrossingDetail, CrossingView } from '../../../core/protocol/crossings.ts';

export const TRIP = 65;

const causes = ['hypercall', 'page fault filled', 'user page fault reflected'];

export function someCrossings(
  count: number,
  change: (number: number) => Partial<CrossingView> = () => ({}),
): CrossingView[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    enteredAt: 1000 + number * TRIP,
    leftAt: 1000 + (number + 1) * TRIP,
    ring: number % 3 === 2 ? 3 : 1,
    eip: 0xc0100000 + number,
    symbol: '',
    cause: causes[number % 3],
    outcome: `number ${number}`,
    instructionsInGuest: number % 7,
    ...change(number),
  }));
}

export function someDetail(crossing: CrossingView): CrossingDetail {
  return {
    crossing,
    registers: [
      { name: 'eax', value: crossing.number },
      { name: 'ebx', value: 7 },
    ],
    walk: null,
    enteredEip: crossing.eip,
    left: [{ address: crossing.eip, text: 'mov eax, [ebx]' }],
    entered: [],
  };
}
