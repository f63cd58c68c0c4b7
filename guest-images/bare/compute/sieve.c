/*
 * The sieve of Eratosthenes, a byte a number: nothing but strided stores.
 */
#include "compute.h"

enum { NUMBERS = 131072, PRIMES = 12251 };

static u8 crossed[NUMBERS];

u32 sieve_turn(u32 number) {
  u32 primes = 0, sum = number;
  memset(crossed, 0, sizeof crossed);
  for (u32 i = 2; i < NUMBERS; i++) {
    if (crossed[i]) continue;
    primes++;
    sum = mix(sum, i);
    for (u32 multiple = 2 * i; multiple < NUMBERS; multiple += i) crossed[multiple] = 1;
  }
  if (primes != PRIMES) failed("a wrong number of primes");
  return sum;
}
