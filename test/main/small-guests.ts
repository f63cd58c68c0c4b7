/**
 * Guests of a few dozen instructions, for rules of the command line that no sample shows.  They are kernels of 4.1's
 * shape that look for their console on the lguest bus, so they are booted with `--devices bus`.
 */

import { buildElf } from '../core/launcher/build-elf.ts';
import { assemble } from '../core/switcher/assemble.ts';

const CODE = 0x100000;
/** Of lguest_data; a text of the guest's own may lie behind TEXT, up to its stack. */
export const DATA = 0x101000;
export const TEXT = 0x102000;
/** What kernels say when nothing is wrong. */
const FAREWELL = 0x101800;
const HANDLER = 0x100800;
const STACK_TOP = 0x104000;
/** An interrupt gate of ring 1's code segment, in two words (SDM 3A figure 6-2). */
export const GATE_LOW = 0x610000 | (HANDLER & 0xffff);
export const GATE_HIGH = (HANDLER & 0xffff0000) | 0x8e00;
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

export const begin = `
    mov  eax, 1                    ; LGUEST_INIT
    mov  ebx, ${DATA}
    int  0x1f
    mov  esp, ${STACK_TOP}
`;

export const shutDown = (how: 'power off' | 'restart') => `
    mov  eax, 2                    ; SHUTDOWN
    mov  ebx, ${FAREWELL}
    mov  ecx, ${{ 'power off': 1, restart: 2 }[how]}
    int  0x1f
`;

/** Prints edx in hexadecimal on a line; the rest of the registers is forgotten. */
const printHex = (label: string) => `
    mov  esi, 8
    mov  edi, ${TEXT}
${label}:
    rol  edx, 4
    mov  eax, edx
    and  eax, 15
    add  eax, 0x30
    cmp  eax, 0x3a
    jb   ${label}_digit
    add  eax, 39                   ; from behind '9' to 'a'
${label}_digit:
    mov  [edi], al
    inc  edi
    dec  esi
    jnz  ${label}
    mov  byte ptr [edi], 10
    mov  byte ptr [edi + 1], 0
    mov  eax, 17                   ; NOTIFY of a string prints it
    mov  ebx, ${TEXT}
    int  0x1f
`;

const handler = `
    mov  dword ptr [${DATA}], 0x200
    iret
`;

export function guest(source: string): Uint8Array {
  return buildElf(
    [
      { at: CODE, bytes: assemble(source) },
      { at: HANDLER, bytes: assemble(handler) },
      { at: DATA, bytes: lguestData(), memoryBytes: 0x3000 },
    ],
    CODE,
  );
}

/** Prints the wall clock's seconds as the host gave them, then leaves. */
export const dateGuest = (how: 'power off' | 'restart' = 'power off'): Uint8Array =>
  guest(`${begin}
    mov  edx, [${DATA + 0xc}]
    ${printHex('seconds')}
    ${shutDown(how)}`);

/** Prints `type queues irq-of-the-first` of each device on the lguest bus, two digits each behind two of zero. */
export const busGuest = (): Uint8Array =>
  guest(`${begin}
    mov  ebp, [0x2d8]              ; the size of memory, from the e820 map: the device page lies there
look:
    movzx edx, byte ptr [ebp]
    test edx, edx
    jz   done
    shl  edx, 8
    mov  dl, [ebp + 1]
    shl  edx, 8
    mov  dl, [ebp + 7]             ; the low byte of its first queue's irq
    ${printHex('device')}
    movzx eax, byte ptr [ebp + 1]
    movzx ecx, byte ptr [ebp + 2]
    movzx edx, byte ptr [ebp + 3]
    lea  eax, [eax * 8 + ecx]
    lea  eax, [eax + ecx + 5]      ; behind queues and both sets of features
    add  eax, edx
    add  ebp, eax
    jmp  look
done:
    ${shutDown('power off')}`);

/** Sleeps by its clock, several times, and then leaves. */
export const sleepingGuest = (times: number, nanoseconds: number): Uint8Array =>
  guest(`${begin}
    mov  eax, 6                    ; LOAD_IDT_ENTRY of the clock's interrupt
    mov  ebx, 32
    mov  ecx, ${GATE_LOW}
    mov  edx, ${GATE_HIGH}
    int  0x1f
    mov  dword ptr [${DATA} + 4], 0      ; the clock is not blocked
    mov  dword ptr [${DATA}], 0x200      ; interrupts are on
    mov  ebp, ${times}
again:
    mov  eax, 9                    ; SET_CLOCKEVENT
    mov  ebx, ${nanoseconds}
    int  0x1f
    mov  eax, 10                   ; HALT
    int  0x1f
    dec  ebp
    jnz  again
    rdtsc
    mov  edx, eax
    ${printHex('clock')}
    ${shutDown('power off')}`);

/** Computes for so many turns of a loop of two, and then leaves. */
export const computingGuest = (turns: number): Uint8Array =>
  guest(`${begin}
    mov  ecx, ${turns}
turn:
    dec  ecx
    jnz  turn
    ${shutDown('power off')}`);
