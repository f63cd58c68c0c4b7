# What the kernel of `trouble` runs in ring 3.  None of these comes back.

#define UNMAPPED 0x20000000

        .text
        .globl  touch_nothing, use_breakpoint, use_system_call, use_hypercall, use_vector_14, use_privileges
touch_nothing:
        movl    $1, UNMAPPED
        jmp     touch_nothing
use_breakpoint:
        int3
        jmp     use_breakpoint
use_system_call:
        int     $0x80
        jmp     use_system_call
use_hypercall:
        int     $0x1f
        jmp     use_hypercall
use_vector_14:
        int     $14
        jmp     use_vector_14
use_privileges:
        inb     $0x60, %al
        jmp     use_privileges

        .section .note.GNU-stack, "", @progbits
