# Where Linux jumps to: the argument count and the arguments lie on the stack, as if we had been called without a return.

        .text
        .globl  entry
entry:
        finit
        pushl   %esp                            # pushes what it was: where the count lies
        call    start_on_linux

        .section .note.GNU-stack, "", @progbits
