/**
 * A guest small enough to know every byte of: one address space, a kernel that is nothing but a page fault handler,
 * and a program handed in by the test.  It keeps a log of every fault it is told of, so that two runs can be compared
 * by comparing its memory.
 *
 *      guest-physical   0x1000 page directory   0x2000 table of KERNEL   0x3000 table of PROGRAM
 *                       0x4000 lguest_data      0x5000 kernel            0x6000 ring-1 stack
 *                       0x7000 the log          0x8000 program, one page, then its stack; from 0x10000 on free
 */

import { assemble } from './assemble.ts';

export const KERNEL = 0xc0000000;
export const PROGRAM = 0x08000000;
export const MEMORY_BYTES = 0x18000;
export const place = {
  directory: 0x1000,
  kernelTable: 0x2000,
  programTable: 0x3000,
  lguestData: 0x4000,
  kernel: 0x5000,
  stack: 0x6000,
  log: 0x7000,
  program: 0x8000,
  programStack: 0x9000,
  readOnly: 0xa000,
  clean: 0xb000,
  free: 0x10000,
} as const;

/** Program addresses with something behind them from the start; all else is missing until touched. */
export const READ_ONLY_PAGE = PROGRAM + 0x3000;
/** Writable and not yet dirty: the host must be told of the first write. */
export const CLEAN_PAGE = PROGRAM + 0x4000;
export const MISSING_PAGES = PROGRAM + 0x10000;

export const RING1_STACK_TOP = KERNEL + place.stack + 0x1000;
export const PROGRAM_STACK_TOP = PROGRAM + 0x2000;

const kernel = assemble(`
fault:
        push eax
        push ecx
        push edx
        push ebx
        mov eax, [${KERNEL + place.lguestData + 8}]     ; cr2, as the host or the Switcher says
        mov ecx, [${KERNEL + place.log + 4}]            ; how many faults so far
        mov edx, [esp + 16]                             ; the error code in the frame
        mov ebx, [esp + 28]                             ; the flags in the frame
        mov [ecx * 8 + ${KERNEL + place.log + 0x10}], eax
        mov [ecx * 8 + ${KERNEL + place.log + 0x14}], edx
        mov [ecx * 4 + ${KERNEL + place.log + 0x800}], ebx
        inc dword ptr [${KERNEL + place.log + 4}]
        shr eax, 12
        mov ebx, eax
        shr ebx, 10
        cmp ebx, ${PROGRAM >>> 22}                      ; nothing of ours: give up
        jne lost
        and eax, 0x3ff
        test edx, 1                                     ; a page that is there is made writable
        jnz copy
        mov ebx, [${KERNEL + place.log}]                ; else the next free page is put there
        add dword ptr [${KERNEL + place.log}], 0x1000
        or ebx, 7
        mov [eax * 4 + ${KERNEL + place.programTable}], ebx
        jmp told
copy:
        or dword ptr [eax * 4 + ${KERNEL + place.programTable}], 2
told:
        mov ebx, [${KERNEL + place.lguestData + 8}]
        mov eax, 14
        int 0x1f                                        ; SET_PTE, for the page of ebx
        mov eax, [esp + 28]
        and eax, 0x200
        mov [${KERNEL + place.lguestData}], eax         ; interrupts as they were
        pop ebx
        pop edx
        pop ecx
        pop eax
        add esp, 4
        iret
lost:
        mov eax, 2
        int 0x1f                                        ; SHUTDOWN
`);

/** The kernel's first instruction. */
export const FAULT_HANDLER = KERNEL + place.kernel;

const images = new Map<string, Uint8Array>();

/** The whole memory of the guest before its first instruction; the same array for the same program. */
export function initialMemory(program: string): Uint8Array {
  const image = images.get(program) ?? buildMemory(program);
  images.set(program, image);
  return image;
}

function buildMemory(program: string): Uint8Array {
  const memory = new Uint8Array(MEMORY_BYTES);
  const view = new DataView(memory.buffer);
  const put = (at: number, value: number) => view.setUint32(at, value, true);
  put(place.directory + (KERNEL >>> 22) * 4, place.kernelTable | 0x63);
  put(place.directory + (PROGRAM >>> 22) * 4, place.programTable | 0x67);
  for (let page = 0; page < MEMORY_BYTES; page += 0x1000) put(place.kernelTable + (page >>> 10), page | 0x63);
  put(place.programTable, place.program | 0x67);
  put(place.programTable + 4, place.programStack | 0x67);
  put(place.programTable + 12, place.readOnly | 0x25);
  put(place.programTable + 16, place.clean | 0x07);
  put(place.lguestData, 0x200);
  put(place.log, place.free);
  memory.set(kernel, place.kernel);
  memory.set(assemble(program), place.program);
  return memory;
}
