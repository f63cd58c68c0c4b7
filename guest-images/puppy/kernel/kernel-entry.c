/*
 * Where every trap and interrupt arrives in C, and where it leaves.  The kernel runs with interrupts off; one that slips
 * in between a system call's trap and the first line here finds a kernel that has done nothing yet, and is welcome.
 */
#include "processes.h"

enum { DIVIDE_ERROR = 0, DEBUG_TRAP = 1, BREAKPOINT = 3, OVERFLOW = 4, BOUNDS = 5, NO_FLOATING_POINT = 7, X87_ERROR = 16, TRAPS = 20 };
enum { IRQS = 32 };

static trap_handler *interrupts[IRQS];

static const struct {
  u32 signal;
  const char *deed;
} blamed[TRAPS] = {
    [DIVIDE_ERROR] = {SIGFPE, "divided by zero"}, [DEBUG_TRAP] = {SIGTRAP, "hit a debug trap"},
    [BREAKPOINT] = {SIGTRAP, "hit a breakpoint"}, [OVERFLOW] = {SIGSEGV, "overflowed"},
    [BOUNDS] = {SIGSEGV, "was out of bounds"},    [INVALID_OPCODE] = {SIGILL, "ran an instruction that does not exist"},
    [X87_ERROR] = {SIGFPE, "made a floating point error"},
};

/* The x87 registers are a process' own from its first use of them on. */
static void first_floating_point(void) {
  allow_floating_point(1);
  host_catches_up();
  if (!current->floats) __asm__ volatile("fninit");
  current->floats = 1;
}

static void program_trap(struct frame *frame) {
  u32 vector = frame->vector;
  if (vector == NO_FLOATING_POINT)
    first_floating_point();
  else if (vector < TRAPS && blamed[vector].signal)
    signal_fault(blamed[vector].signal, blamed[vector].deed, frame->eip);
  else
    signal_fault(SIGSEGV, "did what only a kernel may do", frame->eip);
}

/* An interrupt that came while ours were off has been kept for us. */
static void take_interrupts(void) {
  lguest_data.irq_enabled = EFLAGS_IF;
  ask_host(LHCALL_SEND_INTERRUPTS, 0, 0, 0);
  lguest_data.irq_enabled = 0;
}

/* Before a program goes on: its signals, somebody else's turn, and everything the host has not heard yet. */
void leave_kernel(struct frame *frame) {
  for (;;) {
    if (lguest_data.irq_pending) take_interrupts();
    if (must_reschedule) schedule();
    if (!signals_waiting(current)) break;
    deliver_signals(frame);
  }
  if (frame->vector == SYSCALL_VECTOR && (int)frame->eax == -ERESTART) restart_system_call(frame);
  host_catches_up();
}

static void enter_kernel(struct frame *frame) {
  lguest_data.irq_enabled = 0;
  u32 vector = frame->vector;
  if (vector == SYSCALL_VECTOR)
    system_call(frame);
  else if (vector == PAGE_FAULT)
    page_fault(frame);
  else if (vector >= FIRST_IRQ_VECTOR)
    interrupts[vector - FIRST_IRQ_VECTOR](frame);
  else if (from_user(frame))
    program_trap(frame);
  else
    oops(frame, "unexpected trap");
  if (from_user(frame)) leave_kernel(frame);
}

void interrupt_handler(u32 irq, trap_handler *handler) {
  interrupts[irq] = handler;
  set_interrupt(irq, enter_kernel);
}

void traps_of_programs_open(void) {
  for (u32 vector = 0; vector < FIRST_IRQ_VECTOR; vector++)
    set_trap(vector, enter_kernel, INTERRUPT_GATE | (vector == BREAKPOINT || vector == OVERFLOW ? GATE_FOR_USER : 0));
  /* A trap gate is one the processor may take without asking the host. */
  set_trap(SYSCALL_VECTOR, enter_kernel, TRAP_GATE | GATE_FOR_USER);
}
