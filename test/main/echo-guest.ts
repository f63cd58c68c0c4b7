/**
 * The smallest guest that listens: it offers the console one buffer after another, halts until something was typed,
 * and prints it back; a Q powers it off.  Made here rather than among the samples, because nobody would want to read it.
 */

import { begin, GATE_HIGH, GATE_LOW, guest, shutDown } from './small-guests.ts';

/** Behind lguest_data, and in memory that nothing else uses. */
const BUFFER = 0x103000;

export const echoGuest = (): Uint8Array =>
  guest(`${begin}
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
    ${shutDown('power off')}`);
