/**
 * A multiboot image that asks a processor questions of privilege: each case starts from the same descriptor tables, page
 * tables and registers, ends in some interrupt, and its line on the serial port says everything that came of it.  The
 * same image runs on our board and, under KVM, on real silicon.
 *
 *      0x100000  header       0x110000  GDT        0x114000  page tables: 0–4 MiB, 8–12 MiB
 *      0x101000  runner       0x111000  IDT        0x117000  stack of ring 1
 *      0x104000  stubs        0x112000  TSS        0x119000  stack of ring 0 (cases), 0x11b000 (entered from outside)
 *      0x106000  copy of      0x113000  page       0x11d000  stack of ring 3
 *                0x110000 …             directory  0x120000  code of the cases, 512 bytes each
 */

import { assemble } from '../assemble.ts';
import type { Case } from './case.ts';
import { cases } from './cases.ts';
import { place, selector, writeTables } from './tables.ts';

const MAGIC = 0x1badb002;
const ADDRESSES_VALID = 0x10000;
const SERIAL = 0x3f8;
const LINE_CONTROL = 3;
const LINE_STATUS = 5;
const VECTORS = 64;
const withErrorCode = new Set([8, 10, 11, 12, 13, 14, 17]);

/** Fills general registers with something a leak would show by. */
const FRESH_REGISTERS = `
  mov eax, 0xA0A0A0A0
  mov ecx, 0xA1A1A1A1
  mov edx, 0xA2A2A2A2
  mov ebx, 0xA3A3A3A3
  mov ebp, 0xA5A5A5A5
  mov esi, 0xA6A6A6A6
  mov edi, 0xA7A7A7A7`;

/** Restores the tables, loads every register afresh and jumps to the next case; when there is none, ends the run. */
const runner = `
  mov  al, 0xFF                  ; where there are interrupt controllers, they keep quiet
  out  0x21, al
  out  0xA1, al
  mov  edx, ${SERIAL + LINE_CONTROL}
  mov  al, 0x83                  ; 115200 baud, 8 bits
  out  dx, al
  mov  edx, ${SERIAL}
  mov  al, 1
  out  dx, al
  mov  edx, ${SERIAL + 1}
  mov  al, 0
  out  dx, al
  mov  edx, ${SERIAL + LINE_CONTROL}
  mov  al, 3
  out  dx, al
  mov  esp, ${place.handlerStack}
next:
  cld
  mov  eax, 0x11                 ; PE, ET: paging off while the tables are renewed
  mov  cr0, eax
  mov  esi, ${place.copy}
  mov  edi, ${place.tables}
  mov  ecx, ${place.tableBytes / 4}
  rep movsd
  lgdt [${place.descriptorOperands}]
  lidt [${place.descriptorOperands + 8}]
  mov  eax, 0x10                 ; PSE
  mov  cr4, eax
  mov  eax, ${place.directory}
  mov  cr3, eax
  mov  eax, 0x80010031           ; PG, WP, NE, ET, PE
  mov  cr0, eax
  xor  eax, eax
  mov  cr2, eax
  mov  dr7, eax
  mov  dr6, eax
  fninit
  lldt ax
  mov  eax, ${selector.tss}
  ltr  ax
  mov  eax, ${selector.data0}
  mov  ds, ax
  mov  es, ax
  mov  fs, ax
  mov  gs, ax
  mov  ss, ax
  mov  esp, ${place.caseStack}
  mov  eax, [${place.caseNumber}]
  cmp  eax, ${cases.length}
  jae  done
  imul eax, eax, ${place.caseBytes}
  add  eax, ${place.cases}
  push eax
  push 2
  popf
  ${FRESH_REGISTERS}
  ret
done:
  xor  eax, eax
  mov  edx, 0xF4
  out  dx, al
  hlt
`;

/** Bytes of the runner before `next`, done only once. */
const NEXT_AT = 43;
/** Where the user half of a case begins in its slot. */
const USER_HALF = 0xc0;
const colon = ':'.charCodeAt(0);
const NEWLINE = 10;

