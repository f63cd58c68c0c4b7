/**
 * Every number the Switcher's assembler source needs, printed from the layouts TypeScript uses, so that none is ever
 * typed a second time.  It knows names and records; how the text is assembled is the business of build-switcher.ts.
 */

import { PAGE_BYTES, PAGE_SHIFT } from '../core/agreement/addresses.ts';
import { type Layout, layout, u16, u32 } from '../core/agreement/layout.ts';
import { lguestData41 } from '../core/agreement/lguest-data.ts';
import { DIRECTORY_SHIFT, ENTRIES_PER_TABLE, entry } from '../core/agreement/page-tables.ts';
import { DESCRIPTOR_BYTES, GUEST_KERNEL_CS, gdtEntry } from '../core/agreement/segments.ts';
import { eflags, hasErrorCode, pageFaultError, TRAP_IN_SWITCH, VECTORS, vector } from '../core/agreement/traps.ts';
import {
  LGUEST_PAGES,
  LGUEST_PAGES_BYTES,
  lguestRegs,
  READ_ONLY_STATE,
  readOnlyState,
  registersPage,
  tablePointer,
  taskState,
  walkerCounts,
} from '../core/switcher/lguest-pages.ts';
import { acceptedDirectoryBits, walkableErrors } from '../core/switcher/walker.ts';

/** A gate in memory (SDM 3A 6.11): the low word holds offset 0–15 and selector, the high word ends in offset 16–31. */
const gateInMemory = layout('GATE', { low: u16, selector: u16, high: u32 });

/** What a stub leaves above the saved registers, and what a fault in ring 0 leaves when no stack was switched. */
const stubFrame = layout('FRAME', { trapnum: u32, error: u32, eip: u32, cs: u32, eflags: u32 });
const pushedByProcessor = { error: u32, eip: u32, cs: u32, eflags: u32, esp: u32, ss: u32 };
const pusha = layout('PUSHA', { edi: u32, esi: u32, ebp: u32, esp: u32, ebx: u32, edx: u32, ecx: u32, eax: u32 });
const walkFrame = layout('WALK', pushedByProcessor);
const nmiFrame = layout('NMI', { eip: u32, cs: u32, eflags: u32 });
/** ebp, edx and eax lie on top of the NMI's frame while it thinks. */
const NMI_BORROWED = 3 * 4;

const constantName = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(' ', '_')
    .toUpperCase();

/** One `.set` per field of a record, `from` bytes into whatever the prefix names. */
function fields(prefix: string, record: Layout<string>, from = 0): [string, number][] {
  return Object.entries(record.at).map(([name, at]) => [`${prefix}_${constantName(name)}`, from + at]);
}

const bitsOf = (vectors: number[]) => vectors.reduce((bits, number) => bits | (1 << number), 0) >>> 0;
const taskSelector = gdtEntry.taskState * DESCRIPTOR_BYTES;
const roAt = READ_ONLY_STATE - LGUEST_PAGES;

const sections: [string, [string, number][]][] = [
  [
    'The two pages, from the start of the first',
    [
      ...fields('PAGES_COUNT', walkerCounts, registersPage.at.counts),
      ...fields('PAGES', lguestRegs, registersPage.at.registers),
      ...fields('PAGES', readOnlyState, roAt),
      ['PAGES_BYTES', LGUEST_PAGES_BYTES],
    ],
  ],
  ['Records by themselves', [...fields('REGS', lguestRegs), ...fields('TSS', taskState)]],
  [
    'Frames on the stack',
    [
      ...fields('FRAME', stubFrame),
      ['NESTED_FRAME_BYTES', stubFrame.bytes],
      ...fields('WALK', walkFrame, pusha.bytes),
      ['ERROR_BYTES', walkFrame.sizeOf.error],
      ...fields('FRAME1', walkFrame, -walkFrame.bytes),
      ['FRAME1_BYTES', walkFrame.bytes],
      ...fields('NMI', nmiFrame),
      ['NMI_FRAME_BYTES', nmiFrame.bytes],
      ['NMI_FRAME_REST', nmiFrame.bytes - nmiFrame.sizeOf.eip],
      ['NMI_SAVED_EIP', NMI_BORROWED + nmiFrame.at.eip],
      ['SIDT_ROOM', Math.ceil(tablePointer.bytes / 4) * 4],
    ],
  ],
  [
    'Tables of the processor',
    [
      ...fields('TABLE_POINTER', tablePointer),
      ...fields('GATE', gateInMemory),
      ['GATE_BYTES', DESCRIPTOR_BYTES],
      ['TSS_SELECTOR', taskSelector],
      ['TSS_RIGHTS', taskSelector + 5],
      ['TSS_BUSY', 2],
      ['GUEST_KERNEL_CS', GUEST_KERNEL_CS],
      ['RING_MASK', 3],
      ['EFLAGS_IF', eflags.interrupt],
      ['EFLAGS_DROPPED', eflags.trap | eflags.virtual8086 | eflags.resume | eflags.nestedTask],
      ['VECTORS', VECTORS],
      ['VECTOR_NMI', vector.nmi],
      ['VECTOR_HYPERCALL', vector.lguestEntry],
      ['VECTOR_FIRST_IRQ', vector.firstIrq],
      ['VECTOR_SYSTEM_CALL', vector.systemCall],
      ['TRAP_IN_SWITCH', TRAP_IN_SWITCH],
      ['ERROR_CODES', bitsOf([...Array(vector.firstIrq).keys()].filter(hasErrorCode))],
      ['STUB_BYTES', 16],
    ],
  ],
  [
    'Page tables, and what the walker thinks of them',
    [
      ['PAGE_BYTES', PAGE_BYTES],
      ['PAGE_SHIFT', PAGE_SHIFT],
      ['DIRECTORY_SHIFT', DIRECTORY_SHIFT],
      ['TABLE_INDEX_MASK', ENTRIES_PER_TABLE - 1],
      ['ENTRY_BYTES', PAGE_BYTES / ENTRIES_PER_TABLE],
      ['ENTRY_PRESENT', entry.present],
      ['ENTRY_ADDRESS', entry.addressMask],
      ['ERROR_USER', pageFaultError.user],
      ['WALKABLE_ERRORS', bitsOf([...walkableErrors])],
      ['DIRECTORY_REFUSED', ~entry.addressMask & ~acceptedDirectoryBits],
      ['LGUEST_DATA_IRQ_ENABLED', lguestData41.at.irqEnabled],
      ['LGUEST_DATA_CR2', lguestData41.at.cr2],
    ],
  ],
];

const spelled = (value: number) => (value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);

/** The whole of core/switcher/offsets.generated.S. */
export function assemblerOffsets(): string {
  const body = sections.map(
    ([title, constants]) =>
      `\n# ${title}\n${constants.map(([name, value]) => `        .set    ${name}, ${spelled(value)}`).join('\n')}\n`,
  );
  return `# Made by scripts/build-switcher.ts from the layouts in core/; do not edit.\n${body.join('')}`;
}
