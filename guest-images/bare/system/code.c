/*
 * Code that changes: an instruction patched before each run, functions generated over older ones, and data that shares
 * a page with the loop that writes it.
 */
#include "generate.h"

enum { MOVE_TO_EAX = 0xb8, RETURN = 0xc3, IMMEDIATE = 1 };
enum { OPERATIONS = 64, RUNS = 500, RUNS_PREDICTED = 4 };

extern u8 sharing_code[], sharing_code_end[]; /* sharing.S */
enum { SHARED_WORD = 512 };

/* movl $0, %eax; ret */
void prepare_patch(u32 times) {
  (void)times;
  open_machine();
  arena[0] = MOVE_TO_EAX;
  *word_at((u32)arena + IMMEDIATE) = 0;
  arena[5] = RETURN;
}

u32 patch_turn(u32 number) {
  u32 sum = number;
  for (u32 i = 0; i < PATCHES; i++) {
    *word_at((u32)arena + IMMEDIATE) = seed(i ^ number);
    u32 seen = call_generated(arena, (struct pair){0, 0}).a;
    if (seen != seed(i ^ number)) failed("the old instruction ran");
    sum = mix(sum, seen);
  }
  return sum;
}

void prepare_generate(u32 times) {
  (void)times;
  open_machine();
}

u32 generate_turn(u32 number) {
  u32 sum = 0;
  for (u32 i = 0; i < GENERATED; i++) {
    u32 random = seed(number * GENERATED + i);
    struct pair values = {random, i}, expected = values;
    generate(arena, random, OPERATIONS);
    for (u32 run = 0; run < RUNS; run++) {
      values = call_generated(arena, values);
      if (run >= RUNS_PREDICTED) continue;
      expected = predict(random, OPERATIONS, expected);
      if (!pairs_equal(values, expected)) failed("a generated function computed something else");
    }
    sum = mix(sum, values.a ^ values.c);
  }
  return sum;
}

/* The loop is copied to the start of a page, and its counter lies further up in the same page. */
void prepare_sharing(u32 times) {
  (void)times;
  open_machine();
  memcpy(arena, sharing_code, sharing_code_end - sharing_code);
}

u32 sharing_turn(u32 number) {
  volatile u32 *word = word_at((u32)arena + SHARED_WORD);
  *word = number;
  call_generated(arena, (struct pair){(u32)word, SHARED_STORES});
  if (*word != number + SHARED_STORES) failed("stores were lost");
  return *word;
}
