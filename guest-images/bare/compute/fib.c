/*
 * Fibonacci numbers the foolish way, because it is nothing but calls and returns.  The compiler is told not to be clever.
 */
#include "compute.h"

enum { ARGUMENT = 21, ANSWER = 10946, REPEATS = 3 };

static u32 __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls", "no-inline"))) fib(u32 n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

u32 fib_turn(u32 number) {
  u32 sum = number;
  for (u32 i = 0; i < REPEATS; i++) {
    u32 answer = fib(ARGUMENT + i % 2);
    if (i == 0 && answer != ANSWER) failed("fib(21) is wrong");
    sum = mix(sum, answer);
  }
  return sum;
}
