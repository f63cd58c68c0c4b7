# The interrupt that nobody can mask, which lguest dropped and hoped for the best.  It may come between any two
# instructions of this page, and the processor holds back the next one until some iret runs.  So none of ours runs
# while one is in hand, but for the host's handler's own: at most one is ever under way, and none is lost.
#
#      it found us …                              then
#      in the guest                               go home like any interrupt
#      at `door_in` or `walker_door`              the guest's registers are all in place: as above
#      between `crossing_in` and `door_in`        turn back: the guest's words still lie where they lay
#      in the walker, before its tail             the walker gives up, the fault goes home, the NMI is owed
#      in the walker's tail                       finish by the twin of the tail, which then goes home
#      elsewhere on the way home                  owed: noted in page 1, paid when the host is whole again
#
# The note cannot be in page 0, where a guest could write one, nor be written to page 1 under the guest's tables:
# it is made under the host's, for two instructions.

# @journey switcher/nmi An interrupt that does not ask
# It does not ask if it is a good time.
nmi:
        # What ring was it that ran when it came in?
        testb   $RING_MASK, NMI_CS(%esp)
        # If ours, then we have to look at where.
        jz      nmi_within
# The guest had been running: that is simple.
nmi_from_guest:
        # No error,
        push    $0
        # and the number is its own:
        push    $VECTOR_NMI
        # the handler's iret opens the way for the next.
        jmp     deliver_to_host

nmi_within:
        # If all was loaded and the door stood wide,
        cmpl    $door_in, (%esp)
        # then it has come just as if from the guest.
        je      nmi_at_the_door
        # fast path begins
        # The walker has a door of its own,
        cmpl    $walker_door, (%esp)
        # and what is true of one is true of both.
        je      nmi_at_the_door
        # fast path ends
        # Three registers we need;
        push    %ebp
        # they go on the stack,
        push    %edx
        # whichever it may be, for there is room.
        push    %eax
        # A little more of it
        sub     $SIDT_ROOM, %esp
        # to ask: whose gates have led us to this place?
        sidt    (%esp)
        # They stand within the pages that we seek,
        mov     TABLE_POINTER_BASE(%esp), %ebp
        # and rounded down, their base is where those start.
        and     $-PAGES_BYTES, %ebp
        # (The room goes back.)
        add     $SIDT_ROOM, %esp
        # And where were we, when it came?
        mov     NMI_SAVED_EIP(%esp), %eax
        # Before the guest's own gates were all in place?
        cmp     $crossing_in, %eax
        # That cannot be, unless the text has moved.
        jb      nmi_is_owed
        # Had we not yet come to the door itself?
        cmp     $door_in, %eax
        # Then go no further: nothing has been lost.
        jb      nmi_turns_back
        # fast path begins
        # Before the walker are the ways back home,
        cmp     $walker_wonders, %eax
        # and there it must wait till the host is whole;
        jb      nmi_is_owed
        # behind the walker's door are only stubs
        cmp     $walker_door, %eax
        # and this, and both of them are going home.
        jae     nmi_is_owed
        # The tail may not be left when once begun:
        cmp     $walker_tail, %eax
        # then let its twin end what it has begun.
        jae     nmi_in_the_tail
        # The walker stops, and one more time is counted;
        incl    PAGES_COUNT_NON_MASKABLE(%ebp)
        # it goes back to the road from where it left,
        movl    $walker_gives_up, NMI_SAVED_EIP(%esp)
        # unless it had not even left that road:
        cmp     $walker, %eax
        # (it had, so this will do)
        jne     nmi_is_owed
        # then straight to the stub it stands in for.
        movl    $stub_14, NMI_SAVED_EIP(%esp)
        # fast path ends
nmi_is_owed:
        # These are the tables that we stand upon.
        mov     %cr3, %edx
        # And these the host's,
        mov     PAGES_HOST_CR3(%ebp), %eax
        # where page one can be written.
        mov     %eax, %cr3
        # We owe one; nobody but us can say so.
        movl    $1, PAGES_NMI_OWED(%ebp)
        # Now back to whichever tables these were.
        mov     %edx, %cr3
nmi_resumes:
        # The three we borrowed:
        pop     %eax
        # here is the second
        pop     %edx
        # and the third.  All is as it was, but flags,
        pop     %ebp
        # which lie above; we take a copy
        pushl   NMI_EFLAGS(%esp)
        # and put it where it was.
        popf
        # A near return: an iret would let in the next.
        ret     $NMI_FRAME_REST

# The words that we had read all lie below.
nmi_turns_back:
        # Were we still standing on the host's own tables?
        cmp     $crossed_in, %eax
        # No: then the guest's page is here to be written.
        jae     nmi_notes_itself
        # Yes: then the root we were to load is still here.
        mov     %ebx, %cr3
nmi_notes_itself:
        # No error came
        movl    $0, PAGES_ERRCODE(%ebp)
        # with this; and two is its name.
        movl    $VECTOR_NMI, PAGES_TRAPNUM(%ebp)
        # The guest is saved, having never been loaded.
        jmp     deliver_home

# The frame lies where the trap and its code go,
# and all the guest's own words are in their place.
nmi_at_the_door:
        # So drop it, and the stack is as the guest's trap leaves it:
        add     $NMI_FRAME_BYTES, %esp
        # it has run not one instruction, but might have.
        jmp     nmi_from_guest
# @end

# Half of the tail is done, and must stay done.
# fast path begins
nmi_in_the_tail:
        # The twin has the same steps at the same distance.
        addl    $walker_tail_twin - walker_tail, NMI_SAVED_EIP(%esp)
        # It ends at home and not behind the door.
        jmp     nmi_resumes
# fast path ends

# A debt is paid as soon as the host is whole:
# its handler thinks it came right here, right now.
return_owes:
        # It shall come back to where we looked,
        mov     $return_settled, %eax
        # once paid.
        jmp     nmi_is_paid
deliver_owes:
        # The vector must outlive it, so it moves;
        mov     %ebx, %esi
        # it shall come back to where it is put right
        mov     $deliver_paid, %eax
nmi_is_paid:
        # when all is square: so strike it from the book,
        movl    $0, PAGES_NMI_OWED(%ebp)
        # and build the frame the processor would have built:
        pushf
        # the flags, the code,
        push    %cs
        # the place to come back to.
        push    %eax
        # The host's own gates are here,
        mov     PAGES_HOST_IDT + TABLE_POINTER_BASE(%ebp), %edx
        # and this is which.
        mov     $VECTOR_NMI, %ebx
        # Its handler's iret unlocks the next.
        jmp     through_gate
deliver_paid:
        # The vector that we came with goes on now
        mov     %esi, %ebx
        # to its own handler, as it would have done.
        jmp     deliver_settled
