/*
 * How fast memory is read, written and copied, a block of 256 KiB at a time.  bw_mem [read|write|copy] [blocks]
 */
#include "puppy.h"

enum { BLOCK_BYTES = 256 * 1024, WORDS = BLOCK_BYTES / sizeof(u32), KIB = BLOCK_BYTES / 1024 };

static u32 from[WORDS], to[WORDS];
static volatile u32 seen;

static void read_block(void) {
  u32 sum = 0;
  for (u32 i = 0; i < WORDS; i += 4) sum += from[i] + from[i + 1] + from[i + 2] + from[i + 3];
  seen = sum;
}

/* Word by word: a string instruction would be one instruction to a clock that counts them. */
static void write_block(void) {
  for (u32 i = 0; i < WORDS; i++) ((volatile u32 *)to)[i] = i;
}

static void copy_block(void) {
  for (u32 i = 0; i < WORDS; i++) ((volatile u32 *)to)[i] = from[i];
}

static const struct { const char *name; void (*deed)(void); } kinds[] = {
    {"copy", copy_block}, {"read", read_block}, {"write", write_block}};

int main(int argc, char **argv) {
  u32 blocks = operations_wanted(argc, argv, 40), kind = 0;
  if (argc > 1 && !is_number(argv[1]))
    while (strcmp(kinds[kind].name, argv[1]))
      if (++kind == LENGTH(kinds)) return complain("there are copy, read and write, but no %s", argv[1]);
  memset(from, 1, sizeof from); /* so that the pages are there */
  memset(to, 1, sizeof to);
  u64 start = now_ns();
  for (u32 i = 0; i < blocks; i++) kinds[kind].deed();
  u64 spent = now_ns() - start;
  char of[64];
  u32 rate = spent ? (u32)((u64)blocks * BLOCK_BYTES * 1000 / spent) : 0; /* bytes in a nanosecond, times 1000 */
  snprintf(of, sizeof of, "%s %d KiB, %u MB/s", kinds[kind].name, KIB, rate);
  report(blocks, spent, of);
  return 0;
}
