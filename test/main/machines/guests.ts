/** Guests of a few dozen instructions for what a machine's thread promises and no sample shows; all for the lguest bus. */

import { begin, guest, shutDown, TEXT } from '../small-guests.ts';

/** Of each line of a flood: eight digits that count, dots, an end of line. As long as a NOTIFY may print. */
const LINE_BYTES = 4094;

/** Prints so many long lines, counted in hexadecimal, as fast as it can. */
export const floodGuest = (lines: number): Uint8Array =>
  guest(`${begin}
    mov  edi, ${TEXT}
    mov  ecx, ${LINE_BYTES - 1}
    mov  al, 0x2e
    rep stosb
    mov  word ptr [edi], 10        ; and a NUL behind it
    xor  ebp, ebp
line:
    mov  edi, ${TEXT}
    mov  esi, 8
    mov  edx, ebp
digit:
    rol  edx, 4
    mov  eax, edx
    and  eax, 15
    add  eax, 0x30
    cmp  eax, 0x3a
    jb   small
    add  eax, 39                   ; from behind '9' to 'a'
small:
    mov  [edi], al
    inc  edi
    dec  esi
    jnz  digit
    mov  eax, 17                   ; NOTIFY of a string prints it
    mov  ebx, ${TEXT}
    int  0x1f
    inc  ebp
    cmp  ebp, ${lines}
    jb   line
    ${shutDown('power off')}`);

export function floodText(lines: number): string {
  const dots = '.'.repeat(LINE_BYTES - 9);
  return Array.from({ length: lines }, (_, line) => `${line.toString(16).padStart(8, '0')}${dots}\n`).join('');
}

/** What `writingGuest` leaves in its disk's second sector. */
export const WRITTEN = 0x77;
const DATA = TEXT + 0x200;
const STATUS = TEXT + 0x100;
const SAID = TEXT + 0x400;

/** Writes one sector of its only disk, says "written", and halts for good without asking for a flush. */
export const writingGuest = (): Uint8Array =>
  guest(`${begin}
    mov  dword ptr [${TEXT}], 1            ; a write
    mov  dword ptr [${TEXT} + 8], 1        ; of the second sector
    mov  edi, ${DATA}
    mov  ecx, 512
    mov  al, ${WRITTEN}
    rep stosb
    mov  ebp, [0x2d8]              ; the device page lies where memory ends; the disk comes first on it
    movzx ecx, word ptr [ebp + 5]  ; how many descriptors its queue has
    mov  esi, [ebp + 9]
    shl  esi, 12
    mov  dword ptr [esi], ${TEXT}
    mov  dword ptr [esi + 8], 16
    mov  dword ptr [esi + 12], 0x00010001  ; there is a next one, the second
    mov  dword ptr [esi + 16], ${DATA}
    mov  dword ptr [esi + 24], 512
    mov  dword ptr [esi + 28], 0x00020001
    mov  dword ptr [esi + 32], ${STATUS}
    mov  dword ptr [esi + 40], 1
    mov  dword ptr [esi + 44], 2           ; for the device to write
    shl  ecx, 4
    mov  word ptr [esi + ecx + 2], 1       ; one is available, the first
    mov  byte ptr [${STATUS}], 0xff
    mov  eax, 17                   ; NOTIFY
    mov  ebx, esi
    int  0x1f
waiting:
    cmp  byte ptr [${STATUS}], 0
    jne  waiting
    mov  dword ptr [${SAID}], 0x74697277   ; "written" and an end of line
    mov  dword ptr [${SAID} + 4], 0x0a6e6574
    mov  eax, 17
    mov  ebx, ${SAID}
    int  0x1f
halted:
    mov  eax, 10                   ; HALT
    int  0x1f
    jmp  halted
  `);
