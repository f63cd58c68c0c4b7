/**
 * Cycles, as a model.  An emulator's instruction costs the same whether it adds two numbers or changes the world; a
 * real processor's does not, and a world switch is made of the dear ones.  So each event of the kinds below adds what
 * one processor's manual says it costs, on top of one cycle for every instruction.
 *
 * The processor is the Intel486, because its data sheet is the last to list clocks for every one of these in one table:
 * Intel486 Microprocessor data sheet (order number 240440), table 10.1, protected mode, operands in the cache.  On
 * later processors all of them cost more relative to an add, so the model flatters the world switch.  It also leaves
 * out the host's own code, which is TypeScript and has no cycles: it flatters the slow path more than the fast one.
 */

/** The events that have a price, as a processor counts them. */
export type PricedEvent =
  | 'cr3Loads'
  | 'tlbFills'
  | 'segmentLoads'
  | 'tableLoads'
  | 'deliveries'
  | 'iretInstructions'
  | 'farTransfers';

interface Price {
  readonly event: PricedEvent;
  /** Beyond the one cycle every instruction is charged. */
  readonly cycles: number;
  /** Which entry of the table it is. */
  readonly source: string;
}

export const costModel: readonly Price[] = [
  { event: 'cr3Loads', cycles: 3, source: 'MOV CR3, reg: 4 clocks; what it empties is charged as TLB fills' },
  { event: 'tlbFills', cycles: 21, source: 'TLB miss: 13 to 28 clocks by what must be written back; the middle' },
  { event: 'segmentLoads', cycles: 8, source: 'MOV or POP to a segment register: 9 clocks' },
  { event: 'tableLoads', cycles: 14, source: 'LGDT 12, LIDT 12, LTR 20 clocks; a switch does as many of each' },
  { event: 'deliveries', cycles: 70, source: 'INT n through a gate to a more privileged level: 71 clocks' },
  { event: 'iretInstructions', cycles: 35, source: 'IRET to a less privileged level: 36 clocks' },
  { event: 'farTransfers', cycles: 17, source: 'intersegment CALL, JMP or RET, same level: 17 to 20 clocks' },
];

/** Cycles for `instructions` instructions and the given number of each event. */
export function modelCycles(instructions: number, events: Readonly<Record<PricedEvent, number>>): number {
  return costModel.reduce((sum, { event, cycles }) => sum + cycles * events[event], instructions);
}
