/*
 * System calls about memory: promises are made here and kept when somebody touches them.
 */
#include "calls.h"

/* More than there is in the whole machine is not even promised. */
static int too_much(u32 bytes) { return bytes / PAGE_BYTES >= frames_total; }

CALL(sys_brk) {
  struct space *space = &current->space;
  u32 end = page_ceiling(space->heap_end), wanted = page_ceiling(a);
  if (a < space->heap_start || a > MAPPINGS_START || too_much(a - space->heap_start)) return space->heap_end;
  if (wanted > end) {
    struct area heap = {.start = end, .end = wanted, .rights = PROT_READ | PROT_WRITE};
    for (u32 i = 0; i < space->area_count; i++)
      if (space->areas[i].start < wanted && space->areas[i].end > end) return space->heap_end;
    if (area_add(space, heap)) return space->heap_end;
  } else if (wanted < end) {
    area_remove(space, wanted, end);
  }
  return space->heap_end = a;
}

static int map(u32 address, u32 bytes, u32 rights, u32 flags, u32 descriptor, u32 offset) {
  struct space *space = &current->space;
  struct area area = {.rights = rights & (PROT_READ | PROT_WRITE | PROT_EXEC)};
  struct file *file = flags & MAP_ANONYMOUS ? 0 : file_at(descriptor);
  u32 length = page_ceiling(bytes);
  if (!bytes || length < bytes || address % PAGE_BYTES) return -EINVAL;
  if (too_much(length)) return -ENOMEM;
  if (!(flags & MAP_ANONYMOUS) && !file) return -EBADF;
  /* What is shared would have to be written back, and nobody here would. */
  if (file && flags & MAP_SHARED && rights & PROT_WRITE) return -ENODEV;
  if (flags & MAP_FIXED) {
    if (address < PAGE_BYTES || address > USER_LIMIT - length) return -ENOMEM;
    if (area_remove(space, address, address + length)) return -ENOMEM;
  } else if (!(address = area_gap(space, length))) {
    return -ENOMEM;
  }
  area.start = address;
  area.end = address + length;
  if (file) {
    u32 size = file->inode->size;
    if ((file->inode->mode & S_IFMT) != S_IFREG) return -ENODEV;
    area.file = inode_hold(file->inode);
    area.offset = offset;
    area.file_end = address + (size > offset ? (size - offset < length ? size - offset : length) : 0);
  }
  int error = area_add(space, area);
  if (error && area.file) inode_drop(area.file);
  return error ? error : (int)address;
}

CALL(sys_mmap2) { return map(a, b, c, d, e, f * PAGE_BYTES); }

CALL(sys_mmap) {
  u32 arguments[6];
  if (copy_in(arguments, a, sizeof arguments)) return -EFAULT;
  return map(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

static int is_range(u32 address, u32 bytes) {
  return address % PAGE_BYTES == 0 && bytes <= USER_LIMIT && address <= USER_LIMIT - page_ceiling(bytes);
}

CALL(sys_munmap) {
  return is_range(a, b) && b ? area_remove(&current->space, a, a + page_ceiling(b)) : -EINVAL;
}

CALL(sys_mprotect) {
  return is_range(a, b) ? area_set_rights(&current->space, a, a + page_ceiling(b), c) : -EINVAL;
}
