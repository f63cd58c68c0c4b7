/*
 * Page frames for ring 3.  A pool smaller than the workload is on purpose: the same frames go round and round, and so
 * fifty thousand pages can be touched in a guest of sixteen megabytes.
 */
#include "space.h"

static u32 first_frame, free_count;
static u16 free_frames[POOL_MOST];
static u8 references[POOL_MOST];

static u32 index_of(u32 frame) { return (frame - first_frame) / PAGE_BYTES; }

void pool_open(u32 frames) {
  first_frame = take_pages(frames);
  if (!first_frame) give_up("faults: no memory for %u frames", frames);
  while (free_count < frames) {
    free_frames[free_count] = frames - 1 - free_count;
    free_count++;
  }
}

u32 pool_take(void) {
  if (!free_count) give_up("faults: out of page frames");
  u32 index = free_frames[--free_count];
  references[index] = 1;
  return first_frame + index * PAGE_BYTES;
}

void pool_share(u32 frame) {
  if (frame != zero_frame) references[index_of(frame)]++;
}

void pool_drop(u32 frame) {
  if (frame == zero_frame) return;
  u32 index = index_of(frame);
  if (--references[index] == 0) free_frames[free_count++] = index;
}

int pool_is_shared(u32 frame) { return frame == zero_frame || references[index_of(frame)] > 1; }
