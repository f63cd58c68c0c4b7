# Every trap and interrupt of a guest kernel enters here and leaves here, and ring 3 is entered the same way.

#define KERNEL_DS 0x69
#define USER_CS 0x73
#define USER_DS 0x7B
#define EFLAGS_IF 0x200
#define SYSCALL_VECTOR 0x80
#define STUB_BYTES 16
#define STUBS 64   /* 32 traps, 32 interrupts */
# 8, 10-14 and 17 come with an error code (SDM 3A 6.13); the others get a zero, so that all frames are alike.
#define HAVE_ERROR_CODE ((1 << 8) | (0x1f << 10) | (1 << 17))

        .text
        .balign STUB_BYTES
        .globl  trap_stubs
trap_stubs:
        .set    vector, 0
        .rept   STUBS
        .balign STUB_BYTES
        .if     (vector >= 32) || (((HAVE_ERROR_CODE >> (vector & 31)) & 1) == 0)
        pushl   $0
        .endif
        pushl   $vector
        jmp     every_trap
        .set    vector, vector + 1
        .endr

        .balign STUB_BYTES
        .globl  syscall_stub
syscall_stub:
        pushl   $0
        pushl   $SYSCALL_VECTOR
every_trap:
        pusha
        pushl   %ds
        pushl   %es
        movl    $KERNEL_DS, %eax
        movl    %eax, %ds
        movl    %eax, %es
        cld
        pushl   %esp                            # struct frame *
        call    trap
        addl    $4, %esp
        popl    %es
        popl    %ds
        popa
        addl    $8, %esp                        # vector and error code

# @journey guest/iret  Going back without being seen
# `iret` cannot restore our interrupt flag: the real one is not ours to touch, and the host pretends with a word in
# lguest_data.  So we set that word from the frame ourselves and then return; an interrupt between the two would
# find a stack that looks finished and is not.  We cannot forbid it, having just allowed it.  Instead the host was
# told of this stretch of code and delivers nothing while we are in it.
        .globl  return_from_trap, noirq_start, noirq_end
return_from_trap:
        pushl   %eax
        movl    12(%esp), %eax                  # eflags, above eax, eip and cs
        andl    $EFLAGS_IF, %eax
noirq_start:
        movl    %eax, %ss:lguest_data           # irq_enabled comes first; ds may be anybody's by now
        popl    %eax
        iret
noirq_end:
# @end

# void enter_user(u32 eip, u32 esp): becomes the ring-3 program; does not come back.
        .globl  enter_user
enter_user:
        movl    4(%esp), %ecx
        movl    8(%esp), %edx
        pushl   $USER_DS
        pushl   %edx
        pushl   $EFLAGS_IF | 2
        pushl   $USER_CS
        pushl   %ecx
        movl    $USER_DS, %eax
        movl    %eax, %ds
        movl    %eax, %es
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        movl    %eax, %ebx
        movl    %eax, %ecx
        movl    %eax, %edx
        movl    %eax, %esi
        movl    %eax, %edi
        movl    %eax, %ebp
        jmp     return_from_trap

        .section .note.GNU-stack, "", @progbits
