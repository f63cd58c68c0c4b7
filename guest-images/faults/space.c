/*
 * What ring 3 has mapped.  Page tables for the whole area are laid out before the program starts: the workloads are
 * about pages, and a table allocated in their midst would only blur the count.
 */
#include "space.h"

enum { TABLE_SPAN = WORDS * PAGE_BYTES, STACK_PAGES = 2 };

extern char user_load[], user_start[], user_end[]; /* guest.ld */

u32 *space;
u32 zero_frame;
static u32 remembered[POOL_MOST], remembered_count;

u32 tables_for(u32 pages) { return (pages + WORDS - 1) / WORDS + 1; } /* and one for program and stack */

void space_open(u32 pages) {
  u32 tables = tables_for(pages), table = take_pages(tables);
  zero_frame = take_pages(1);
  space = boot_directory;
  for (u32 i = 0; i < tables; i++) {
    u32 address = i ? AREA + (i - 1) * TABLE_SPAN : (u32)user_start;
    set_directory_entry(space, address, (table + i * PAGE_BYTES) | WRITABLE_FLAGS);
  }
}

void remember(u32 address) {
  if (remembered_count == POOL_MOST) give_up("faults: more pages mapped than frames exist");
  remembered[remembered_count++] = address;
}

void unmap_area(void) {
  while (remembered_count) {
    u32 address = remembered[--remembered_count];
    pool_drop(*page_entry(space, address) & ~PTE_FLAGS);
    set_page_lazily(space, address, 0);
  }
  hypercall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
}

void protect_area(void) {
  for (u32 i = 0; i < remembered_count; i++) {
    u32 entry = *page_entry(space, remembered[i]);
    set_page_lazily(space, remembered[i], entry & ~(PTE_WRITABLE | PTE_DIRTY));
  }
  hypercall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
}

/* Fills in entries without a word to the host: nothing was there before, so its shadow holds nothing that is wrong. */
void populate_area(u32 first, u32 count) {
  for (u32 i = first; i < first + count; i++) {
    u32 address = page_address(page_in_order(i)), frame = pool_take();
    memset(virtual(frame), 0, PAGE_BYTES);
    *page_entry(space, address) = frame | PTE_PRESENT | PTE_WRITABLE | PTE_USER;
    remember(address);
  }
}

/* Copies the program out of the image into frames of its own, and gives it a stack. */
void map_program(void) {
  u32 from = (u32)user_load;
  for (u32 address = (u32)user_start; address < (u32)user_end; address += PAGE_BYTES, from += PAGE_BYTES) {
    u32 frame = pool_take();
    memcpy(virtual(frame), virtual(from), PAGE_BYTES);
    set_page(space, address, frame | WRITABLE_FLAGS);
  }
  for (u32 i = 1; i <= STACK_PAGES; i++) set_page(space, STACK_TOP - i * PAGE_BYTES, pool_take() | WRITABLE_FLAGS);
}
