# Where a guest kernel of ours begins: in ring 1, at a physical address, with no stack.  It tells the host about
# lguest_data, moves to page tables of its own (laid out below by the assembler, for nobody is there yet to fill
# them) and goes on in C at 3 GiB.

#define PAGE_OFFSET 0xC0000000
#define PRESENT_WRITABLE_OURS 0x63   /* present, writable, accessed, dirty; supervisor only */
#define LGUEST_INIT 1
#define NEW_PGTABLE 4

# @journey guest/entry  From a borrowed address to one's own
# A guest starts where virtual and physical are the same, a favour the host grants until the guest has page tables.
# So the first few instructions must not use the addresses they were linked for: every name below that is not a jump
# has PAGE_OFFSET taken off.  The boot tables map the first 4 MiB twice, here and at 3 GiB, and thus the ground does
# not vanish between loading them and jumping up.
        .section .text.entry, "ax"
        .globl  entry
entry:
        movl    $boot_stack_top - PAGE_OFFSET, %esp
        pushl   %esi                            # boot_params
        call    before_init
        movl    $LGUEST_INIT, %eax
        movl    $lguest_data - PAGE_OFFSET, %ebx
        int     $0x1f
        movl    $NEW_PGTABLE, %eax
        movl    $boot_directory - PAGE_OFFSET, %ebx
        int     $0x1f
        movl    $upstairs, %eax
        jmp     *%eax
upstairs:
        movl    $boot_stack_top, %esp
        call    start_kernel

# A guest with something to do before lguest_data is announced (they are all up to no good) defines its own.
        .text
        .weak   before_init
before_init:
        ret

        .data
        .balign 4096
        .globl  boot_directory
boot_directory:
        .long   boot_table - PAGE_OFFSET + PRESENT_WRITABLE_OURS
        .fill   (PAGE_OFFSET >> 22) - 1, 4, 0
        .long   boot_table - PAGE_OFFSET + PRESENT_WRITABLE_OURS
        .fill   1024 - (PAGE_OFFSET >> 22) - 1, 4, 0
boot_table:
        .set    frame, 0
        .rept   1024
        .long   frame + PRESENT_WRITABLE_OURS
        .set    frame, frame + 4096
        .endr
# @end

        .bss
        .balign 16
        .skip   8192
        .globl  boot_stack_top
boot_stack_top:

        .section .note.GNU-stack, "", @progbits
