/*
 * Memory of programs, as the kernel sees it.  A user address is never used as an address: it is looked up in the page
 * tables, faulted in if it must be, and read or written where all RAM is mapped.  The kernel thus takes no fault, and a
 * wrong pointer is an answer, not a trap.
 */
#include "processes.h"

u32 user_span(u32 address, u32 length, int write, void **at) {
  if (address >= USER_LIMIT || !length) return 0;
  u32 wanted = PTE_PRESENT | PTE_USER | (write ? PTE_WRITABLE : 0);
  u32 entry = space_lookup(&current->space, address);
  if ((entry & wanted) != wanted) {
    if (fault_in(&current->space, address, write)) return 0;
    entry = space_lookup(&current->space, address);
  }
  *at = (char *)virtual(page_floor(entry)) + address % PAGE_BYTES;
  u32 rest = PAGE_BYTES - address % PAGE_BYTES;
  return length < rest ? length : rest;
}

int copy_in(void *to, u32 from, u32 length) {
  for (char *at = to; length;) {
    void *there;
    u32 part = user_span(from, length, 0, &there);
    if (!part) return -EFAULT;
    memcpy(at, there, part);
    at += part, from += part, length -= part;
  }
  return 0;
}

int copy_out(u32 to, const void *from, u32 length) {
  for (const char *at = from; length;) {
    void *there;
    u32 part = user_span(to, length, 1, &there);
    if (!part) return -EFAULT;
    memcpy(there, at, part);
    at += part, to += part, length -= part;
  }
  return 0;
}

int copy_text_in(char *to, u32 from, u32 size) {
  for (u32 done = 0; done < size;) {
    void *there;
    u32 part = user_span(from + done, size - done, 0, &there);
    if (!part) return -EFAULT;
    for (u32 i = 0; i < part; i++, done++)
      if (!(to[done] = ((char *)there)[i])) return done;
  }
  return -ENAMETOOLONG;
}
