/*
 * Hypercalls with numbers and arguments no kernel would use, and the ring of queued calls, abused.
 */
#include "trouble.h"

enum { NO_SUCH_CALL = 99, GET_WALLCLOCK_OF_2_6_23 = 11, ROUNDS = 1000, TICKS = 1000 };
#define BEYOND_MEMORY 0xFFFFFF00u

static void unknown_call(void) { hypercall(NO_SUCH_CALL, 0, 0, 0, 0); }
static void ancient_call(void) { hypercall(GET_WALLCLOCK_OF_2_6_23, 0, 0, 0, 0); }
static void init_twice(void) { hypercall(LHCALL_LGUEST_INIT, physical(&lguest_data), 0, 0, 0); }
static void shutdown_pointer(void) { hypercall(LHCALL_SHUTDOWN, BEYOND_MEMORY, SHUTDOWN_POWER_OFF, 0, 0); }
static void notify_nowhere(void) { hypercall(LHCALL_NOTIFY, BEYOND_MEMORY, 0, 0, 0); }
static void tls_pointer(void) { hypercall(LHCALL_LOAD_TLS, BEYOND_MEMORY, 0, 0, 0); }
static void set_pgd_index(void) { hypercall(LHCALL_SET_PGD, physical(boot_directory), 0x40000000, 0, 0); }
static void escape_codes(void) { give_up("mode=escape-codes \033[2J\033[31m\a died in colour"); }

static void tick(struct frame *frame) {
  (void)frame;
  caught.count++;
}

static void clock_storm(void) {
  volatile u32 *ticks = &caught.count;
  set_interrupt(0, tick);
  lguest_data.irq_enabled = EFLAGS_IF;
  while (*ticks < TICKS) hypercall(LHCALL_SET_CLOCKEVENT, 1, 0, 0, 0);
  lguest_data.irq_enabled = 0;
  conclude("the clock rang as often");
}

const struct mode hypercalls[] = {
    {"unknown-hypercall", "made hypercall 99", unknown_call},
    {"ancient-hypercall", "made a hypercall that went with 2.6.23", ancient_call},
    {"init-twice", "said LGUEST_INIT twice", init_twice},
    {"shutdown-pointer", "shut down with its last words beyond its memory", shutdown_pointer},
    {"escape-codes", "shuts down with last words meant for a terminal", escape_codes},
    {"notify-nowhere", "notified an address beyond its memory", notify_nowhere},
    {"tls-pointer", "loaded TLS descriptors from beyond its memory", tls_pointer},
    {"set-pgd-index", "changed directory entry 0x40000000", set_pgd_index},
    {"clock-storm", "set the clock to one nanosecond a thousand times", clock_storm},
    {0, 0, 0},
};

static void fill_ring(u32 number, u32 argument, u32 second) {
  for (u32 i = 0; i < ASYNC_CALLS; i++) {
    lguest_data.hcalls[i] = (struct async_call){number, {argument, second, 0, 0}};
    lguest_data.hcall_status[i] = ASYNC_READY;
  }
}

static void drain_ring(void) { hypercall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0); }

static void ring_unknown(void) {
  fill_ring(NO_SUCH_CALL, 0, 0);
  drain_ring();
}

static void ring_init(void) {
  fill_ring(LHCALL_LGUEST_INIT, physical(&lguest_data), 0);
  drain_ring();
}

static void ring_full(void) {
  for (u32 i = 0; i < ROUNDS; i++) {
    fill_ring(LHCALL_FLUSH_TLB, 0, 0);
    drain_ring();
  }
  conclude("all of them were made");
}

static void ring_switch(void) {
  fill_ring(LHCALL_NEW_PGTABLE, BEYOND_MEMORY & ~PTE_FLAGS, 0);
  drain_ring();
}

static void ring_shutdown(void) {
  static const char words[SHUTDOWN_TEXT_BYTES] = "mode=ring-shutdown queued 64 SHUTDOWNs";
  fill_ring(LHCALL_SHUTDOWN, physical(words), SHUTDOWN_POWER_OFF);
  drain_ring();
}

const struct mode rings[] = {
    {"ring-unknown", "queued hypercall 99", ring_unknown},
    {"ring-init", "queued LGUEST_INIT", ring_init},
    {"ring-full", "queued 64 calls a thousand times", ring_full},
    {"ring-switch", "queued switches to a page directory beyond its memory", ring_switch},
    {"ring-shutdown", "queued SHUTDOWN, 64 times", ring_shutdown},
    {0, 0, 0},
};
