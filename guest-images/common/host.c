/*
 * Talking to the host: the record it reads, calls that can wait, and the two ways to end.
 */
#include "kernel.h"

extern char noirq_start[], noirq_end[];

struct lguest_data lguest_data = {
    .hcall_status = {[0 ... ASYNC_CALLS - 1] = ASYNC_DONE},
    .blocked_interrupts = ~0u, /* until somebody asks for one */
    .noirq_start = (u32)noirq_start,
    .noirq_end = (u32)noirq_end,
    .kernel_address = PAGE_OFFSET,
    .syscall_vector = SYSCALL_VECTOR,
};

/*
 * @journey guest/lazy-calls  Sixty-four questions for the price of one
 *
 * A hypercall costs a trip out of the guest and back.  Most of what a kernel tells the host is not urgent: these pages
 * are gone, that entry changed.  So it writes the calls into a ring and goes on; whatever the guest asks for next takes
 * them along.  Only when the ring is full does a call have to go by itself, and that empties it.
 */
void lazy_hypercall(u32 number, u32 a, u32 b, u32 c) {
  static u32 next;
  volatile u8 *status = &lguest_data.hcall_status[next];
  if (*status != ASYNC_DONE) {
    hypercall(number, a, b, c, 0);
    return;
  }
  lguest_data.hcalls[next] = (struct async_call){number, {a, b, c, 0}};
  __asm__ volatile("" : : : "memory"); /* the call must be whole before it is ready */
  *status = ASYNC_READY;
  next = (next + 1) % ASYNC_CALLS;
}
/* @end */

static char last_words[SHUTDOWN_TEXT_BYTES];

__attribute__((noreturn)) static void shut_down(void) {
  for (;;) hypercall(LHCALL_SHUTDOWN, physical(last_words), SHUTDOWN_POWER_OFF, 0, 0);
}

void power_off(void) {
  memcpy(last_words, "Power down", sizeof "Power down");
  shut_down();
}

void give_up(const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  format_text(last_words, sizeof last_words, format, arguments);
  __builtin_va_end(arguments);
  shut_down();
}
