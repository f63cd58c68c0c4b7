/**
 * The smallest guest that listens: it offers the console one buffer after another, halts until something was typed,
 * and prints it back; a Q powers it off.  Made here rather than among the samples, because nobody would want to read it.
 */

import { buildElf } from '../core/launcher/build-elf.ts';
import { assemble } from '../core/switcher/assemble.ts';

const CODE = 0x100000;
const DATA = 0x101000;
const BUFFER = 0x103000;
/** What kernels say when nothing is wrong. */
const FAREWELL = 0x101800;
const STACK_TOP = 0x104000;
const HANDLER = 0x100800;
/** An interrupt gate of ring 1's code segment, in two words (SDM 3A figure 6-2). */
const GATE_LOW = 0x610000 | (HANDLER & 0xffff);
const GATE_HIGH = (HANDLER & 0xffff0000) | 0x8e00;
const STATUS_BYTES = 64;

/** lguest_data as kernels from 4.1 on lay it out. */
function lguestData(): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  bytes.set(Buffer.from('Power down'), FAREWELL - DATA);
  const view = new DataView(bytes.buffer);
  bytes.fill(0xff, 0x18, 0x18 + STATUS_BYTES);
  view.setUint32(0x564, 0xc0000000, true);
  view.setUint32(0x568, 0x80, true);
  return bytes;
}

const source = `
    mov  eax, 1                    ; LGUEST_INIT
    mov  ebx, ${DATA}
    int  0x1f
    mov  esp, ${STACK_TOP}
    mov  eax, 6                    ; LOAD_IDT_ENTRY of the console's input interrupt
    mov  ebx, 33
    mov  ecx, ${GATE_LOW}
    mov  edx, ${GATE_HIGH}
    int  0x1f
    mov  ebp, [0x2d8]              ; the size of memory, from the e820 map: the device page lies there
    mov  esi, [ebp + 9]            ; the console's first queue, in pages
    shl  esi, 12
    xor  edi, edi                  ; how many buffers were offered
offer:
    mov  dword ptr [esi], ${BUFFER}
    mov  dword ptr [esi + 8], 8    ; eight bytes of room
    mov  dword ptr [esi + 12], 2   ; to be written by the device
    inc  edi
    mov  [esi + 0x1002], di        ; one more is available, always descriptor 0
    mov  eax, 17                   ; NOTIFY
    mov  ebx, esi
    int  0x1f
sleep:
    cmp  [esi + 0x2002], di        ; used as many as offered?
    je   typed
    mov  eax, 10                   ; HALT
    int  0x1f
    jmp  sleep
typed:
    lea  eax, [edi - 1]
    and  eax, 255
    mov  ecx, [esi + eax * 8 + 0x2008]   ; how much was written
    mov  byte ptr [ecx + ${BUFFER}], 0
    mov  eax, 17                   ; NOTIFY of a string prints it
    mov  ebx, ${BUFFER}
    int  0x1f
    cmp  byte ptr [${BUFFER}], 0x51
    jne  offer
    mov  eax, 2                    ; SHUTDOWN
    mov  ebx, ${FAREWELL}
    mov  ecx, 1                    ; power off
    int  0x1f
`;

/** Being interrupted is all we wanted: interrupts on again, and back behind the HALT. */
const handlerSource = `
    mov  dword ptr [${DATA}], 0x200
    iret
`;

export function echoGuest(): Uint8Array {
  return buildElf(
    [
      { at: CODE, bytes: assemble(source) },
      { at: HANDLER, bytes: assemble(handlerSource) },
      { at: DATA, bytes: lguestData(), memoryBytes: 0x3000 },
    ],
    CODE,
  );
}
