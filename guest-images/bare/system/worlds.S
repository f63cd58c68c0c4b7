# From one world to another and back, the way a hypervisor without help does it: everything the processor knows about
# where it is gets exchanged, and the one instruction that finally jumps is iret.

#include "assembly.h"

# @journey ground/two-worlds  What a world switch costs, with nothing around it
# Before there is a Switcher there is the plain arithmetic of it: two directories, two descriptor tables, two task states,
# and sixteen pages touched on either side.  Both worlds count in the same sixteen addresses, and neither may find the
# other's numbers there.  Whatever the real Switcher costs beyond this is its own doing.
        .text
# What both ways have in common.  eax: the world to enter; edx: the one to leave.
        .macro  exchange_worlds
        lgdt    WORLD_GDTR(%eax)
        lidt    WORLD_IDTR(%eax)
        andb    $~BUSY, WORLD_BUSY_BYTE(%edx)   # or ltr would refuse the way back
        movl    WORLD_DIRECTORY(%eax), %ecx
        movl    %ecx, %cr3
        movl    $TASK, %ecx
        ltr     %cx
        movl    WORLD_STACK(%eax), %esp
        .endm

# void switch_worlds(there, here)
        .globl  switch_worlds
switch_worlds:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        pusha
        movl    %esp, WORLD_STACK(%edx)
        exchange_worlds
        movl    $USER_DATA, %ecx
        movl    %ecx, %ds
        movl    %ecx, %es
        popa
        iret

# What int $LEAVE_WORLD does in the other world.
        .globl  leave_world
leave_world:
        pusha
        movl    $KERNEL_DATA, %ecx
        movl    %ecx, %ds
        movl    %ecx, %es
        movl    here_and_there, %eax
        movl    here_and_there + 4, %edx
        movl    %esp, WORLD_STACK(%edx)
        exchange_worlds
        popa
        ret
# @end

        .bss
        .balign 4
        .globl  here_and_there
here_and_there:
        .skip   8

        .section .user, "awx"
        .globl  user_world
user_world:
        movl    $WINDOW, %edx
        movl    $WINDOW_PAGES, %ecx
1:      incl    (%edx)
        addl    $4096, %edx
        decl    %ecx
        jnz     1b
        int     $LEAVE_WORLD
        jmp     user_world

        .section .note.GNU-stack, "", @progbits
