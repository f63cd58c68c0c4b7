/*
 * Memory of a guest kernel: all RAM at PAGE_OFFSET, the devices' pages in a window of their own, and whoever wants a
 * page takes the next one.  Pages are not given back; a guest that recycles keeps its own pool.
 */
#include "kernel.h"

enum { TABLE_SPAN = 1024 * PAGE_BYTES, KERNEL_FLAGS = PTE_PRESENT | PTE_WRITABLE | PTE_ACCESSED | PTE_DIRTY };
/* As much as fits between PAGE_OFFSET and the device window, with a little room. */
#define MAPPED_MOST 0x37000000u

u32 memory_bytes;
static u32 next_page, mapped_bytes;

static u32 page_index(u32 address) { return (address >> 12) & 1023; }
static u32 table_index(u32 address) { return address >> 22; }

u32 take_pages(u32 count) {
  if (count > pages_left()) return 0;
  u32 taken = next_page;
  next_page += count * PAGE_BYTES;
  return taken;
}

u32 pages_left(void) { return (mapped_bytes - next_page) / PAGE_BYTES; }

u32 memory_taken(void) { return next_page; }

u32 *page_entry(u32 *directory, u32 address) {
  u32 entry = directory[table_index(address)];
  if (!(entry & PTE_PRESENT)) return 0;
  return (u32 *)virtual(entry & ~PTE_FLAGS) + page_index(address);
}

void set_directory_entry(u32 *directory, u32 address, u32 entry) {
  directory[table_index(address)] = entry;
  hypercall(LHCALL_SET_PGD, physical(directory), table_index(address), 0, 0);
}

/*
 * @journey guest/set-page  Telling the host
 *
 * The processor never looks at these tables.  The host keeps shadows of them and those are what it looks at, so an entry
 * changed in memory is only a wish until the host has heard of it.  Said with A and D already set, the host needs to be
 * told nothing more: it installs the page at once and the next access does not even fault.
 */
void set_page(u32 *directory, u32 address, u32 entry) {
  *page_entry(directory, address) = entry;
  hypercall(LHCALL_SET_PTE, physical(directory), address, entry, 0);
}

void set_page_lazily(u32 *directory, u32 address, u32 entry) {
  *page_entry(directory, address) = entry;
  lazy_hypercall(LHCALL_SET_PTE, physical(directory), address, entry);
}
/* @end */

/* Fills one page table so that `span` bytes from `at` are seen at `address`. */
static void map_kernel(u32 address, u32 at, u32 span) {
  u32 table = take_pages(1);
  for (u32 done = 0; done < span; done += PAGE_BYTES) ((u32 *)virtual(table))[done / PAGE_BYTES] = (at + done) | KERNEL_FLAGS;
  set_directory_entry(boot_directory, address, table | KERNEL_FLAGS);
}

void memory_open(u32 bytes) {
  memory_bytes = bytes;
  mapped_bytes = TABLE_SPAN; /* what entry.S mapped; tables for the rest come out of it */
  next_page = physical(image_end);
  u32 most = bytes < MAPPED_MOST ? bytes : MAPPED_MOST;
  for (u32 at = TABLE_SPAN; at < most; at += TABLE_SPAN)
    map_kernel(PAGE_OFFSET + at, at, most - at < TABLE_SPAN ? most - at : TABLE_SPAN);
  map_kernel(DEVICE_WINDOW, bytes, 256 * PAGE_BYTES);
  mapped_bytes = most;
  set_directory_entry(boot_directory, 0, 0); /* nobody needs the low copy any more; ring 3 may have it */
}
