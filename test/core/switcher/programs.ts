/** Programs for the little guest, and what a page fault can be. */

import { CLEAN_PAGE, MISSING_PAGES, READ_ONLY_PAGE } from './little-guest.ts';

/** Every kind of ring-3 fault once: missing by read and write, copy on write, a clean page, one amid a string. */
export const everyFault = `
        mov eax, ${MISSING_PAGES}
        mov dword ptr [eax], 1              ; missing, written: the guest's to see
        mov ebx, [eax + 0x1000]             ; missing, read: the same
        mov dword ptr [eax + 0x1000], 2     ; there by now; whether the host knows is its affair
        mov dword ptr [${READ_ONLY_PAGE}], 3        ; there and read-only: the guest's
        mov dword ptr [${CLEAN_PAGE}], 4            ; there, writable and clean: the host's
        mov edi, ${MISSING_PAGES + 0x3000 - 8}
        mov ecx, 16
        mov eax, 0x55
        cld
        rep stosb                           ; across two missing pages, the second in the middle
        push edi
        int 0x80
`;

/** One of each that matters, for runs that are repeated thousands of times. */
export const fewFaults = `
        mov eax, ${MISSING_PAGES}
        stc
        mov dword ptr [eax], 1              ; the guest's
        adc eax, 0                          ; flags must have come through
        mov dword ptr [${CLEAN_PAGE}], eax          ; the host's
        int 0x80
`;

/** A fault where the guest has not even a table: the walker looks twice, and the guest gives up. */
export const lostFault = `
        mov eax, [0x10000000]
        int 0x80
`;
