/*
 * Page frames: all RAM the kernel does not lie in, each with a count of who uses it.  The last one freed is the first one
 * taken: the host has it mapped already, and a page new to the host costs a trip.
 */
#include "memory.h"

enum { NONE = ~0u };

u32 frames_total, frames_free, zero_frame;
static u32 first_frame, top_free;
static u16 *counts;     /* users of each frame */
static u32 *next_free;  /* the list of free frames, by index */

static u32 index_of(u32 frame) { return (frame - first_frame) / PAGE_BYTES; }

/* All that is left below the limit.  The tables about the frames come first out of the memory they are about. */
void frames_open(u32 limit) {
  u32 bytes = (limit - memory_taken()) / PAGE_BYTES * (sizeof *counts + sizeof *next_free);
  u32 own = take_pages(page_ceiling(bytes) / PAGE_BYTES);
  next_free = virtual(own);
  zero_frame = take_pages(1);
  u32 count = (limit - memory_taken()) / PAGE_BYTES;
  counts = (u16 *)(next_free + count);
  first_frame = take_pages(count);
  frames_total = frames_free = count;
  for (u32 i = 0; i < count; i++) next_free[i] = i + 1 < count ? i + 1 : (u32)NONE;
  top_free = 0;
}

u32 frame_take(void) {
  if (top_free == (u32)NONE) return 0;
  u32 index = top_free;
  top_free = next_free[index];
  counts[index] = 1;
  frames_free--;
  return first_frame + index * PAGE_BYTES;
}

u32 frame_take_zeroed(void) {
  u32 frame = frame_take(), words = WORDS_PER_PAGE;
  if (!frame) return 0;
  void *to = virtual(frame);
  __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(0) : "memory");
  return frame;
}

void frame_share(u32 frame) {
  if (frame != zero_frame) counts[index_of(frame)]++;
}

void frame_drop(u32 frame) {
  if (frame == zero_frame) return;
  u32 index = index_of(frame);
  if (--counts[index]) return;
  next_free[index] = top_free;
  top_free = index;
  frames_free++;
}

int frame_is_shared(u32 frame) { return frame == zero_frame || counts[index_of(frame)] > 1; }

void copy_page(void *to, const void *from) {
  u32 words = WORDS_PER_PAGE;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}
