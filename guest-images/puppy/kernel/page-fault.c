/*
 * Page faults of programs.  What the tables lack, the areas may promise: a page of the program's file, a page of zeroes,
 * a copy of a page that was shared until now, or one page more of stack.
 */
#include "processes.h"
#include "files.h"

enum { READABLE_FLAGS = PTE_PRESENT | PTE_USER | PTE_ACCESSED, WRITABLE_FLAGS = READABLE_FLAGS | PTE_WRITABLE | PTE_DIRTY };

/* A stack grows by being used. */
static struct area *grown_stack(struct space *space, u32 address) {
  for (u32 i = 0; i < space->area_count; i++) {
    struct area *area = &space->areas[i];
    if (!area->grows_down || address >= area->start || address < USER_LIMIT - STACK_LIMIT_BYTES) continue;
    if (i && space->areas[i - 1].end > page_floor(address)) return 0;
    area->start = page_floor(address);
    return area;
  }
  return 0;
}

/* Somebody writes to a page that is there and may only be read: the last one to share it may keep it. */
static int copy_on_write(struct space *space, u32 page, u32 *entry) {
  u32 frame = page_floor(*entry);
  if (frame_is_shared(frame)) {
    u32 copy = frame == zero_frame ? frame_take_zeroed() : frame_take();
    if (!copy) return -ENOMEM;
    if (frame != zero_frame) copy_page(virtual(copy), virtual(frame));
    frame_drop(frame);
    frame = copy;
  }
  space_set(space, page, entry, frame | WRITABLE_FLAGS);
  return 0;
}

/* What the file does not cover of its last page reads as zeroes. */
static int read_program_page(const struct area *area, u32 page, u32 frame) {
  u32 bytes = area->file_end - page < PAGE_BYTES ? area->file_end - page : PAGE_BYTES;
  return inode_read(area->file, area->offset + (page - area->start), virtual(frame), bytes) < 0 ? -EFAULT : 0;
}

/*
 * @journey guest/demand-loading  A program is read as it runs
 *
 * Exec reads a page of headers and starts the program at an address where there is nothing.  The first instruction
 * faults, and so do the first call, the first constant, the first push.  Each fault ends here, fetches one page from
 * wherever the area says it comes from, and is forgotten.  Programs are mostly code for things that do not happen, so
 * most of it is never read at all.
 */
static int first_touch(struct space *space, const struct area *area, u32 page, u32 *entry, int write) {
  int from_file = area->file && page < area->file_end;
  if (!from_file && !write) {
    space_set(space, page, entry, zero_frame | READABLE_FLAGS);
    return 0;
  }
  int whole = from_file && area->file_end - page >= PAGE_BYTES;
  u32 frame = whole ? frame_take() : frame_take_zeroed();
  if (!frame) return -ENOMEM;
  if (from_file && read_program_page(area, page, frame)) {
    frame_drop(frame);
    return -EFAULT;
  }
  space_set(space, page, entry, frame | (area->rights & PROT_WRITE ? WRITABLE_FLAGS : READABLE_FLAGS));
  return 0;
}
/* @end */

int fault_in(struct space *space, u32 address, int write) {
  struct area *area = area_at(space, address);
  if (!area) area = grown_stack(space, address);
  if (!area || !area->rights || (write && !(area->rights & PROT_WRITE))) return -EFAULT;
  u32 page = page_floor(address), *entry = space_entry(space, page);
  if (!entry) return -ENOMEM;
  if (!(*entry & PTE_PRESENT)) return first_touch(space, area, page, entry, write);
  if (!(*entry & PTE_USER)) space_set(space, page, entry, *entry | PTE_USER);
  if (write && !(*entry & PTE_WRITABLE)) return copy_on_write(space, page, entry);
  /* The tables allow it already: the host had not heard yet. */
  return 0;
}

void page_fault(struct frame *frame) {
  u32 address = lguest_data.cr2;
  if (!from_user(frame)) oops(frame, "page fault");
  current->faults++;
  int error = -EFAULT;
  while (address < USER_LIMIT && (error = fault_in(&current->space, address, frame->error & ERROR_WRITE)) == -ENOMEM)
    if (!out_of_memory()) break;
  if (error == -EFAULT) signal_fault(SIGSEGV, "touched", address);
}
