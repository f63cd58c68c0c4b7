/*
 * Blocks of the disk in memory.  What is changed is written when its place is needed for another, or when somebody syncs;
 * the one not asked for the longest goes first.
 */
#include "ext2.h"

enum { CACHED = 128 };

static struct cached {
  u32 block, used_at;
  int changed;
  u8 *bytes;
} cache[CACHED];
static u32 clock;
u32 block_bytes;

int blocks_open(u32 bytes) {
  block_bytes = bytes;
  for (u32 i = 0; i < CACHED; i++) {
    u32 frame = frame_take();
    if (!frame) return -ENOMEM;
    cache[i] = (struct cached){.bytes = virtual(frame)};
  }
  return 0;
}

static int write_back(struct cached *cached) {
  if (!cached->changed) return 0;
  cached->changed = 0;
  return disk_transfer(cached->block * (block_bytes / SECTOR_BYTES), cached->bytes, block_bytes, 1);
}

/* The place of a block: where it is, or where it may go.  Block 0 is never asked for, and marks an empty place. */
static struct cached *find(u32 block, int *there) {
  struct cached *oldest = cache;
  for (u32 i = 0; i < CACHED; i++) {
    if (cache[i].block == block) {
      cache[i].used_at = ++clock;
      *there = 1;
      return &cache[i];
    }
    if (cache[i].used_at < oldest->used_at) oldest = &cache[i];
  }
  *there = 0;
  if (write_back(oldest)) return 0;
  oldest->block = block;
  oldest->used_at = ++clock;
  return oldest;
}

u8 *block_read(u32 block) {
  int there;
  if (!block || block >= super.blocks) return 0;
  struct cached *cached = find(block, &there);
  if (!cached) return 0;
  if (!there && disk_transfer(block * (block_bytes / SECTOR_BYTES), cached->bytes, block_bytes, 0)) {
    cached->block = 0;
    return 0;
  }
  return cached->bytes;
}

u8 *block_fresh(u32 block) {
  int there;
  if (!block || block >= super.blocks) return 0;
  struct cached *cached = find(block, &there);
  if (!cached) return 0;
  memset(cached->bytes, 0, block_bytes);
  cached->changed = 1;
  return cached->bytes;
}

void block_changed(const void *within) {
  for (u32 i = 0; i < CACHED; i++)
    if (cache[i].bytes == (u8 *)page_floor((u32)within)) cache[i].changed = 1;
}

int blocks_sync(void) {
  int error = 0;
  for (u32 i = 0; i < CACHED; i++) error |= write_back(&cache[i]);
  return error | disk_flush() ? -EIO : 0;
}
