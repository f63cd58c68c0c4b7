/*
 * Pointer chase: one load that waits for the last, over 8 MiB in an order no prefetcher guesses.  The processor below
 * waits for its caches here, so even a slow engine comes close to native.
 */
#include "compute.h"

enum { LINE_BYTES = 64, LINES = 8 * MIB / LINE_BYTES };

struct line {
  struct line *next;
  u32 number;
  u8 rest[LINE_BYTES - sizeof(void *) - sizeof(u32)];
};

#define lines ((struct line *)arena)

/* Sattolo's shuffle: a single cycle through them all. */
void prepare_chase(u32 times) {
  u32 random = seed(0);
  (void)times;
  for (u32 i = 0; i < LINES; i++) lines[i].number = i;
  for (u32 i = LINES - 1; i; i--) {
    u32 other = next_random(&random) % i, swap = lines[i].number;
    lines[i].number = lines[other].number, lines[other].number = swap;
  }
  for (u32 i = 0; i < LINES; i++) lines[i].next = &lines[lines[i].number];
}

u32 chase_turn(u32 number) {
  const struct line *at = &lines[seed(number) % LINES];
  for (u32 i = 0; i < CHASE_STEPS; i++) at = at->next;
  return at->number;
}
