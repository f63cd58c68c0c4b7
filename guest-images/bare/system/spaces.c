/*
 * Address spaces: one page moved (invlpg), one space for another (cr3), one world for another (world).
 */
#include "system.h"

enum { HOME_STEP = 3, EXCHANGE_EVERY = 64, FRAME_STEP = 0x100000, USER_FLAGS = 2 };

trap_entry user_world, leave_world;
void switch_worlds(struct world *there, struct world *here);
extern struct world *here_and_there[2]; /* worlds.S: whose registers the way back must save and restore */

static u32 frames[2][WINDOW_PAGES];
static struct world away;

static void map_window(u32 directory, u32 space) {
  for (u32 i = 0; i < WINDOW_PAGES; i++) {
    if (!frames[space][i]) frames[space][i] = take_page();
    map(directory, WINDOW + i * PAGE_BYTES, frames[space][i], PRESENT | WRITABLE | USER);
  }
}

/* Every frame starts from a number of its own, so that one page cannot pass for another. */
static void reset_frames(void) {
  for (u32 i = 0; i < WINDOW_PAGES; i++) *word_at(frames[0][i]) = *word_at(frames[1][i]) = i * FRAME_STEP;
}

static u32 check_frames(u32 space, u32 touches, const char *complaint) {
  u32 sum = 0;
  for (u32 i = 0; i < WINDOW_PAGES; i++) {
    if (*word_at(frames[space][i]) != i * FRAME_STEP + touches) failed(complaint);
    sum = mix(sum, *word_at(frames[space][i]));
  }
  return sum;
}

static void touch_window(u32 step) {
  for (u32 i = 0; i < WINDOW_PAGES; i++) *word_at(WINDOW + i * PAGE_BYTES) += step;
}

void prepare_invlpg(u32 times) {
  (void)times;
  open_machine();
  map_window(home.directory, 0);
  for (u32 i = 0; i < WINDOW_PAGES; i++) *word_at(frames[0][i]) = seed(i);
}

u32 invlpg_turn(u32 number) {
  u32 *entry = page_entry(home.directory, WINDOW), sum = number;
  for (u32 i = 0; i < PAGES_INVALIDATED; i++) {
    *entry = frames[0][i % WINDOW_PAGES] | PRESENT | WRITABLE;
    invlpg(WINDOW);
    u32 seen = *word_at(WINDOW);
    if (seen != seed(i % WINDOW_PAGES)) failed("the old page shows through");
    sum = mix(sum, seen);
  }
  return sum;
}

void prepare_cr3(u32 times) {
  (void)times;
  open_machine();
  build_world(&away);
  map_window(home.directory, 0);
  map_window(away.directory, 1);
}

/* Exchanges two pages in a space that is not loaded: the next load of cr3 must notice. */
static void exchange(u32 directory) {
  u32 *a = page_entry(directory, WINDOW), *b = a + 1, swap = *a;
  *a = *b, *b = swap;
}

static u32 seen_and_meant_differ(u32 directory) {
  return *word_at(WINDOW) != *word_at(*page_entry(directory, WINDOW) & FRAME_MASK);
}

u32 cr3_turn(u32 number) {
  u32 spaces[2] = {away.directory, home.directory};
  reset_frames();
  for (u32 i = 0; i < SPACE_SWITCHES; i++) {
    load_cr3(spaces[i & 1]);
    touch_window(i & 1 ? HOME_STEP : 1);
    if (i % EXCHANGE_EVERY == 0) exchange(spaces[~i & 1]);
    if (i % EXCHANGE_EVERY == 1 && seen_and_meant_differ(spaces[i & 1])) failed("an old page shows through");
  }
  u32 sum = check_frames(0, SPACE_SWITCHES / 2 * HOME_STEP, "home was touched a wrong number of times");
  return mix(sum, number) + check_frames(1, SPACE_SWITCHES / 2, "the other space was touched a wrong number of times");
}

/* What a world's stack looks like from inside the switch: popa's eight registers, then iret's frame. */
void prepare_world(u32 times) {
  prepare_cr3(times);
  set_gate(&away, LEAVE_WORLD, leave_world, USER_PRIVILEGE);
  here_and_there[0] = &home, here_and_there[1] = &away;
  u32 *top = (u32 *)(away.trap_stack + sizeof away.trap_stack);
  *--top = USER_DATA;
  *--top = 0; /* its program needs no stack */
  *--top = USER_FLAGS;
  *--top = USER_CODE;
  *--top = (u32)user_world;
  away.stack = (u32)(top - 8);
}

u32 world_turn(u32 number) {
  reset_frames();
  for (u32 i = 0; i < WORLD_SWITCHES; i++) {
    switch_worlds(&away, &home);
    touch_window(HOME_STEP);
  }
  u32 sum = check_frames(0, WORLD_SWITCHES * HOME_STEP, "home was touched a wrong number of times");
  return mix(sum, number) + check_frames(1, WORLD_SWITCHES, "the other world was touched a wrong number of times");
}
