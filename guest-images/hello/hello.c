/*
 * The shortest guest that says something and leaves.  Read it first: everything a guest must do is here, and nothing else.
 */
#include "lguest.h"

/*
 * @journey guest/hello  The shortest guest
 *
 * The launcher put us at 1 MiB, in ring 1, with paging on and every address meaning itself.  There is no stack, no
 * interrupt table, no device and no firmware: only the host, listening behind `int $0x1f`.
 *
 * It wants to know first where our lguest_data is, for that is how it will talk back.  After that it will print
 * whatever it is pointed at, and end us when we ask.  That is a whole life.
 */
static struct lguest_data lguest_data = {
    .hcall_status = {[0 ... ASYNC_CALLS - 1] = ASYNC_DONE},
    .blocked_interrupts = ~0u,
    .kernel_address = 0xC0000000,
    .syscall_vector = SYSCALL_VECTOR,
};

static const char *const greeting[] = {"Hello from ring", " 1.  It is", " quiet here.\n"};
static const char farewell[SHUTDOWN_TEXT_BYTES] = "Power down";

__attribute__((noreturn, used)) static void hello(void) {
  hypercall(LHCALL_LGUEST_INIT, (u32)&lguest_data, 0, 0, 0);
  for (u32 i = 0; i < sizeof greeting / sizeof *greeting; i++) hypercall(LHCALL_NOTIFY, (u32)greeting[i], 0, 0, 0);
  hypercall(LHCALL_SHUTDOWN, (u32)farewell, SHUTDOWN_POWER_OFF, 0, 0);
  for (;;) continue; /* the host does not come back from that */
}

/* C needs a stack before its first call, so the very first instruction cannot be C. */
__asm__(".section .text.entry, \"ax\"\n"
        ".globl entry\n"
        "entry: movl $stack_top, %esp\n"
        "       jmp hello\n"
        ".local stack\n"
        ".comm stack, 4096, 16\n"
        ".set stack_top, stack + 4096\n"
        ".text\n");
/* @end */
