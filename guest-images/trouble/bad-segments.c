/*
 * Descriptors, gates and instructions a guest may not have.  A host that let the wrong descriptor through would let the
 * guest into ring 0.
 */
#include "trouble.h"

enum { SPARE_ENTRY = 20, SPARE_SELECTOR = SPARE_ENTRY << 3 | 1, BEYOND_GDT = 32, BEYOND_IDT = 256 };
/* High words of descriptors, present and for ring 1 (SDM 3A 3.5). */
enum { FREE_TASK_STATE = 0xA900, TASK_GATE = 0xA500, CALL_GATE = 0xEC00, ABSENT_DATA = 0x00CF3300, RING1_DATA = 0x00CFB300 };
enum { FLAT_LOW = 0x0000FFFF, SWITCHER_CS = 0x50, TASK_SELECTOR = 0x80, TASK_GATE_IN_IDT = 0x8500 };

static void set_descriptor(u32 index, u32 lower, u32 higher) { hypercall(LHCALL_LOAD_GDT_ENTRY, index, lower, higher, 0); }

/* Jumps through the spare descriptor, should the host have accepted it. */
static void use_descriptor(void) {
  TRY("ljmp %0, $0", "i"(SPARE_SELECTOR));
  conclude("using it brought trap %u (error %x)", caught.vector, caught.error);
}

static void gdt_index(void) { set_descriptor(BEYOND_GDT, FLAT_LOW, RING1_DATA); }

static void gdt_task_state(void) {
  u32 base = (u32)virtual(take_pages(1));
  set_descriptor(SPARE_ENTRY, base << 16 | 0x67, (base & 0xff000000) | FREE_TASK_STATE | (base >> 16 & 0xff));
  use_descriptor();
}

static void gdt_task_gate(void) {
  set_descriptor(SPARE_ENTRY, TASK_SELECTOR << 16, TASK_GATE);
  use_descriptor();
}

static void gdt_call_gate(void) {
  set_descriptor(SPARE_ENTRY, SWITCHER_CS << 16, CALL_GATE);
  use_descriptor();
}

/* Loads ds from a good descriptor, then spoils it.  The next world switch finds out, in the middle of itself. */
static void gdt_vanishing(void) {
  set_descriptor(SPARE_ENTRY, FLAT_LOW, RING1_DATA);
  __asm__ volatile("movw %w0, %%ds" : : "r"(SPARE_SELECTOR));
  set_descriptor(SPARE_ENTRY, FLAT_LOW, ABSENT_DATA);
}

static void idt_index(void) { set_gate(BEYOND_IDT, (u32)trap_stubs, INTERRUPT_GATE); }
static void idt_task_gate(void) { set_gate(GENERAL_PROTECTION, (u32)trap_stubs, TASK_GATE_IN_IDT); }

static void no_gate(void) {
  set_gate(INVALID_OPCODE, 0, 0);
  __asm__ volatile("ud2");
}

static void no_fault_gate(void) {
  map_programs();
  set_gate(PAGE_FAULT, 0, 0);
  run_program(touch_nothing);
}

/* The handler itself is not mapped, so calling it faults, so it is called. */
static void wild_handler(void) {
  map_programs();
  set_gate(PAGE_FAULT, UNMAPPED, INTERRUPT_GATE);
  run_program(touch_nothing);
}

const struct mode segments[] = {
    {"gdt-index", "set descriptor 32 of 32", gdt_index},
    {"gdt-task-state", "made a task state segment of its own and jumped to it", gdt_task_state},
    {"gdt-task-gate", "made a task gate and jumped through it", gdt_task_gate},
    {"gdt-call-gate", "made a call gate into the Switcher's ring 0 segment", gdt_call_gate},
    {"gdt-vanishing", "took away the descriptor its ds was loaded from", gdt_vanishing},
    {"idt-index", "set gate 256 of 256", idt_index},
    {"idt-task-gate", "put a task gate into its interrupt table", idt_task_gate},
    {"no-gate", "ran an invalid opcode without a gate for that", no_gate},
    {"no-fault-gate", "let a program page-fault without a gate for that", no_fault_gate},
    {"wild-handler", "has a page fault handler at an unmapped address", wild_handler},
    {0, 0, 0},
};

static u32 refused, tried;

static void count_refusal(u32 before) {
  tried++;
  refused += caught.count != before && caught.vector == GENERAL_PROTECTION && caught.error == 0;
}

#define MUST_BE_REFUSED(code, ...)                \
  do {                                            \
    u32 before = caught.count;                    \
    TRY(code, __VA_ARGS__);                       \
    count_refusal(before);                        \
  } while (0)

static void privileged(void) {
  static const struct { u16 limit; u32 base; } __attribute__((packed)) nothing;
  u32 zero = 0;
  MUST_BE_REFUSED("lgdt %0", "m"(nothing));
  MUST_BE_REFUSED("lidt %0", "m"(nothing));
  MUST_BE_REFUSED("lldt %w0", "r"(zero));
  MUST_BE_REFUSED("ltr %w0", "r"(zero));
  MUST_BE_REFUSED("movl %%cr0, %%eax", "a"(zero));
  MUST_BE_REFUSED("movl %0, %%cr0", "r"(zero));
  MUST_BE_REFUSED("movl %0, %%cr3", "r"(zero));
  MUST_BE_REFUSED("movl %0, %%cr4", "r"(zero));
  MUST_BE_REFUSED("movl %0, %%dr7", "r"(zero));
  MUST_BE_REFUSED("lmsw %w0", "r"(zero));
  MUST_BE_REFUSED("clts", "r"(zero));
  MUST_BE_REFUSED("invlpg (%0)", "r"(zero));
  MUST_BE_REFUSED("wbinvd", "r"(zero));
  MUST_BE_REFUSED("rdmsr", "c"(0x174), "a"(zero), "d"(zero));
  MUST_BE_REFUSED("wrmsr", "c"(0x174), "a"(zero), "d"(zero));
  MUST_BE_REFUSED("hlt", "r"(zero));
  MUST_BE_REFUSED("sti", "r"(zero));
  conclude("%u of %u were refused", refused, tried);
}

static void user_hypercall(void) { map_programs(), run_program(use_hypercall); }
static void user_vector_14(void) { map_programs(), run_program(use_vector_14); }
static void user_privileged(void) { map_programs(), run_program(use_privileges); }
static void user_breakpoint(void) { map_programs(), run_program(use_breakpoint); }

const struct mode privileges[] = {
    {"privileged", "tried the privileged instructions in ring 1", privileged},
    {"user-privileged", "let a program try a port", user_privileged},
    {"user-hypercall", "let a program make a hypercall", user_hypercall},
    {"user-vector-14", "let a program fake a page fault with int 14", user_vector_14},
    {"user-breakpoint", "let a program use a breakpoint gate not meant for it", user_breakpoint},
    {0, 0, 0},
};
