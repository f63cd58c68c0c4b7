/** What a question of privilege consists of, and the words the questions are written in. */

import { place, selector } from './tables.ts';

export interface Case {
  readonly name: string;
  readonly kernel?: string;
  readonly user?: string;
  readonly ring?: 1 | 2 | 3;
  readonly flags?: number;
}

export const flag = { trap: 0x102, iopl3: 0x3002, alignment: 0x40002, nested: 0x4002, interrupt: 0x202 } as const;
export const s = selector;

/** far jmp and call have no spelling the assembler takes: opcode, offset, selector. */
const far = (opcode: number) => (to: number, offset: number) =>
  `db ${[opcode, ...[0, 8, 16, 24].map((shift) => (offset >>> shift) & 0xff), to & 0xff, to >>> 8].join(', ')}`;
export const jumpFar = far(0xea);
export const callFar = far(0x9a);
export const GATE_CODE = place.stubs + 0x31 * 16;
export const load = (register: string, value: number) => `mov eax, ${value}\nmov ${register}, ax`;
/** Replaces a byte of a descriptor or gate. */
export const patch = (at: number, value: number) => `mov byte ptr [${at}], ${value}`;
export const typeByte = (one: number) => place.gdt + one + 5;
export const gateType = (vector: number) => place.idt + vector * 8 + 5;
export const ABSENT_GATE = 0x0e;
export const ABSENT_GATE3 = 0x6e;
