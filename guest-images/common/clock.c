/*
 * The host's alarm clock rings once, on interrupt 0; who wants to hear it again sets it again.
 */
#include "kernel.h"

enum { CLOCK_IRQ = 0, NANOSECONDS_PER_MICROSECOND = 1000 };

static u32 period;
static trap_handler *ticked;

static void tick(struct frame *frame) {
  ticked(frame);
  hypercall(LHCALL_SET_CLOCKEVENT, period, 0, 0, 0);
}

void clock_every(u32 microseconds, trap_handler *handler) {
  period = microseconds * NANOSECONDS_PER_MICROSECOND;
  ticked = handler;
  set_interrupt(CLOCK_IRQ, tick);
  hypercall(LHCALL_SET_CLOCKEVENT, period, 0, 0, 0);
}
