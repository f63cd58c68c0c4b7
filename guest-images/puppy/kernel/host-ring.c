/*
 * What the host should hear of at some time goes into the async ring, and it hears of it when we next have something to
 * ask.  Before a program runs again it must have heard of everything: the end of every trap from ring 3 sees to that.
 */
#include "processes.h"

static int lazy = 1, behind;

void host_ring_open(void) { lazy = !value_is(option("async"), "off"); }

void ask_host(u32 call, u32 a, u32 b, u32 c) {
  hypercall(call, a, b, c, 0);
  behind = 0;
}

void tell_host(u32 call, u32 a, u32 b, u32 c) {
  if (!lazy) {
    ask_host(call, a, b, c);
    return;
  }
  lazy_hypercall(call, a, b, c);
  behind = 1;
}

void host_catches_up(void) {
  if (behind) ask_host(LHCALL_FLUSH_ASYNC, 0, 0, 0);
}
