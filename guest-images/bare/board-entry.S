# Where a multiboot loader jumps to: flat protected mode, interrupts off, ebx at the loader's information, no stack.

        .set    MAGIC, 0x1badb002
        .set    WANT_MEMORY, 2

        .section .multiboot, "a"
        .balign 4
        .long   MAGIC, WANT_MEMORY, -(MAGIC + WANT_MEMORY)

        .text
        .globl  entry
entry:
        movl    $stack_top, %esp
        finit
        pushl   %ebx
        call    start_on_board

        .bss
        .balign 16
        .skip   16384
        .globl  stack_top
stack_top:

        .section .note.GNU-stack, "", @progbits
