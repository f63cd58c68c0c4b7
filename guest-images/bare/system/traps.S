# How ring 3 gets in and out: a stub for each exception (nobody expects any), the handlers that are measured, and the
# programs that run in ring 3 to call on them.

#include "assembly.h"

        .set    STUB_BYTES, 16
        .set    ERROR_CODES, 0x00027d00         # which exceptions push one: 8, 10 to 14, 17

        .text
        .balign STUB_BYTES
        .globl  trap_stubs
trap_stubs:
        .set    vector, 0
        .rept   32
        .if     !((ERROR_CODES >> vector) & 1)
        pushl   $0
        .endif
        pushl   $vector
        jmp     trapped
        .balign STUB_BYTES
        .set    vector, vector + 1
        .endr
trapped:
        call    unexpected                      # vector, error code and eip lie on the stack as its arguments

# u32 call_user(code, argument)
        .globl  call_user
call_user:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    20(%esp), %eax
        movl    24(%esp), %ecx
        movl    %esp, resume_stack
        movl    $USER_DATA, %edx
        movl    %edx, %ds
        movl    %edx, %es
        pushl   %edx
        pushl   $user_stack_top
        pushl   $2                              # eflags: interrupts off, no I/O privilege
        pushl   $USER_CODE
        pushl   %eax
        xorl    %eax, %eax
        xorl    %ebx, %ebx
        iret
        .globl  leave_user
leave_user:
        movl    $KERNEL_DATA, %edx
        movl    %edx, %ds
        movl    %edx, %es
        movl    resume_stack, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

# --- int80: the cheapest round trip there is ---
        .globl  count_call
count_call:
        incl    %eax
        incl    calls_counted
        iret

# --- syscall: the same trip with what a kernel does on it: registers saved, segments loaded, a function chosen ---
        .globl  serve
serve:
        pushl   %es
        pushl   %ds
        pusha
        movl    $KERNEL_DATA, %edx
        movl    %edx, %ds
        movl    %edx, %es
        pushl   %ecx
        call    *services(,%eax,4)
        popl    %ecx
        movl    %eax, 28(%esp)                  # where popa finds eax
        popa
        popl    %ds
        popl    %es
        iret

# --- fault: a read that is never allowed, and a way past it ---
        .globl  step_over_fault
step_over_fault:
        pushl   %eax
        movl    %cr2, %eax
        cmpl    $HOLE, %eax
        jne     wrong_fault
        cmpl    $4, 4(%esp)                     # error code: not present, a read, from ring 3
        jne     wrong_fault
        cmpl    $faulting_read, 8(%esp)
        jne     wrong_fault
        movl    $after_fault, 8(%esp)
        incl    faults_counted
        popl    %eax
        addl    $4, %esp
        iret

# --- within: what ring 0 does to itself, on its own stack: an interrupt, and a read that faults and is stepped over ---
        .globl  step_over_own_fault
step_over_own_fault:
        cmpl    $0, (%esp)                      # error code: not present, a read, from ring 0
        jne     wrong_own_fault
        cmpl    $own_faulting_read, 4(%esp)
        jne     wrong_own_fault
        movl    $after_own_fault, 4(%esp)
        incl    faults_counted
        addl    $4, %esp
        iret

# u32 call_within(times)
        .globl  call_within
call_within:
        movl    4(%esp), %ecx
        xorl    %eax, %eax
1:      int     $COUNT_CALL
own_faulting_read:
        movl    HOLE, %edx
        ud2
after_own_fault:
        decl    %ecx
        jnz     1b
        ret

# --- demand: a page that appears when it is touched ---
        .globl  supply_page
supply_page:
        pushl   %eax
        pushl   %edx
        movl    %cr2, %eax
        cmpl    $6, 8(%esp)                     # error code: not present, a write, from ring 3
        jne     wrong_demand
        subl    $HOLE, %eax
        shrl    $12, %eax
        movl    frames_to_supply(,%eax,4), %edx
        movl    table_to_supply, %eax
        addl    $4, table_to_supply
        movl    %edx, (%eax)
        incl    faults_counted
        popl    %edx
        popl    %eax
        addl    $4, %esp
        iret

wrong_demand:
        popl    %edx
wrong_fault:
        popl    %eax
wrong_own_fault:
        pushl   $14
        call    unexpected

        .data
        .balign 4
        .globl  calls_counted, faults_counted, table_to_supply
calls_counted:
        .long   0
faults_counted:
        .long   0
table_to_supply:
        .long   0
resume_stack:
        .long   0

# What runs in ring 3.  Count in ecx; what it saw goes home in eax.
        .section .user, "awx"
        .globl  user_int80, user_syscall, user_fault, user_demand
user_int80:
        int     $COUNT_CALL
        decl    %ecx
        jnz     user_int80
        int     $LEAVE_USER

# Asks for one service and the other in turn, and adds up what they answer.
user_syscall:
        movl    %ecx, %eax
        andl    $1, %eax
        int     $SERVICE_CALL
        addl    %eax, %ebx
        decl    %ecx
        jnz     user_syscall
        movl    %ebx, %eax
        int     $LEAVE_USER

user_fault:
faulting_read:
        movl    HOLE, %eax
        ud2
after_fault:
        incl    %ebx
        decl    %ecx
        jnz     user_fault
        movl    %ebx, %eax
        int     $LEAVE_USER

user_demand:
        movl    $HOLE, %edx
1:      movl    %ecx, (%edx)
        addl    (%edx), %ebx
        addl    $4096, %edx
        decl    %ecx
        jnz     1b
        movl    %ebx, %eax
        int     $LEAVE_USER

        .balign 16
        .skip   1024
user_stack_top:

        .section .note.GNU-stack, "", @progbits
