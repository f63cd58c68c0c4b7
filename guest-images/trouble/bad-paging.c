/*
 * Page tables that point where they must not.  Some of it is said by hypercall, some only written to memory, where the
 * host meets it at the next fault.
 */
#include "trouble.h"

enum { KERNEL_FLAGS = PTE_PRESENT | PTE_WRITABLE | PTE_ACCESSED | PTE_DIRTY, LARGE_PAGE = 0x80, TABLE_PAGES = 1024 };
/* A place in the kernel half where nothing is. */
#define VACANT 0xF0000000u
#define BEYOND_MEMORY 0xFFFFF000u

static u32 read_vacant(void) { return *(volatile u32 *)VACANT; }
static void say_entry(u32 address, u32 entry) { hypercall(LHCALL_SET_PTE, physical(boot_directory), address, entry, 0); }

static void pte_switcher(void) { say_entry(SWITCHER, take_pages(1) | KERNEL_FLAGS); }

static void pte_beyond(void) {
  set_directory_entry(boot_directory, VACANT, take_pages(1) | KERNEL_FLAGS);
  set_page(boot_directory, VACANT, take_pages(1) | KERNEL_FLAGS); /* a good one first, so that the host has a table */
  read_vacant();
  set_page(boot_directory, VACANT, BEYOND_MEMORY | KERNEL_FLAGS);
}

static void pte_unsaid(void) {
  set_directory_entry(boot_directory, VACANT, take_pages(1) | KERNEL_FLAGS);
  *page_entry(boot_directory, VACANT) = BEYOND_MEMORY | KERNEL_FLAGS;
  read_vacant();
}

static void pde_beyond(void) {
  set_directory_entry(boot_directory, VACANT, BEYOND_MEMORY | KERNEL_FLAGS);
  read_vacant();
}

static void pde_large(void) {
  set_directory_entry(boot_directory, VACANT, KERNEL_FLAGS | LARGE_PAGE);
  read_vacant();
}

/* The directory as its own page table: entries become pages, and the host's A and D bits land in the directory. */
static void pde_recursive(void) {
  u32 readable = 0;
  set_directory_entry(boot_directory, VACANT, physical(boot_directory) | KERNEL_FLAGS);
  for (u32 i = 0; i < TABLE_PAGES; i++) {
    u32 before = caught.count;
    TRY("testl %0, (%0)", "r"(VACANT + i * PAGE_BYTES));
    readable += caught.count == before;
  }
  u32 *itself = (u32 *)(VACANT + (VACANT >> 10)); /* the directory, seen through itself */
  itself[VACANT >> 22] |= KERNEL_FLAGS;
  conclude("%u of its tables could be read as pages", readable);
}

static void cr3_beyond(void) { hypercall(LHCALL_NEW_PGTABLE, BEYOND_MEMORY, 0, 0, 0); }
static void cr3_nonsense(void) { hypercall(LHCALL_NEW_PGTABLE, physical(&lguest_data) & ~PTE_FLAGS, 0, 0, 0); }

static void kernel_address_later(void) {
  lguest_data.kernel_address = BEYOND_MEMORY;
  map_programs();
  run_program(touch_nothing);
}

static void jump_nowhere(void) {
  TRY("jmp *%0", "r"(UNMAPPED));
  conclude("trap %u (error %x, address %08x) came back", caught.vector, caught.error, caught.address);
}

const struct mode pagings[] = {
    {"pte-switcher", "set a page table entry where the Switcher lives", pte_switcher},
    {"pte-beyond", "set a page table entry to a page beyond its memory", pte_beyond},
    {"pte-unsaid", "wrote such an entry without telling, and used it", pte_unsaid},
    {"pde-beyond", "put a page table beyond its memory", pde_beyond},
    {"pde-large", "tried to map a 4 MiB page", pde_large},
    {"pde-recursive", "made its page directory a page table", pde_recursive},
    {"cr3-beyond", "switched to a page directory beyond its memory", cr3_beyond},
    {"cr3-nonsense", "switched to a page directory that is none", cr3_nonsense},
    {"kernel-address-later", "changed kernel_address after LGUEST_INIT", kernel_address_later},
    {"jump-nowhere", "jumped to an address it has not mapped", jump_nowhere},
    {0, 0, 0},
};
