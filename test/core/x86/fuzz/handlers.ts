/**
 * What faults, traps and interrupts of a random program run into: code of ring 0 that counts them, puts the frame in
 * order, and goes on.  A fault goes on at the next of the program's landings, so that no instruction is a dead end; a
 * trap or an interrupt where it came from.  It is machine code like any other, soon hot, and runs on both engines.
 */

import { assemble } from '../assemble.ts';
import { selectors, world } from '../small-world.ts';

/** Where the handlers keep their count and find the landings; open to ring 3 for reading only. */
export const notes = { count: 0xd000, landings: 0xd040, jumpTable: 0xd080 } as const;
export const LANDINGS = 16;
/** Brings ring 3 to a landing in ring 0. */
export const CLIMB_VECTOR = 0x81;
/** Where a program's stack begins. */
export const STACK_TOP = world.stack;

const vectorsWithErrorCode = new Set([8, 10, 11, 12, 13, 14, 17]);
const COMMON_OFFSET = 0xc00;
const PUSH_BYTE = 0x6a;
const PUSH_DOUBLE = 0x68;
const JUMP = 0xe9;
const STUB_BYTES = 12;

/** TF, NT, RF, VM and AC: what would make the next landing end at once. */
const TROUBLESOME_FLAGS = 0x74100;

/** The stack: es ds, the eight of pusha, vector, error code, eip, cs, eflags, and from ring 3 esp and ss. */
const common = `
  pusha
  mov  eax, ds
  push eax
  mov  eax, es
  push eax
  mov  eax, ${selectors.data0}
  mov  ds, eax
  mov  es, eax
  cld
  inc  dword ptr [${notes.count}]
  mov  eax, [esp+40]            ; the vector
  cmp  eax, ${CLIMB_VECTOR}
  je   climb
  cmp  eax, 1
  je   debug
  cmp  eax, 32
  jae  back
  cmp  eax, 2
  je   back
  cmp  eax, 3
  je   back
  cmp  eax, 4
  je   back
  mov  ecx, [${notes.count}]    ; a fault: on to the next landing
  clts                          ; and with an x87 that takes instructions
  fnclex
  and  ecx, ${LANDINGS - 1}
  mov  edx, [${notes.landings}+ecx*4]
  mov  [esp+48], edx
  and  dword ptr [esp+56], ${~TROUBLESOME_FLAGS >>> 0}
  test dword ptr [esp+52], 3
  jz   inner
  mov  dword ptr [esp+52], ${selectors.code3}
  mov  dword ptr [esp+60], ${STACK_TOP}
  mov  dword ptr [esp+64], ${selectors.data3}
  mov  dword ptr [esp], ${selectors.data3}
  mov  dword ptr [esp+4], ${selectors.data3}
  jmp  back
inner:
  mov  dword ptr [esp+52], ${selectors.code0}
  mov  dword ptr [esp], ${selectors.data0}
  mov  dword ptr [esp+4], ${selectors.data0}
  jmp  back
debug:
  and  dword ptr [esp+56], 0xfffffeff
back:
  pop  eax
  mov  es, eax
  pop  eax
  mov  ds, eax
  popa
  add  esp, 8
  iret
climb:
  mov  ecx, [${notes.count}]
  and  ecx, ${LANDINGS - 1}
  jmp  [${notes.landings}+ecx*4]
`;

function stub(vector: number): number[] {
  const at = world.stubs + vector * STUB_BYTES;
  const bytes = vectorsWithErrorCode.has(vector) ? [] : [PUSH_BYTE, 0];
  bytes.push(PUSH_DOUBLE, vector, 0, 0, 0);
  const distance = world.stubs + COMMON_OFFSET - (at + bytes.length + 5);
  bytes.push(JUMP, distance & 0xff, (distance >>> 8) & 0xff, (distance >>> 16) & 0xff, distance >>> 24);
  return bytes;
}

/** The page at `world.stubs`. */
export function handlerPage(): Uint8Array {
  const page = new Uint8Array(0x1000);
  for (let vector = 0; vector < 256; vector++) page.set(stub(vector), vector * STUB_BYTES);
  page.set(assemble(common), COMMON_OFFSET);
  return page;
}

export const stubOf = (vector: number): number => world.stubs + vector * STUB_BYTES;