/** Every interrupt arrives here with its vector and error code pushed; prints the line and goes on with the next case. */
const handlerText = (next: number) => `
  pusha
  mov  eax, ds                   ; a push would leave the upper halves undefined
  push eax
  mov  eax, es
  push eax
  mov  eax, fs
  push eax
  mov  eax, gs
  push eax
  mov  eax, ${selector.data0}
  mov  ds, ax
  mov  es, ax
  cld
  mov  ebp, esp
  mov  eax, [${place.caseNumber}]
  inc  dword ptr [${place.caseNumber}]
  call hex
  mov  al, ${colon}
  call char
  xor  esi, esi
items:
  mov  eax, [ebp+esi*4]
  call hex
  inc  esi
  cmp  esi, 17
  jb   items
  mov  al, [ebp+60]              ; cs: from an outer ring there are esp and ss as well
  test al, 3
  je   inner
  mov  eax, [ebp+68]
  call hex
  mov  eax, [ebp+72]
  and  eax, 0xFFFF
  call hex
inner:
  mov  al, ${colon}
  call char
  mov  eax, cr2
  call hex
  mov  eax, dr6
  call hex
  mov  al, ${colon}
  call char
  xor  esi, esi
compare:
  mov  eax, [esi+${place.tables}]
  cmp  eax, [esi+${place.copy}]
  je   same
  push eax
  lea  eax, [esi+${place.tables}]
  call hex
  pop  eax
  call hex
same:
  add  esi, 4
  cmp  esi, ${place.tableBytes}
  jb   compare
  mov  al, ${NEWLINE}
  call char
  mov  eax, ${next}
  jmp  eax
char:
  mov  ah, al
  mov  edx, ${SERIAL + LINE_STATUS}
full:
  in   al, dx
  test al, 0x20                  ; the transmitter takes another
  je   full
  mov  al, ah
  mov  edx, ${SERIAL}
  out  dx, al
  ret
hex:
  mov  edi, eax
  mov  ecx, 8
digit:
  rol  edi, 4
  mov  eax, edi
  and  eax, 15
  cmp  al, 10
  jb   decimal
  add  al, 39
decimal:
  add  al, 48
  call char
  dec  ecx
  jne  digit
  mov  al, 32
  jmp  char
`;

class Image {
  readonly bytes = new Uint8Array(place.end - place.start);
  private readonly view = new DataView(this.bytes.buffer);

  word(at: number, value: number): void {
    this.view.setUint32(at - place.start, value, true);
  }

  code(at: number, bytes: Uint8Array | number[]): void {
    this.bytes.set(bytes, at - place.start);
  }
}

function writeStubs(image: Image): void {
  for (let vector = 0; vector < VECTORS; vector++) {
    const at = place.stubs + vector * 16;
    const pushes = withErrorCode.has(vector) ? [0x6a, vector] : [0x6a, 0, 0x6a, vector];
    image.code(at, [...pushes, 0xe9]);
    const end = at + pushes.length + 5;
    image.word(end - 4, place.handler - end);
  }
}

function writeHeader(image: Image): void {
  const fields = [MAGIC, ADDRESSES_VALID, -(MAGIC + ADDRESSES_VALID)];
  // The header's address, the load address, and where load, bss and code end and begin.
  const addresses = [place.start, place.start, place.end, place.end, place.runner];
  for (const [index, value] of [...fields, ...addresses].entries()) image.word(place.start + index * 4, value >>> 0);
}

/** iret leaves an outer ring without data segments. */
const userSegments = (ring: number) => `
  push ${selector.data0 + ring * 16 + ring}
  pop  ds
  push ds
  pop  es`;

/** iret to the user half of a case, in its ring. */
const enterRing = (ring: number, at: number, flags: number) => `
  push ${selector.data0 + ring * 16 + ring}
  push ${place.userStack}
  push ${flags}
  push ${selector.code0 + ring * 16 + ring}
  push ${at}
  iret`;

function writeCase(image: Image, one: Case, index: number): void {
  const at = place.cases + index * place.caseBytes;
  const user = at + USER_HALF;
  const inner = [
    one.kernel ?? '',
    one.user === undefined ? 'int 0x30' : enterRing(one.ring ?? 3, user, one.flags ?? 2),
  ];
  const kernelCode = assemble(inner.join('\n'));
  const userCode = assemble(one.user === undefined ? '' : `${userSegments(one.ring ?? 3)}\n${one.user}\nint 0x30`);
  if (kernelCode.length > user - at || userCode.length > user - at) throw new Error(`${one.name} is too long`);
  image.code(at, kernelCode);
  image.code(user, userCode);
}

/** The whole file, loadable by any multiboot loader at 1 MiB. */
export function buildImage(): Uint8Array {
  const image = new Image();
  writeHeader(image);
  const start = assemble(runner);
  image.code(place.runner, start);
  image.code(place.handler, assemble(handlerText(place.runner + NEXT_AT)));
  writeStubs(image);
  writeTables((at, value) => {
    image.word(at, value);
    image.word(at - place.tables + place.copy, value);
  });
  image.word(place.descriptorOperands, 0x3ff | (place.gdt << 16));
  image.word(place.descriptorOperands + 4, place.gdt >>> 16);
  image.word(place.descriptorOperands + 8, (VECTORS * 8 - 1) | (place.idt << 16));
  image.word(place.descriptorOperands + 12, place.idt >>> 16);
  for (const [index, one] of cases.entries()) writeCase(image, one, index);
  return image.bytes;
}
