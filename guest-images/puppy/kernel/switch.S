# Changing kernel stacks, and how a process that never ran gets to run.

        .text
# @journey guest/switch  Somebody goes to sleep and somebody else wakes up
# To the caller this is a function that takes a while.  To the processor it is one that is called on one stack and
# returns on another: what C expects to find unchanged is pushed, the stacks change places, and the pops below belong
# to whoever called here last from the new one.
# void switch_stacks(u32 *save, u32 load)
        .globl  switch_stacks
switch_stacks:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, (%eax)
        movl    %edx, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
# @end

# A new process has a stack made to look as if it had called switch_stacks from here.
        .globl  begin_child, begin_init
begin_init:
        call    finish_switch
        call    become_init
        jmp     leave
begin_child:
        call    finish_switch
leave:
        pushl   %esp                            # struct frame *
        call    leave_kernel
        addl    $4, %esp
        popl    %es
        popl    %ds
        popa
        addl    $8, %esp                        # vector and error code
        jmp     return_from_trap

        .section .note.GNU-stack, "", @progbits
