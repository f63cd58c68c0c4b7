# One memory access with every register, the flags and even the stack pointer chosen beforehand, so that the kernel can
# check what it finds in its frame, and the program what comes back.  This takes assembly: C owns the registers.

#define ARMED 1
#define SEEN 2
#define EIP 12   /* offsets in struct announcement, job.h */
#define EFLAGS 20
#define ESP 24
#define REGISTERS 28
#define EAX 56
#define ANNOUNCEMENT_BYTES 60
#define PLAIN_EFLAGS 2
#define EIGHT_REGISTERS 32

        .text
# void probe(u32 kind, u32 fault_expected)
        .globl  probe
probe:
        pusha
        movl    EIGHT_REGISTERS + 4(%esp), %eax
        movl    accesses(, %eax, 4), %ecx
        movl    %ecx, announcement + EIP
        movl    EIGHT_REGISTERS + 8(%esp), %edx
        movl    %edx, expected
        movl    %esp, kept_esp
        movl    $ARMED, announcement
        pushl   announcement + EFLAGS
        popf
        movl    $announcement + REGISTERS, %esp
        popa
        movl    announcement + ESP, %esp
        jmp     *announcement + EIP             # nothing above and below this line changes a flag

load:   movl    (%edi), %eax
        jmp     look
store:  movl    %eax, (%edi)
        jmp     look
add:    addl    %eax, (%edi)

look:   movl    %esp, seen_esp
        movl    $seen_end, %esp
        pushf
        pusha                                   # now seen_registers holds them all
        movl    kept_esp, %esp
        pushl   $PLAIN_EFLAGS
        popf

# All as before?  eax may have been loaded, and an addition sets flags as it likes.
        xorl    %ebx, %ebx
        movl    announcement + ESP, %eax
        cmpl    seen_esp, %eax
        setne   %bl
        movl    $seen_registers, %esi
        movl    $announcement + REGISTERS, %edi
        movl    $3, %ecx                        # edi esi ebp
        call    compare
        addl    $4, %esi                        # what pusha calls esp means nothing here
        addl    $4, %edi
        movl    $3, %ecx                        # ebx edx ecx
        call    compare
        movl    EIGHT_REGISTERS + 4(%esp), %eax
        cmpl    $1, %eax
        ja      1f
        movl    seen_eflags, %eax
        orl     $0x200, %eax
        xorl    announcement + EFLAGS, %eax
        cmpl    $0x200, %eax                    # ring 3 always sees interrupts on
        setne   %cl
        orb     %cl, %bl
1:      movl    seen_eax, %eax
        movl    %eax, announcement + EAX
# And did the fault come, or stay away, as announced?
        movl    $ARMED, %eax
        addl    expected, %eax                  # ARMED if none was due, else SEEN
        cmpl    announcement, %eax
        setne   %cl
        orb     %cl, %bl
        addl    %ebx, announced_faults_missing
        movl    $0, announcement
        popa
        ret

# Compares ecx words at esi and edi; sets bit 0 of ebx if they differ.
compare:
        repe cmpsl
        setne   %al
        leal    (%esi, %ecx, 4), %esi
        leal    (%edi, %ecx, 4), %edi
        orb     %al, %bl
        ret

        .data
accesses: .long load, store, add
        .globl  announcement, announced_faults_missing
        .balign 4
announcement: .skip ANNOUNCEMENT_BYTES
announced_faults_missing: .long 0
expected: .long 0
kept_esp: .long 0
seen_esp: .long 0
seen_registers: .skip 28                        # edi esi ebp esp ebx edx ecx
seen_eax: .long 0
seen_eflags: .long 0
seen_end:

        .section .note.GNU-stack, "", @progbits
