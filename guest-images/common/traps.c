/*
 * Segments, gates and who answers what.  The host lets a guest have 32 descriptors and 256 gates, and checks them;
 * vectors 13 and 14 always pass through its hands first, and so does every interrupt gate.
 */
#include "kernel.h"

enum { VECTORS = 256, STUBS = 64, STUB_BYTES = 16, TRAP_STACK_PAGES = 2 };
enum { USER_CODE_ENTRY = USER_CS >> 3, USER_DATA_ENTRY = USER_DS >> 3 };
/* Flat 4 GiB for ring 3 (SDM 3A 3.4.5). */
enum { FLAT_LOW = 0x0000FFFF, USER_CODE_HIGH = 0x00CFFB00, USER_DATA_HIGH = 0x00CFF300 };

static char trap_stack[TRAP_STACK_PAGES * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES), used));
__asm__(".globl trap_stack_top\n.set trap_stack_top, trap_stack + 8192\n");
_Static_assert(sizeof trap_stack == 8192, "trap_stack_top");

static trap_handler *handlers[VECTORS];

void set_gate(u32 vector, u32 address, u32 gate) {
  hypercall(LHCALL_LOAD_IDT_ENTRY, vector, (KERNEL_CS << 16) | (address & 0xffff), (address & 0xffff0000) | gate, 0);
}

void set_trap(u32 vector, trap_handler *handler, u32 gate) {
  handlers[vector] = handler;
  u32 stub = vector == SYSCALL_VECTOR ? (u32)syscall_stub : (u32)trap_stubs + vector * STUB_BYTES;
  set_gate(vector, stub, gate);
}

static void unexpected(struct frame *frame) {
  print("trap %u, error %x, at %08x, ring %u, cr2 %08x\n", frame->vector, frame->error, frame->eip, frame->cs & 3,
        lguest_data.cr2);
  give_up("unexpected trap %u (error %x) at %08x", frame->vector, frame->error, frame->eip);
}

/* From trap-entry.S. */
void trap(struct frame *frame) { handlers[frame->vector](frame); }

void traps_open(void) {
  hypercall(LHCALL_LOAD_GDT_ENTRY, USER_CODE_ENTRY, FLAT_LOW, USER_CODE_HIGH, 0);
  hypercall(LHCALL_LOAD_GDT_ENTRY, USER_DATA_ENTRY, FLAT_LOW, USER_DATA_HIGH, 0);
  for (u32 vector = 0; vector < FIRST_IRQ_VECTOR; vector++) set_trap(vector, unexpected, INTERRUPT_GATE);
  hypercall(LHCALL_SET_STACK, KERNEL_DS, (u32)trap_stack_top, TRAP_STACK_PAGES, 0);
}

void set_interrupt(u32 irq, trap_handler *handler) {
  set_trap(FIRST_IRQ_VECTOR + irq, handler, INTERRUPT_GATE);
  lguest_data.blocked_interrupts &= ~(1u << irq);
}
