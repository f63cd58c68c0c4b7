/** Recorded crossings as a window shows them: names for addresses, walks in words, bytes as assembly. */

import type { CrossingCloseUp } from '../../core/host/guest-events.ts';
import { type ElfSymbol, nearestSymbol } from '../../core/launcher/elf-symbols.ts';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import { nameAt } from '../disassembly.ts';
import { Refusal } from '../workstation/parts.ts';
import { codeAround } from './code-around.ts';
import type { RecordedCrossing } from './crossing-log.ts';
import { walkSteps } from './walk-steps.ts';

/** Precondition: `symbols` are sorted by address. */
export function viewOf({ number, record }: RecordedCrossing, symbols: readonly ElfSymbol[]): CrossingView {
  const { enteredAt, leftAt, ring, eip, cause, outcome, instructionsInGuest } = record;
  const symbol = nameAt(symbols, eip) ?? '';
  return { number, enteredAt, leftAt, ring, eip, symbol, cause, outcome, instructionsInGuest };
}

export const viewsOf = (crossings: readonly RecordedCrossing[], symbols: readonly ElfSymbol[]): CrossingView[] =>
  crossings.map((crossing) => viewOf(crossing, symbols));

/** Throws a Refusal if that crossing was not recorded, or is forgotten. */
export function detailOf(
  crossings: readonly RecordedCrossing[],
  number: number,
  symbols: readonly ElfSymbol[],
): CrossingDetail {
  const first = crossings[0]?.number ?? 0;
  const crossing = crossings[number - first];
  if (crossing === undefined) throw new Refusal(`crossing ${number} was not recorded, or is forgotten by now`);
  const { closeUp } = crossing;
  const code = (seen: CrossingCloseUp['left']) =>
    codeAround(
      seen,
      (address) => nameAt(symbols, address >>> 0),
      (address) => nearestSymbol(symbols, address)?.address === address,
    );
  return {
    crossing: viewOf(crossing, symbols),
    registers: registersOf(closeUp),
    walk: walkSteps(closeUp),
    enteredEip: closeUp.entered.at,
    left: code(closeUp.left),
    entered: code(closeUp.entered),
  };
}

const general = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'eflags'] as const;
const segments = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const;
const SELECTOR_MASK = 0xffff;

/** A trap's number and error code follow where there was one. cr3 is the guest's idea of it; 0 before it has one. */
function registersOf({ registers, cr2, guestDirectory, trap }: CrossingCloseUp): CrossingDetail['registers'] {
  return [
    ...general.map((name) => ({ name, value: registers[name] })),
    ...segments.map((name) => ({ name, value: registers[name] & SELECTOR_MASK })),
    { name: 'cr2', value: cr2 },
    { name: 'cr3', value: guestDirectory ?? 0 },
    ...(trap === null
      ? []
      : [
          { name: 'trap', value: trap.number },
          { name: 'error', value: trap.errorCode },
        ]),
  ];
}
