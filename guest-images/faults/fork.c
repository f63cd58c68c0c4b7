/*
 * Fork, as far as a workload needs it: one child at a time, and the parent sleeps until the child is gone.  Both see the
 * same frames until one of them writes.
 */
#include "space.h"

enum { USER_TABLES = PAGE_OFFSET >> 22, TABLES = 1024 };

u32 child_status;
static u32 *child_directory;
static u32 spare_tables; /* physical: as many as the parent has, one after the other */
static struct frame parent_frame;
static u32 *parent;
static int child_is_warm;

u32 tables_for_fork(u32 pages) { return tables_for(pages) + 1; }

void fork_open(u32 pages) {
  child_directory = virtual(take_pages(1));
  spare_tables = take_pages(tables_for(pages));
  for (u32 i = USER_TABLES; i < TABLES; i++) child_directory[i] = boot_directory[i];
}

/* Gives the child what the parent has, and takes the right to write from both. */
static void share_table(u32 *from, u32 *to, u32 address) {
  for (u32 i = 0; i < WORDS; i++, address += PAGE_BYTES) {
    u32 entry = from[i];
    if (!(entry & PTE_PRESENT)) continue;
    pool_share(entry & ~PTE_FLAGS);
    to[i] = entry & ~PTE_WRITABLE;
    if (entry & PTE_WRITABLE) set_page_lazily(parent, address, entry & ~PTE_WRITABLE);
  }
}

void fork_space(struct frame *frame) {
  if (space == child_directory) give_up("faults: a child wants a child");
  u32 table = spare_tables;
  parent = space;
  parent_frame = *frame;
  for (u32 i = 0; i < USER_TABLES; i++) {
    if (!(parent[i] & PTE_PRESENT)) continue;
    share_table(virtual(parent[i] & ~PTE_FLAGS), virtual(table), i << 22);
    child_directory[i] = table | WRITABLE_FLAGS;
    table += PAGE_BYTES;
  }
  space = child_directory;
  hypercall(LHCALL_NEW_PGTABLE, physical(space), 0, 0, 0);
  if (!child_is_warm) warm_kernel();
  child_is_warm = 1;
  frame->eax = 0;
}

void exit_space(struct frame *frame) {
  if (space != child_directory) give_up("faults: the parent wants to leave");
  child_status = frame->ebx;
  for (u32 i = 0; i < USER_TABLES; i++) {
    if (!(space[i] & PTE_PRESENT)) continue;
    u32 *table = virtual(space[i] & ~PTE_FLAGS);
    for (u32 k = 0; k < WORDS; k++) {
      if (table[k] & PTE_PRESENT) pool_drop(table[k] & ~PTE_FLAGS);
      table[k] = 0;
    }
    /* The next child reuses directory and tables, so the host must forget what it knows of these. */
    space[i] = 0;
    lazy_hypercall(LHCALL_SET_PGD, physical(space), i, 0);
  }
  space = parent;
  hypercall(LHCALL_NEW_PGTABLE, physical(space), 0, 0, 0);
  *frame = parent_frame;
  frame->eax = 1;
}
