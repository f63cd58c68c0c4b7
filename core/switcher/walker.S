# lguest's M:012, the fast path: a ring-3 page fault that the guest's own tables explain goes straight to the guest's
# handler, one crossing saved of two.  It stands in for stub 14 only where the host has pointed the gate at it.
#
# It reads the guest's page tables through the guest's own mapping of its memory, kernel_address + guest-physical, so
# it sees no more than the guest's kernel could; the host has bounded that sum below the Switcher (walker.ts).  Any
# doubt at all, and the fault goes home by stub 14 as if nobody had looked: error code, registers and cr2 untouched.
# What it writes, it writes in the host's own order, and only once it knows: cr2 and the frame may still fault (then
# the host writes the same again); irq_enabled comes last, in the page that cr2 was in, with nothing after it to fail.
#
#      esp after pusha:  edi esi ebp esp ebx edx ecx eax | error eip cs eflags esp ss | end of page 0
#
# ebp: the pages   edx: cr2   ecx: rights the access needs   edi, ebx: lguest_data, top of the ring-1 stack

# fast path begins
# (Here, not below: from here on to the tail
# an NMI may still turn the walker back.)
# The bits had been turned round: present is now clear.
walker_wonders:
        # Not there at all?
        test    $ENTRY_PRESENT, %al
        # Then that is plain enough.
        jnz     walker_reflects
        # The host shall say if it is odd or wrong.
        jmp     walker_too_odd

# @journey switcher/walker A fault that need not go home
# A program touched what it was not to touch.
# The host would only tell it so itself:
# let us be quick and do it in its stead.
walker:
        # One step saves all; it falls or is done whole.
        pusha
        # What sort of fault?  The error code will say.
        mov     WALK_ERROR(%esp), %ecx
        # Ring three, and either missing or a write:
        mov     $WALKABLE_ERRORS, %eax
        # there are but three such codes, and three bits set.
        bt      %ecx, %eax
        # All others we do not so much as look at.
        jnc     walker_not_ours
        # A page must be there, and allow all that:
        or      $ENTRY_PRESENT, %ecx
        # Whose page is this?  The stack alone can say:
        mov     %esp, %ebp
        # round down its pointer, and the page is found.
        and     $-PAGES_BYTES, %ebp
        # What was it that the program tried to touch?
        mov     %cr2, %edx
        # The guest's directory lies over here,
        mov     PAGES_WALKER_DIRECTORY(%ebp), %ebx
        # the address' topmost bits
        mov     %edx, %esi
        # are all we want;
        shr     $DIRECTORY_SHIFT, %esi
        # they choose the entry (and the read may fault).
        mov     %ss:(%ebx, %esi, ENTRY_BYTES), %eax
        # The rights it lacks turn into bits that are set,
        xor     %ecx, %eax
        # and with the rights we need,
        mov     %ecx, %edi
        # the bits that no good entry has
        or      $DIRECTORY_REFUSED, %edi
        # must all be clear,
        test    %edi, %eax
        # or else it is not plain.
        jnz     walker_wonders
        # The table's place is what remains,
        and     $ENTRY_ADDRESS, %eax
        # and that must lie where we may look at all.
        cmp     PAGES_WALKER_REACH(%ebp), %eax
        # (The guest may put there anything it likes.)
        jae     walker_out_of_reach
        # The kernel sees its memory from here up.
        add     PAGES_WALKER_KERNEL_ADDRESS(%ebp), %eax
        # The address again:
        mov     %edx, %esi
        # the middle bits
        shr     $PAGE_SHIFT, %esi
        # and only those
        and     $TABLE_INDEX_MASK, %esi
        # choose what the table says of it.
        mov     %ss:(%eax, %esi, ENTRY_BYTES), %eax
        # What it grants not
        not     %eax
        # and we would need:
        test    %ecx, %eax
        # if none, the host's own shadow is to blame.
        jz      walker_allowed

