/*
 * Address spaces: a directory, its tables, and what the host must be told of them.  The upper quarter is the same in
 * all of them, and was laid out before there was a second one.
 */
#include "processes.h"

enum { USER_TABLES = USER_LIMIT >> 22 };
enum { TABLE_FLAGS = PTE_PRESENT | PTE_WRITABLE | PTE_USER | PTE_ACCESSED | PTE_DIRTY };

int space_open(struct space *space) {
  u32 directory = frame_take_zeroed();
  if (!directory) return -ENOMEM;
  space->directory = virtual(directory);
  for (u32 i = USER_TABLES; i < WORDS_PER_PAGE; i++) space->directory[i] = boot_directory[i];
  space->area_count = space->resident = 0;
  space->heap_start = space->heap_end = 0;
  return 0;
}

u32 *space_entry(struct space *space, u32 address) {
  u32 *slot = &space->directory[address >> 22];
  if (!(*slot & PTE_PRESENT)) {
    u32 table = frame_take_zeroed();
    if (!table) return 0;
    /* The host need not hear of this: its shadow has nothing here, and will look when somebody touches it. */
    *slot = table | TABLE_FLAGS;
  }
  return (u32 *)virtual(page_floor(*slot)) + (address >> 12) % WORDS_PER_PAGE;
}

u32 space_lookup(const struct space *space, u32 address) {
  u32 *entry = page_entry(space->directory, address);
  return entry ? *entry : 0;
}

void space_set(struct space *space, u32 address, u32 *entry, u32 value) {
  space->resident += (value & PTE_PRESENT) - (*entry & PTE_PRESENT);
  *entry = value;
  tell_host(LHCALL_SET_PTE, physical(space->directory), address, value);
}

/* Calls `each` for every entry of existing tables between two addresses. */
static void walk(struct space *space, u32 from, u32 to, void (*each)(struct space *, u32 address, u32 *entry)) {
  while (from < to) {
    u32 end = (from | (TABLE_SPAN_BYTES - 1)) + 1;
    if (end > to) end = to;
    u32 *entry = page_entry(space->directory, from);
    for (; entry && from < end; from += PAGE_BYTES, entry++)
      if (*entry & PTE_PRESENT) each(space, from, entry);
    from = end;
  }
}

static void unmap_page(struct space *space, u32 address, u32 *entry) {
  u32 frame = page_floor(*entry);
  space_set(space, address, entry, 0);
  frame_drop(frame);
}

static void protect_page(struct space *space, u32 address, u32 *entry) {
  if (*entry & PTE_WRITABLE) space_set(space, address, entry, *entry & ~(PTE_WRITABLE | PTE_DIRTY));
}

static void hide_page(struct space *space, u32 address, u32 *entry) { space_set(space, address, entry, *entry & ~PTE_USER); }

void space_unmap(struct space *space, u32 from, u32 to) { walk(space, from, to, unmap_page); }

void space_protect(struct space *space, u32 from, u32 to) { walk(space, from, to, protect_page); }

void space_hide(struct space *space, u32 from, u32 to) { walk(space, from, to, hide_page); }

/* Entry by entry would be a message each; the host can also be told to forget the whole user half at once. */
static void forget_page(struct space *space, u32 address, u32 *entry) {
  (void)address;
  space->resident--;
  frame_drop(page_floor(*entry));
  *entry = 0;
}

void space_empty(struct space *space) {
  for (u32 i = 0; i < space->area_count; i++) walk(space, space->areas[i].start, space->areas[i].end, forget_page);
  for (u32 i = 0; i < USER_TABLES; i++) {
    if (!space->directory[i]) continue;
    frame_drop(page_floor(space->directory[i]));
    space->directory[i] = 0;
  }
  tell_host(LHCALL_FLUSH_TLB, 0, 0, 0);
  areas_forget(space);
}

void space_close(struct space *space) { frame_drop(physical(space->directory)); }

/*
 * @journey guest/fork  Two programs, one memory
 *
 * Fork promises the child a copy of everything, and most of it will never be looked at again.  So nothing is copied: both
 * get the same frames, and neither may write.  Whoever tries first faults, and gets a page of his own then.  Of the
 * child's tables the host knows nothing yet and need not; but the parent's it has in its shadow, and there every page
 * that was writable must cease to be.  Those are as many messages as pages, which is what the ring is for.
 */
static int share_area(struct space *parent, struct space *child, const struct area *area) {
  for (u32 at = area->start; at < area->end;) {
    u32 end = (at | (TABLE_SPAN_BYTES - 1)) + 1;
    if (end > area->end) end = area->end;
    u32 *from = page_entry(parent->directory, at);
    u32 *to = from ? space_entry(child, at) : 0;
    if (from && !to) return -ENOMEM;
    for (; from && at < end; at += PAGE_BYTES, from++, to++) {
      if (!(*from & PTE_PRESENT)) continue;
      protect_page(parent, at, from);
      frame_share(page_floor(*from));
      *to = *from;
      child->resident++;
    }
    at = end;
  }
  return 0;
}
/* @end */

int space_fork(struct space *parent, struct space *child) {
  int error = space_open(child);
  if (error) return error;
  child->heap_start = parent->heap_start;
  child->heap_end = parent->heap_end;
  for (u32 i = 0; i < parent->area_count && !error; i++) {
    const struct area *area = &parent->areas[i];
    error = area_copy(child, area);
    if (!error) error = share_area(parent, child, area);
  }
  if (!error) return 0;
  space_empty(child);
  space_close(child);
  return error;
}
