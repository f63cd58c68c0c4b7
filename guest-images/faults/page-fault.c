/*
 * The page fault handler, as any kernel has one: find out whose page is missing, get a frame, put something in it, enter
 * it in the page table, tell the host, return.
 */
#include "space.h"

enum { FILE_WORDS = 8 };

u32 area_faults;

/* The page of an imaginary file for pattern=chase: its first word says where the next page is. */
static void read_file_page(u32 address, u32 *to) {
  u32 page = (address - AREA) / PAGE_BYTES;
  u32 next = page + job.step;
  to[0] = page_address(next < job.pages ? next : next - job.pages);
  for (u32 i = 1; i < FILE_WORDS; i++) to[i] = mix(job.seed + i, page);
}

static u32 zeroed_frame(void) {
  u32 frame = pool_take(), words = WORDS;
  void *to = virtual(frame);
  __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(0) : "memory");
  return frame;
}

/*
 * @journey guest/first-touch  The first touch of a page
 *
 * This is what a user page fault is for, and the reason for the question this whole project asks.  The program touches
 * a page it was promised and never given.  The processor traps; the host looks, finds that the guest's own tables have
 * nothing there, and puts the fault on our stack.  Here we are.  We find a frame, clear it, enter it, and tell the host,
 * which is another trip out and back.  Two round trips for one page; the first of them only to be told that it is our
 * business.
 */
static void first_touch(u32 address, u32 error) {
  remember(address);
  if (job.pattern == COW && !(error & ERROR_WRITE)) {
    set_page(space, address, zero_frame | USER_FLAGS);
    return;
  }
  u32 frame = zeroed_frame();
  if (job.pattern == CHASE) {
    read_file_page(address, virtual(frame));
    set_page(space, address, frame | USER_FLAGS);
    return;
  }
  set_page(space, address, frame | WRITABLE_FLAGS);
}
/* @end */

/* A write to a page that may only be read: copy it if somebody else still needs it as it is, else let the writer have it. */
static void write_to_protected(u32 address, u32 entry) {
  u32 frame = entry & ~PTE_FLAGS;
  if (pool_is_shared(frame)) {
    u32 copy = pool_take();
    u32 words = WORDS;
    void *to = virtual(copy), *from = virtual(frame);
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    pool_drop(frame);
    frame = copy;
  }
  set_page(space, address, frame | WRITABLE_FLAGS);
}

static int in_area(u32 address) { return address >= AREA && address - AREA < job.pages * PAGE_BYTES; }

void page_fault(struct frame *frame) {
  u32 address = lguest_data.cr2, error = frame->error;
  if (!(error & ERROR_USER)) give_up("faults: the kernel faulted on %08x at %08x", address, frame->eip);
  if (in_area(address)) {
    area_faults++;
    if (job.verify) verify_fault(frame);
  }
  u32 page = address & ~PTE_FLAGS;
  u32 *entry = page_entry(space, page);
  if (entry && (*entry & PTE_PRESENT) && (error & ERROR_WRITE))
    write_to_protected(page, *entry);
  else if (entry && !(*entry & PTE_PRESENT) && in_area(address))
    first_touch(page, error);
  else
    give_up("faults: the program faulted on %08x (error %x) at %08x", address, error, frame->eip);
}
