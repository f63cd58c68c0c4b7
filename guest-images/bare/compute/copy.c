/*
 * Copying 16 MiB, to another 16 MiB right behind: once by a loop over words and once by rep movsd.  The distance is a
 * power of two, which is what a translation table with too few index bits trips over.
 */
#include "compute.h"

enum { COPY_BYTES = 16 * MIB, WORDS = COPY_BYTES / 4, SAMPLE = 4099 };

#define FROM ((u32 *)arena)
#define TO ((u32 *)(arena + COPY_BYTES))

void prepare_copy(u32 times) {
  u32 random = seed(0);
  (void)times;
  for (u32 i = 0; i < WORDS; i++) FROM[i] = next_random(&random), TO[i] = 0; /* Linux gives a page when it is touched */
}

/* Looks at some of what arrived, and changes what leaves next time. */
static u32 verify(u32 number) {
  u32 sum = 0;
  for (u32 i = number % SAMPLE; i < WORDS; i += SAMPLE) {
    if (TO[i] != FROM[i]) failed("the copy differs");
    sum = mix(sum, TO[i]);
    FROM[i] += number + 1;
  }
  return sum;
}

u32 copy_turn(u32 number) {
  const u32 *from = FROM;
  u32 *to = TO;
  for (u32 i = 0; i < WORDS; i++) to[i] = from[i];
  return verify(number);
}

u32 movs_turn(u32 number) {
  const void *from = FROM;
  void *to = TO;
  u32 words = WORDS;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
  return verify(number);
}
