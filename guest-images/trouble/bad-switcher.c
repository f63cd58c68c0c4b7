/*
 * Touching the Switcher itself.  Its pages are in every address space of every guest, and only the page tables keep a
 * ring-1 kernel from writing on them.
 */
#include "trouble.h"

/* One page of them holds our own registers while we do not run; writing there is allowed, and hurts nobody else. */
enum { OURS = 1 };
static u32 kept_esp;

static void write_switcher(void) {
  u32 written = 0, pages = 0;
  for (u32 at = SWITCHER; at != 0; at += PAGE_BYTES) {
    u32 before = caught.count;
    TRY("movl %1, (%0)", "r"(at), "r"(0xDEADBEEF));
    written += caught.count == before;
    pages++;
  }
  conclude(written > OURS ? "%u of %u pages TOOK it" : "all but at most one of its own refused", written, pages);
}

static void jump_switcher(void) {
  __asm__ volatile("movl %%esp, %0" : "=m"(kept_esp));
  TRY("call *%0", "r"(SWITCHER), "a"(0));
  __asm__ volatile("movl %0, %%esp" : : "m"(kept_esp));
  conclude("trap %u (error %x) came back", caught.vector, caught.error);
}

const struct mode switchers[] = {
    {"write-switcher", "wrote on every page of the Switcher", write_switcher},
    {"jump-switcher", "called the Switcher's code from ring 1", jump_switcher},
    {0, 0, 0},
};
