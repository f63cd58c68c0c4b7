/*
 * Cold code: two thousand functions, new ones every turn, that run twice and never again (cold) or are come back to
 * forty times (seldom).  Start-up is made of this, and an engine that thinks long about every instruction it meets shows
 * it here.
 */
#include "generate.h"

struct kind {
  u32 operations, runs, bytes; /* of a function; of a function; of all functions of a turn */
};
static const struct kind cold = {24, 2, 512 * 1024}, seldom = {64, 40, MIB};

static u8 *functions[COLD_TURNS_MOST][COLD_FUNCTIONS];
static struct pair results[COLD_TURNS_MOST]; /* after each function has run as often as cold ones do, in a row */

/* Writes the functions of one turn back to back, and foretells what they make of each other's results. */
static void write_turn(const struct kind *kind, u32 turn) {
  u8 *to = arena + turn * kind->bytes;
  struct pair values = {turn, 1};
  for (u32 i = 0; i < COLD_FUNCTIONS; i++) {
    u32 random = seed(turn * COLD_FUNCTIONS + i);
    functions[turn][i] = to;
    to = generate(to, random, kind->operations);
    for (u32 run = 0; run < cold.runs; run++) values = predict(random, kind->operations, values);
  }
  if (to > arena + (turn + 1) * kind->bytes) failed("cold code does not fit");
  results[turn] = values;
}

static void write_turns(const struct kind *kind, u32 times) {
  open_machine();
  for (u32 turn = 0; turn < times; turn++) write_turn(kind, turn);
}

static struct pair run_all(u32 turn, u32 runs, struct pair values) {
  for (u32 i = 0; i < COLD_FUNCTIONS; i++)
    for (u32 run = 0; run < runs; run++) values = call_generated(functions[turn][i], values);
  return values;
}

/* The part that can be foretold. */
static struct pair first_runs(u32 turn) {
  struct pair values = run_all(turn, cold.runs, (struct pair){turn, 1});
  if (!pairs_equal(values, results[turn])) failed("a cold function computed something else");
  return values;
}

void prepare_cold(u32 times) { write_turns(&cold, times); }

u32 cold_turn(u32 number) {
  struct pair values = first_runs(number);
  return mix(values.a, values.c);
}

void prepare_seldom(u32 times) { write_turns(&seldom, times); }

/* Comes back to each function when all the others had their turn. */
u32 seldom_turn(u32 number) {
  struct pair values = first_runs(number);
  for (u32 run = cold.runs; run < seldom.runs; run++) values = run_all(number, 1, values);
  return mix(values.a, values.c);
}
