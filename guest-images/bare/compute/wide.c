/*
 * 64-bit arithmetic on a 32-bit processor: products by mul and adc, quotients by the compiler's own routine with its
 * div.  Multiplication is checked by a congruence, division by multiplying back.
 */
#include "compute.h"

enum { PRODUCTS = 60000, QUOTIENTS = 12000 };

/* Knuth's MMIX generator, and a rotation to bring its good high bits down. */
static u64 next_wide(u64 *state) {
  *state = *state * 6364136223846793005ull + 1442695040888963407ull;
  return *state >> 29 | *state << 35;
}

u32 multiply_turn(u32 number) {
  u64 state = seed(number), sum = 1, expected_low = 1;
  for (u32 i = 0; i < PRODUCTS; i++) {
    u64 value = next_wide(&state);
    sum = sum * (value | 1) + (value >> 32);
    expected_low = (u32)expected_low * ((u32)value | 1) + (u32)(value >> 32);
  }
  if ((u32)sum != (u32)expected_low) failed("the low half differs from 32-bit arithmetic");
  return mix(sum, sum >> 32);
}

u32 divide_turn(u32 number) {
  u64 state = seed(number), sum = 0;
  for (u32 i = 0; i < QUOTIENTS; i++) {
    u64 value = next_wide(&state), by = (next_wide(&state) >> (i & 63)) | 1;
    u64 quotient = value / by, rest = value % by;
    if (quotient * by + rest != value || rest >= by) failed("a quotient does not multiply back");
    sum += quotient ^ rest;
  }
  return mix(sum, sum >> 32);
}
