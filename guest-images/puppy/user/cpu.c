/*
 * A mix of whole-number work and no system calls: what the processor does when nobody disturbs it.  Its checksum says
 * that it did it right.
 *
 *      cpu [rounds]
 */
#include "puppy.h"

enum { SIEVE = 2048, BYTES = 1024 };

static u8 composite[SIEVE], bytes[BYTES];

static u32 count_primes(void) {
  u32 primes = 0;
  memset(composite, 0, sizeof composite);
  for (u32 i = 2; i < SIEVE; i++) {
    if (composite[i]) continue;
    primes++;
    for (u32 j = i * i; j < SIEVE; j += i) composite[j] = 1;
  }
  return primes;
}

static u32 hash_bytes(u32 seed) {
  u32 hash = seed;
  for (u32 i = 0; i < BYTES; i++) {
    bytes[i] = hash >> 24;
    hash = (hash ^ bytes[(i * 7) % BYTES]) * 16777619;
  }
  return hash;
}

static u32 divide_and_swap(u32 number) {
  u32 sum = 0;
  for (u32 i = 1; i < 200; i++) {
    sum += number / i + number % i;
    number = __builtin_bswap32(number) ^ (number << (i & 31) | number >> (31 - (i & 31)));
  }
  return sum;
}

int main(int argc, char **argv) {
  u32 rounds = operations_wanted(argc, argv, 400), checksum = 1;
  u64 start = now_ns();
  for (u32 i = 0; i < rounds; i++) checksum = divide_and_swap(hash_bytes(checksum * 31 + count_primes()));
  u64 spent = now_ns() - start;
  char of[64];
  snprintf(of, sizeof of, "sieve, hash, divide; checksum %08x", checksum);
  report(rounds, spent, of);
  return 0;
}
