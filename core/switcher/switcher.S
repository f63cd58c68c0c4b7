# The Switcher: the one page both worlds have in common, mapped at the same address in the host's tables and in every
# guest's.  It knows how to cross and how to come home; it never asks why.  lguest's idea and record layouts, our code.
#
# What keeps it safe, and must be kept by whoever changes it:
#  * LGUEST_CS and LGUEST_DS mean the same in both GDTs, and the guest's IDT is in force from before the first word
#    of the guest's world is loaded until after the last word of the host's is back.  So whatever happens in between
#    arrives at a stub below, and the host's own handlers never run on half a world.
#  * Going in, the guest's registers are read where they lie and nothing is popped: below them is only stack.  A fault
#    or an NMI pushes its frame there and spoils nothing, up to the last instruction, whose place is `door_in`.
#  * Each side clears the busy bit of its own TSS just before it loads it, so either way may be taken from any point.
#  * Page 0 is the guest's to write.  What must be true is in page 1, which changes only under the host's tables.
# The NMI's ways are in nmi.S, the page-fault walker in walker.S; the numbers come from lguest-pages.ts.
# In the verse, each line speaks of the instruction that it stands above.

        .include "offsets.generated.S"
        .text

# @journey switcher/crossing-in Into the guest
# Two worlds share nothing but this page of code,
# a pair of selectors, and two pages more.
# The host comes calling: eax says where those lie,
# and ebx the guest's own tables' root.
switch_to_guest:
        # The frame that C will want when we return,
        push    %ebp
        # the extra segment, which the guest shall have,
        push    %es
        # the data segment, which it shall have too,
        push    %ds
        # gs, for a guest may keep its threads in there,
        push    %gs
        # and fs last: all lie on the host's own stack.
        push    %fs
        # And where that stack was left, we leave a note.
        mov     %esp, PAGES_HOST_SP(%eax)
        # From here an interrupt will find our stubs:
        lidt    PAGES_GUEST_IDT_POINTER(%eax)
crossing_in:
        # now selectors shall mean what guests have said.
        lgdt    PAGES_GUEST_GDT_POINTER(%eax)
        # The guest's own TSS must not look in use
        andb    $~TSS_BUSY, PAGES_GUEST_GDT + TSS_RIGHTS(%eax)
        # (its selector is fixed, the same for both)
        mov     $TSS_SELECTOR, %edx
        # when it is loaded; that marks it again.
        ltr     %dx
        # The stack now points to registers at rest,
        lea     PAGES_EAX(%eax), %esp
        # and with this load the host's whole world is gone.
        mov     %ebx, %cr3
crossed_in:
        # Here lie the guest's own words.  The first is eax,
        mov     REGS_EAX(%esp), %eax
        # then ebx, whose cargo we have used,
        mov     REGS_EBX(%esp), %ebx
        # then ecx, and nothing here is popped:
        mov     REGS_ECX(%esp), %ecx
        # a word once read stays readable below
        mov     REGS_EDX(%esp), %edx
        # until the very last of us has run.
        mov     REGS_ESI(%esp), %esi
        # So if we stumble, we can start afresh;
        mov     REGS_EDI(%esp), %edi
        # the frame of any fault goes underneath.
        mov     REGS_EBP(%esp), %ebp
        # These four may fault: the selectors are the guest's.
        mov     REGS_GS(%esp), %gs
        # If one is bad, a stub will find us here
        mov     REGS_FS(%esp), %fs
        # and tell the host that we have come to grief,
        mov     REGS_DS(%esp), %ds
        # with its own stack untouched, its notes intact.
        mov     REGS_ES(%esp), %es
        # Skip trap and error: what remains is five words,
        add     $REGS_EIP, %esp
door_in:
        # the last of which we need, and through the door.
        iret
# @end

# Each way home starts the same: the guest is stopped, and its
# last words are on our stack, the trap on top.
        .macro  LEAVE_GUEST road
        # We push the rest, as they lie in the record:
        push    %es
        # the segments first, of which the guest had four,
        push    %ds
        # (the selector is all that need be kept)
        push    %fs
        # and next to each its zero-padded half;
        push    %gs
        # the frame,
        push    %ebp
        # the destination
        push    %edi
        # and the source,
        push    %esi
        # then edx,
        push    %edx
        # and ecx,
        push    %ecx
        # the base,
        push    %ebx
        # and eax, which brings the record to its end.
        push    %eax
        # Whose page is this?  The stack alone can say:
        mov     %esp, %ebp
        # round down its pointer, and the page is found.
        and     $-PAGES_BYTES, %ebp
