/*
 * Calls across pages: eight functions, each on a page of its own, which is more pages than a translator that thinks in
 * pages takes at once.  They call each other in a chain (across), or are called one by one through a table in an order
 * nobody foresees (indirect).
 */
#include "compute.h"

enum { DEPTH = 8, GOLDEN = 0x9e3779b9 };

#define SECTION(n) section(".text.page" #n)
#define OPAQUE noinline, noclone, noipa

static inline u32 twist(u32 x, u32 n) { return (x << 1 | x >> 31) + n * (u32)GOLDEN; }

#define LEAF(n) static u32 __attribute__((OPAQUE, SECTION(n))) leaf_##n(u32 x) { return twist(x, n); }
/* The exclusive or keeps the compiler from leaving with a jump. */
#define LINK(n, next)                                                                                       \
  static u32 __attribute__((OPAQUE, SECTION(n), aligned(4096))) link_##n(u32 x) { return next(twist(x, n)) ^ x; } \
  LEAF(n)

static u32 __attribute__((OPAQUE, SECTION(7), aligned(4096))) link_7(u32 x) { return twist(x, 7); }
LEAF(7)
LINK(6, link_7)
LINK(5, link_6)
LINK(4, link_5)
LINK(3, link_4)
LINK(2, link_3)
LINK(1, link_2)
LINK(0, link_1)

static u32 (*const leaves[DEPTH])(u32) = {leaf_0, leaf_1, leaf_2, leaf_3, leaf_4, leaf_5, leaf_6, leaf_7};

static u32 foretell_chain(u32 x) {
  u32 passed[DEPTH];
  for (u32 n = 0; n < DEPTH; n++) passed[n] = x, x = twist(x, n);
  for (u32 n = 0; n < DEPTH - 1; n++) x ^= passed[n];
  return x;
}

u32 across_turn(u32 number) {
  u32 sum = seed(number);
  if (link_0(sum) != foretell_chain(sum)) failed("the chain lost something");
  for (u32 i = 0; i < CALLS_ACROSS / DEPTH; i++) sum = link_0(sum + i);
  return sum;
}

u32 indirect_turn(u32 number) {
  u32 random = seed(number), sum = random, expected = random;
  for (u32 i = 0; i < CALLS_INDIRECT; i++) {
    u32 n = next_random(&random) >> 7 & (DEPTH - 1);
    sum = leaves[n](sum);
    expected = twist(expected, n);
  }
  if (sum != expected) failed("a call went to the wrong function");
  return sum;
}