# The guest's own tables say no.  It shall hear.
walker_reflects:
        # Here does it keep the notes it shares with us,
        mov     PAGES_WALKER_LGUEST_DATA(%ebp), %edi
        # and here the top of its own ring-one stack.
        mov     PAGES_GUEST_TSS + TSS_SP1(%ebp), %ebx
        # First where it was (a guest cannot read cr2).
        mov     %edx, %ss:LGUEST_DATA_CR2(%edi)
        # The frame: the stack segment the program had,
        mov     WALK_SS(%esp), %eax
        # goes first, and deepest;
        mov     %eax, %ss:FRAME1_SS(%ebx)
        # then its stack,
        mov     WALK_ESP(%esp), %eax
        # below;
        mov     %eax, %ss:FRAME1_ESP(%ebx)
        # its flags,
        mov     WALK_EFLAGS(%esp), %eax
        # of which one is a lie
        and     $~EFLAGS_IF, %eax
        # (for interrupts are on here all the time):
        mov     %ss:LGUEST_DATA_IRQ_ENABLED(%edi), %esi
        # what the guest believes it is
        and     $EFLAGS_IF, %esi
        # we put in its stead,
        or      %esi, %eax
        # and push;
        mov     %eax, %ss:FRAME1_EFLAGS(%ebx)
        # which code it ran,
        mov     WALK_CS(%esp), %eax
        # to be gone back to;
        mov     %eax, %ss:FRAME1_CS(%ebx)
        # and just where,
        mov     WALK_EIP(%esp), %eax
        # as that must be tried again;
        mov     %eax, %ss:FRAME1_EIP(%ebx)
        # and last
        mov     WALK_ERROR(%esp), %eax
        # what sort of fault it was.
        mov     %eax, %ss:FRAME1_ERROR(%ebx)
# From here it must be all or nothing more:
# what follows cannot fail, nor be undone.
        .macro  WALKER_TAIL
        # Our handler is where the guest's gate has said,
        mov     PAGES_WALKER_TRAP_HANDLER(%ebp), %eax
        # which takes the place of where the program was;
        mov     %eax, WALK_EIP(%esp)
        # the guest kernel's code
        movl    $GUEST_KERNEL_CS, WALK_CS(%esp)
        # and flags as any gate would have left them;
        andl    $~EFLAGS_DROPPED, WALK_EFLAGS(%esp)
        # its stack is six words deeper than it was,
        sub     $FRAME1_BYTES, %ebx
        # and there it starts,
        mov     %ebx, WALK_ESP(%esp)
        # in the segment
        mov     PAGES_GUEST_TSS + TSS_SS1(%ebp), %eax
        # it has asked for.
        mov     %eax, WALK_SS(%esp)
        # An interrupt gate masks; a trap gate does not.
        mov     PAGES_WALKER_KEEPS_IRQ(%ebp), %eax
        # As by the gate, the guest's own interrupts:
        and     %eax, %ss:LGUEST_DATA_IRQ_ENABLED(%edi)
        # one more is counted,
        incl    PAGES_COUNT_REFLECTED(%ebp)
        # all are as they were,
        popa
        # and what the error was is theirs to read.
        add     $ERROR_BYTES, %esp
        .endm
walker_tail:
        WALKER_TAIL
walker_door:
        # The guest goes on, and never saw the host.
        iret
# @end

# The same again for when an NMI came:
# it ends not in the guest, but on its threshold.
walker_tail_twin:
        WALKER_TAIL
        # To the host, as if the handler were disturbed.
        jmp     nmi_from_guest

# And here are all the ways to say: not mine.
walker_not_ours:
        # Was it the walker's own fall?
        testb   $RING_MASK, WALK_CS(%esp)
        # That is counted where it stumbled.
        jz      walker_gives_up
        # Round down
        mov     %esp, %ebp
        # to where the counts are,
        and     $-PAGES_BYTES, %ebp
        # and see: was it ring three at all?
        test    $ERROR_USER, %cl
        # If so, an error that we do not know.
        jnz     walker_too_odd
        # The guest's own kernel is the host's affair.
        incl    PAGES_COUNT_KERNEL_MODE(%ebp)
        # Home.
        jmp     walker_gives_up
walker_too_odd:
        # Not as we know it, so not ours to judge.
        incl    PAGES_COUNT_ODD_ENTRY(%ebp)
        # Home.
        jmp     walker_gives_up
walker_out_of_reach:
        # We look at nothing that we may not trust.
        incl    PAGES_COUNT_OUT_OF_REACH(%ebp)
        # Home.
        jmp     walker_gives_up
walker_allowed:
        # The page is there.  The host forgot to show it.
        incl    PAGES_COUNT_ALLOWED(%ebp)
        # Home.
        jmp     walker_gives_up
# The walker fell: the shadow lacked a page.
walker_stumbled:
        # What fell put its own address in cr2,
        mov     %edx, %cr2
        # and on the stack a frame that we forget.
        add     $NESTED_FRAME_BYTES, %esp
        # It counts,
        incl    PAGES_COUNT_STUMBLED(%ebp)
walker_gives_up:
        # and nothing here has happened:
        popa
        # the fault goes home as if we never were.
        jmp     stub_14
# fast path ends