\road\()_home:
        .ifc    \road, deliver
        # The number of the trap lies in the guest's page,
        mov     PAGES_TRAPNUM(%ebp), %ebx
        .endif
        # and here is what the host's own tables were.
        mov     PAGES_HOST_CR3(%ebp), %ecx
        # The guest's world folds; the host's is all around.
        mov     %ecx, %cr3
        # Its stack is where the note says it was left,
        mov     PAGES_HOST_SP(%ebp), %esp
        # its selectors mean what they meant before,
        lgdt    PAGES_HOST_GDT(%ebp)
        # and in that table, (here is where it starts)
        mov     PAGES_HOST_GDT + TABLE_POINTER_BASE(%ebp), %edx
        # the host's own TSS looks as if in use:
        andb    $~TSS_BUSY, %ss:TSS_RIGHTS(%edx)
        # it is not, so we call it by its name
        mov     $TSS_SELECTOR, %ecx
        # and load it, and it is in use again.
        ltr     %cx
        # Off its own stack we take what we put by:
        pop     %fs
        # the second odd one
        pop     %gs
        # and the data's own,
        pop     %ds
        # the extra; now all selectors are home.
        pop     %es
        # Last change its handlers back: it can see again.
        lidt    PAGES_HOST_IDT(%ebp)
        # Is there an NMI that we still owe?
        cmpl    $0, PAGES_NMI_OWED(%ebp)
        # If so then pay it, and come back to here.
        jne     \road\()_owes
\road\()_settled:
        .endm

# @journey switcher/coming-home Two ways home
# A trap is for the host's own C to judge,
# but first make sure that it was not our own.
trap_home:
        # The ring it came from says if it was ours:
        testb   $RING_MASK, FRAME_CS(%esp)
        # the guest is never in ring nought, but we are.
        jz      trap_within
return_to_host:
        LEAVE_GUEST return
        # The frame that C had wanted, it gets back.
        pop     %ebp
        # What is left is the far call's frame: we are done.
        iret

# An interrupt was never meant for us.
# The host's own handler takes it from the gate
# as if the host had been what it disturbed.
deliver_to_host:
        LEAVE_GUEST deliver
        # We need to know where all the host's gates stand,
        mov     PAGES_HOST_IDT + TABLE_POINTER_BASE(%ebp), %edx
        # and then the frame of C is C's again.
        pop     %ebp
through_gate:
        # The gate holds half its offset in the top,
        mov     GATE_HIGH(%edx, %ebx, GATE_BYTES), %eax
        # and half below; together they are one.
        mov     GATE_LOW(%edx, %ebx, GATE_BYTES), %ax
        # Between the halves stands which code it shall be.
        movzwl  GATE_SELECTOR(%edx, %ebx, GATE_BYTES), %ecx
        # The selector goes first upon the stack,
        push    %ecx
        # the offset after,
        push    %eax
        # and so we are there: its iret leads to C.
        lret
# @end

# A trap from ring nought means we fell ourselves:
# a selector that would not load, or worse,
# or else the walker reading what's not there.
trap_within:
        # fast path begins
        # Did it come in before the walker's start?
        cmpl    $walker, FRAME_EIP(%esp)
        # Then it is not the walker's.
        jb      trap_unforeseen
        # Past its end?
        cmpl    $walker_tail, FRAME_EIP(%esp)
        # If not, it stumbled, and it knows the way.
        jb      walker_stumbled
        # fast path ends
trap_unforeseen:
        # The number tells the host not much,
        pop     %eax
        # but this is what the selector was that failed.
        pop     %ecx
        # Now make some room
        sub     $SIDT_ROOM, %esp
        # to ask which IDT has led us here:
        sidt    (%esp)
        # its base lies in the pages that we want,
        mov     TABLE_POINTER_BASE(%esp), %ebp
        # whose start is found by rounding it down.
        and     $-PAGES_BYTES, %ebp
        # The number that no trap has, for the host,
        movl    $TRAP_IN_SWITCH, PAGES_TRAPNUM(%ebp)
        # and with it the error, to be read by men.
        mov     %ecx, PAGES_ERRCODE(%ebp)
        # The host's own stack is whole, and so is C.
        jmp     return_home

        .include "nmi.S"
        .include "walker.S"

# Two hundred and fifty-six little doors, all of
# one width, so that a number finds its place.
        .macro  STUB number
        .balign STUB_BYTES
stub_\number:
        .if     \number == VECTOR_NMI
        # The one that nobody can mask goes elsewhere,
        jmp     nmi
        .else
        .set    pushed, 0
        .if     \number < VECTOR_FIRST_IRQ
        .set    pushed, (ERROR_CODES >> \number) & 1
        .endif
        .if     pushed == 0
        # No error was pushed, so we push a nought
        push    $0
        .endif
        # and then the number, so that all are alike.
        push    $\number
        .if     \number == VECTOR_HYPERCALL || \number == VECTOR_SYSTEM_CALL
        # A call that rings above nought only can make:
        jmp     return_to_host
        .elseif \number < VECTOR_FIRST_IRQ
        # A trap comes home, once it is known whose it was;
        jmp     trap_home
        .else
        # an interrupt goes on to where it belongs.
        jmp     deliver_to_host
        .endif
        .endif
        .endm

        .balign PAGE_BYTES
stubs:
        .altmacro
        .set    vector, 0
        .rept   VECTORS
        STUB    %vector
        .set    vector, vector + 1
        .endr
        .noaltmacro
        .balign STUB_BYTES
switcher_end:
