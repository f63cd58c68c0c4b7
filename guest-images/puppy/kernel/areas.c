/*
 * Areas: what a program was promised, as a short list sorted by address.  Page tables only remember which of the promises
 * were kept so far.
 */
#include "processes.h"
#include "files.h"

struct area *area_at(struct space *space, u32 address) {
  for (u32 i = 0; i < space->area_count; i++)
    if (address >= space->areas[i].start && address < space->areas[i].end) return &space->areas[i];
  return 0;
}

/* Neighbours that promise the same thing become one: a heap that grows stays one area. */
static int continues(const struct area *area, const struct area *next) {
  return area->end == next->start && !area->file && !next->file && area->rights == next->rights && !area->grows_down &&
         !next->grows_down;
}

static void remove_at(struct space *space, u32 index) {
  space->area_count--;
  for (u32 i = index; i < space->area_count; i++) space->areas[i] = space->areas[i + 1];
}

static int insert_at(struct space *space, u32 index, struct area area) {
  if (space->area_count == AREAS) return -ENOMEM;
  for (u32 i = space->area_count++; i > index; i--) space->areas[i] = space->areas[i - 1];
  space->areas[index] = area;
  return 0;
}

int area_add(struct space *space, struct area area) {
  u32 index = 0;
  while (index < space->area_count && space->areas[index].start < area.start) index++;
  struct area *before = index ? &space->areas[index - 1] : 0;
  if (before && continues(before, &area)) {
    before->end = area.end;
    index--;
  } else {
    int error = insert_at(space, index, area);
    if (error) return error;
  }
  if (index + 1 < space->area_count && continues(&space->areas[index], &space->areas[index + 1])) {
    space->areas[index].end = space->areas[index + 1].end;
    remove_at(space, index + 1);
  }
  return 0;
}

int area_copy(struct space *space, const struct area *area) {
  int error = insert_at(space, space->area_count, *area);
  if (!error && area->file) inode_hold(area->file);
  return error;
}

void areas_forget(struct space *space) {
  while (space->area_count) {
    struct area *last = &space->areas[--space->area_count];
    if (last->file) inode_drop(last->file);
  }
}

/* Cuts the area an address lies within in two, so that one begins there. */
static int split(struct space *space, u32 address) {
  struct area *area = area_at(space, address);
  if (!area || area->start == address) return 0;
  struct area rest = *area;
  rest.start = address;
  rest.offset += address - area->start;
  int error = insert_at(space, area - space->areas + 1, rest);
  if (error) return error;
  if (rest.file) inode_hold(rest.file);
  area->end = address;
  return 0;
}

int area_remove(struct space *space, u32 from, u32 to) {
  if (split(space, from) || split(space, to)) return -ENOMEM;
  for (u32 i = space->area_count; i-- > 0;) {
    struct area *area = &space->areas[i];
    if (area->start < from || area->end > to) continue;
    space_unmap(space, area->start, area->end);
    if (area->file) inode_drop(area->file);
    remove_at(space, i);
  }
  return 0;
}

/* Protecting page after page, one after the other, must not use up the list. */
static void join_neighbours(struct space *space) {
  for (u32 i = space->area_count; i-- > 1;) {
    if (!continues(&space->areas[i - 1], &space->areas[i])) continue;
    space->areas[i - 1].end = space->areas[i].end;
    remove_at(space, i);
  }
}

int area_set_rights(struct space *space, u32 from, u32 to, u32 rights) {
  if (split(space, from) || split(space, to)) return -ENOMEM;
  for (u32 i = 0; i < space->area_count; i++) {
    struct area *area = &space->areas[i];
    if (area->start < from || area->end > to) continue;
    area->rights = rights;
    if (!rights)
      space_hide(space, area->start, area->end);
    else if (!(rights & PROT_WRITE))
      space_protect(space, area->start, area->end);
  }
  join_neighbours(space);
  return 0;
}

u32 area_gap(const struct space *space, u32 bytes) {
  u32 address = MAPPINGS_START;
  for (u32 i = 0; i < space->area_count; i++) {
    const struct area *area = &space->areas[i];
    if (area->end <= address) continue;
    if (area->start >= address && area->start - address >= bytes) break;
    address = area->end;
  }
  return address < MAPPINGS_LIMIT && MAPPINGS_LIMIT - address >= bytes ? address : 0;
}
