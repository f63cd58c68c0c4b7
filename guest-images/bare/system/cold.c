/*
 * Cold code: two thousand functions that run twice and never again, new ones every turn.  Start-up is made of this, and
 * an engine that thinks long about every instruction it meets shows it here.
 */
#include "generate.h"

enum { OPERATIONS = 24, TURN_BYTES = 512 * 1024, RUNS = 2 };

static u8 *functions[COLD_TURNS_MOST][COLD_FUNCTIONS];
static struct pair results[COLD_TURNS_MOST];

/* Writes the functions of one turn back to back, and foretells what they make of each other's results. */
static void write_turn(u32 turn) {
  u8 *to = arena + turn * TURN_BYTES;
  struct pair values = {turn, 1};
  for (u32 i = 0; i < COLD_FUNCTIONS; i++) {
    u32 random = seed(turn * COLD_FUNCTIONS + i);
    functions[turn][i] = to;
    to = generate(to, random, OPERATIONS);
    for (u32 run = 0; run < RUNS; run++) values = predict(random, OPERATIONS, values);
  }
  if (to > arena + (turn + 1) * TURN_BYTES) failed("cold code does not fit");
  results[turn] = values;
}

void prepare_cold(u32 times) {
  open_machine();
  for (u32 turn = 0; turn < times; turn++) write_turn(turn);
}

u32 cold_turn(u32 number) {
  struct pair values = {number, 1};
  for (u32 i = 0; i < COLD_FUNCTIONS; i++)
    for (u32 run = 0; run < RUNS; run++) values = call_generated(functions[number][i], values);
  if (!pairs_equal(values, results[number])) failed("a cold function computed something else");
  return mix(values.a, values.c);
}
