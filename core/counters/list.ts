/**
 * The one list of what is counted for a guest: the host, the comparison, the screen and the help text read it.
 * A counter is a number that only grows; ratios are derived where they are shown.
 */

export interface CounterDescription {
  readonly name: string;
  readonly unit: string;
  /** One sentence of help. */
  readonly meaning: string;
}

const count = <Name extends string>(name: Name, unit: string, meaning: string) => ({ name, unit, meaning });

export const counterList = [
  count('userPageFaults', 'faults', 'Page faults taken in ring 3 that the guest itself must see.'),
  count('reflectedByHost', 'faults', 'Ring-3 page faults the host handed to the guest after walking its tables.'),
  count('reflectedBySwitcher', 'faults', 'Ring-3 page faults the walker in the Switcher handed to the guest directly.'),
  count('filledByHost', 'faults', 'Page faults the host answered by filling the shadow tables; the guest never knew.'),
  count('handedOn', 'faults', 'Ring-3 page faults the walker looked at and gave to the host after all.'),
  count('kernelPageFaults', 'faults', 'Page faults from the guest kernel (ring 1) that were reflected into it.'),
  count('roundTrips', 'crossings', 'Times the host entered the guest and came back.'),
  count('hypercalls', 'calls', 'Hypercalls served, asynchronous ones included.'),
  count('asynchronousHypercalls', 'calls', 'Hypercalls taken from the ring of batched calls.'),
  count('interrupts', 'interrupts', 'Virtual interrupts delivered to the guest.'),
  count('hostInterrupts', 'interrupts', "Interrupts of the host's own that arrived while the guest ran."),
  count('nonMaskableInterrupts', 'interrupts', 'NMIs delivered to the host while this guest was on the processor.'),
  count('reflectedTraps', 'traps', 'Other traps the host handed to the guest.'),
  count(
    'emulatedInstructions',
    'instructions',
    'Privileged instructions (in, out, cli) the host carried out for the guest.',
  ),
  count(
    'deviceAccesses',
    'accesses',
    'Loads and stores of the guest kernel at addresses of devices, which the host carried out.',
  ),
  count('guestInstructions', 'instructions', 'Instructions begun in rings 1 and 3.'),
  count('guestKernelInstructions', 'instructions', 'Instructions begun in ring 1.'),
  count('guestUserInstructions', 'instructions', 'Instructions begun in ring 3.'),
  count(
    'switcherInstructions',
    'instructions',
    'Instructions begun in ring 0 by the Switcher and the host stubs around it.',
  ),
  count('shadowPagesFilled', 'entries', 'Shadow page table entries written by the host.'),
  count('shadowTablesDropped', 'tables', 'Shadow page directories or tables thrown away.'),
  count(
    'userFaultCrossings',
    'crossings',
    'Crossings to the host from a ring-3 fault the guest must see until the faulting instruction completes.',
  ),
  count('modelledCycles', 'cycles', 'A model: instructions plus a published cost per event. Never a measurement.'),
] as const satisfies readonly CounterDescription[];

export type CounterName = (typeof counterList)[number]['name'];
export type Counters = Record<CounterName, number>;

export function zeroCounters(): Counters {
  return Object.fromEntries(counterList.map((counter) => [counter.name, 0])) as Counters;
}
