/**
 * All that software can find out about a processor, as a list of named words: what two engines must agree on after every
 * instruction.  What an engine keeps for itself (tables, decoded code, links) is not in it, and neither is RAM.
 */

import { type State, segmentAddress, segmentLayout, stateLayout } from './state.ts';

export interface ArchitecturalWord {
  readonly name: string;
  readonly read: (state: State) => number;
}

const { at } = stateLayout;
const WORD = 4;

const word = (name: string, offset: number): ArchitecturalWord => ({ name, read: (state) => state.u32[offset >>> 2] });

/** Several of a kind, one behind the other. */
const row = (names: readonly string[], offset: number, stride = WORD) =>
  names.map((name, index) => word(name, offset + index * stride));

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** A segment register with the parts of it that no instruction reads directly (SDM 3A 3.4.3). */
const segment = (name: string, offset: number) =>
  (['selector', 'base', 'limit', 'rights'] as const).map((part) =>
    word(part === 'selector' ? name : `${name} ${part}`, offset + segmentLayout.at[part]),
  );

const x87Registers = numbered('r', 8).flatMap((name, index) =>
  row([`${name} low`, `${name} high`, `${name} exponent`], at.fpu + index * 16),
);
const x87Names = ['control', 'status', 'empty', 'instruction', 'instruction selector', 'operand', 'operand selector'];

/** In the order a person wants to read them. */
export const architecturalWords: readonly ArchitecturalWord[] = [
  ...row(['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'], at.general),
  word('eip', at.eip),
  { name: 'eflags', read: (state) => state.eflags },
  word('cpl', at.cpl),
  ...['es', 'cs', 'ss', 'ds', 'fs', 'gs'].flatMap((name, number) => segment(name, segmentAddress(number))),
  ...row(['cr0', 'cr2', 'cr3', 'cr4'], at.cr0),
  ...row(['gdt base', 'gdt limit', 'idt base', 'idt limit'], at.gdtBase),
  ...segment('ldtr', at.ldtr),
  ...segment('tr', at.tr),
  word('interrupt shadow', at.interruptShadow),
  ...row(numbered('dr', 8), at.debug),
  ...row(['sysenter cs', 'sysenter esp', 'sysenter eip'], at.sysenterCs),
  ...row(['tsc offset low', 'tsc offset high'], at.tscOffsetLow),
  ...row(
    x87Names.map((name) => `x87 ${name}`),
    at.fpuControl,
  ),
  word('x87 opcode', at.fpuOpcode),
  ...x87Registers,
  word('mxcsr', at.mxcsr),
  ...numbered('xmm', 8).flatMap((name, index) => row(numbered(`${name} `, 4), at.xmm + index * 16)),
];

/** True if no program could tell the two processors apart by their registers. */
export function sameArchitecturalState(one: State, other: State): boolean {
  for (const { read } of architecturalWords) if (read(one) !== read(other)) return false;
  return true;
}
