/*
 * Building worlds: what a descriptor, a gate and a page table look like in memory (SDM 3A 3.4.5, 6.11, 7.2.2, 4.3).
 */
#include "machine.h"

enum { POOL_PAGES = 640, TABLE_ENTRIES = 1024, IDENTITY_BYTES = 48 * MIB, DIRECTORY_SHIFT = 22, PAGE_SHIFT = 12 };
enum { GATE_PRESENT = 0x8000, INTERRUPT_GATE = 0x0e00, PRIVILEGE_SHIFT = 13 };
#define FLAT 0x00cf00000000ffffull /* base 0, limit 4 GiB, 32-bit */
#define RIGHTS(byte) ((u64)(byte) << 40)
enum { CODE_0 = 0x9a, DATA_0 = 0x92, CODE_3 = 0xfa, DATA_3 = 0xf2, TASK_AVAILABLE = 0x89 };
#define PAGING 0x80000000u

_Static_assert(__builtin_offsetof(struct world, stack) == WORLD_STACK, "assembly.h");
_Static_assert(__builtin_offsetof(struct world, directory) == WORLD_DIRECTORY, "assembly.h");
_Static_assert(__builtin_offsetof(struct world, gdtr.limit) == WORLD_GDTR, "assembly.h");
_Static_assert(__builtin_offsetof(struct world, idtr.limit) == WORLD_IDTR, "assembly.h");
_Static_assert(__builtin_offsetof(struct world, gdt) + TASK + 5 == WORLD_BUSY_BYTE, "assembly.h");

extern u8 user_pages[], user_pages_end[]; /* the linker script's */
extern u8 trap_stubs[];
trap_entry count_call, leave_user;

struct world home;
static u8 pool[POOL_PAGES][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static u32 taken, identity[IDENTITY_BYTES >> DIRECTORY_SHIFT];

u32 take_page(void) {
  if (taken == POOL_PAGES) unexpected(VECTORS, taken, (u32)__builtin_return_address(0));
  return (u32)pool[taken++];
}

u32 *page_entry(u32 directory, u32 address) {
  u32 *entry = (u32 *)directory + (address >> DIRECTORY_SHIFT);
  if (!(*entry & PRESENT)) *entry = take_page() | PRESENT | WRITABLE | USER;
  return (u32 *)(*entry & FRAME_MASK) + (address >> PAGE_SHIFT) % TABLE_ENTRIES;
}

void map(u32 directory, u32 address, u32 frame, u32 rights) { *page_entry(directory, address) = frame | rights; }

/* The tables of the lowest megabytes are made once and shared by all directories. */
static u32 new_directory(void) {
  u32 directory = take_page();
  for (u32 i = 0; i < LENGTH(identity); i++) ((u32 *)directory)[i] = identity[i];
  if (identity[0]) return directory;
  for (u32 at = 0; at < IDENTITY_BYTES; at += PAGE_BYTES) {
    int open = at >= (u32)user_pages && at < (u32)user_pages_end;
    map(directory, at, at, PRESENT | WRITABLE | (open ? USER : 0));
  }
  for (u32 i = 0; i < LENGTH(identity); i++) identity[i] = ((u32 *)directory)[i];
  return directory;
}

void set_gate(struct world *world, u32 vector, trap_entry *entry, u32 privilege) {
  u32 low = KERNEL_CODE << 16 | ((u32)entry & 0xffff);
  u32 high = ((u32)entry & 0xffff0000) | GATE_PRESENT | privilege << PRIVILEGE_SHIFT | INTERRUPT_GATE;
  world->idt[vector] = (u64)high << 32 | low;
}

static u64 task_descriptor(const struct task_state *task) {
  u32 base = (u32)task, limit = sizeof *task - 1;
  return limit | (u64)(base & 0xffffff) << 16 | RIGHTS(TASK_AVAILABLE) | (u64)(base >> 24) << 56;
}

void build_world(struct world *world) {
  const u64 gdt[DESCRIPTORS] = {0,
                                FLAT | RIGHTS(CODE_0),
                                FLAT | RIGHTS(DATA_0),
                                FLAT | RIGHTS(CODE_3),
                                FLAT | RIGHTS(DATA_3),
                                task_descriptor(&world->task)};
  for (u32 i = 0; i < DESCRIPTORS; i++) world->gdt[i] = gdt[i];
  world->directory = new_directory();
  world->gdtr = (struct table_pointer){0, sizeof world->gdt - 1, (u32)world->gdt};
  world->idtr = (struct table_pointer){0, sizeof world->idt - 1, (u32)world->idt};
  world->task = (struct task_state){.esp0 = (u32)(world->trap_stack + sizeof world->trap_stack),
                                    .ss0 = KERNEL_DATA,
                                    .io_map = sizeof world->task};
  for (u32 vector = 0; vector < EXCEPTIONS; vector++)
    set_gate(world, vector, (trap_entry *)(trap_stubs + vector * STUB_BYTES), KERNEL_PRIVILEGE);
  set_gate(world, COUNT_CALL, count_call, USER_PRIVILEGE);
  set_gate(world, LEAVE_USER, leave_user, USER_PRIVILEGE);
}

void open_machine(void) {
  if (home.directory) return;
  build_world(&home);
  load_cr3(home.directory);
  __asm__ volatile(
      "movl %%cr0, %%eax; orl %0, %%eax; movl %%eax, %%cr0\n\t"
      "lgdt %1; lidt %2; ljmp %3, $1f\n"
      "1:\tmovl %4, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%ss\n\t"
      "xorl %%eax, %%eax; movl %%eax, %%fs; movl %%eax, %%gs\n\t"
      "movl %5, %%eax; ltr %%ax"
      :
      : "i"(PAGING), "m"(home.gdtr.limit), "m"(home.idtr.limit), "i"(KERNEL_CODE), "i"(KERNEL_DATA), "i"(TASK)
      : "eax", "memory");
}

void unexpected(u32 vector, u32 error, u32 eip) {
  print("FAILED: trap %u, error code %x, at %x\n", vector, error, eip);
  end_run(1);
}
