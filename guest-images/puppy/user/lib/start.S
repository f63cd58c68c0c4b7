# The first instruction of every program, and the last: a C main in between.  The kernel leaves argc, argv and the
# environment on the stack.

        .section .text.start, "ax"
        .globl  _start
_start:
        xorl    %ebp, %ebp                      # the outermost frame
        movl    (%esp), %eax                    # argc
        leal    4(%esp), %ecx                   # argv
        leal    8(%esp,%eax,4), %edx            # the environment, behind argv and its zero
        movl    %ecx, program_words
        movl    %edx, environ
        andl    $-16, %esp
        subl    $8, %esp
        pushl   %ecx
        pushl   %eax
        call    main
        pushl   %eax
        call    exit

# int system_call(int number, a, b, c, d, e, f): Linux' convention; the answer may be an errno negated.
        .section .text.system_call, "ax"
        .globl  system_call
system_call:
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   %ebp
        movl    20(%esp), %eax
        movl    24(%esp), %ebx
        movl    28(%esp), %ecx
        movl    32(%esp), %edx
        movl    36(%esp), %esi
        movl    40(%esp), %edi
        movl    44(%esp), %ebp
        int     $0x80
        popl    %ebp
        popl    %edi
        popl    %esi
        popl    %ebx
        ret

# Where a signal's handler returns to: what the program was doing lies on the stack, above the signal's number.
        .section .text.signal_return, "ax"
        .globl  signal_return
signal_return:
        popl    %eax
        movl    $119, %eax                      # sigreturn
        int     $0x80

        .section .bss.environ, "aw", @nobits
        .globl  environ, program_words
        .balign 4
environ:
        .skip   4
program_words:
        .skip   4

        .section .note.GNU-stack, "", @progbits
