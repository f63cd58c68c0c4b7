/*
 * CRC-32 with one table: a byte, a look-up, a shift, and each step waits for the one before.
 */
#include "compute.h"

enum { POLYNOMIAL = 0xedb88320, BUFFER_BYTES = 160 * 1024, CHECK_OF_DIGITS = 0xcbf43926 };

static u32 table[256];

static u32 crc(u32 start, const u8 *from, u32 length) {
  u32 value = ~start;
  while (length--) value = table[(value ^ *from++) & 0xff] ^ value >> 8;
  return ~value;
}

void prepare_crc(u32 times) {
  u32 random = seed(0);
  (void)times;
  for (u32 i = 0; i < LENGTH(table); i++) {
    u32 value = i;
    for (u32 bit = 0; bit < 8; bit++) value = value & 1 ? POLYNOMIAL ^ value >> 1 : value >> 1;
    table[i] = value;
  }
  for (u32 i = 0; i < BUFFER_BYTES; i++) arena[i] = next_random(&random);
  if (crc(0, (const u8 *)"123456789", 9) != (u32)CHECK_OF_DIGITS) failed("the published check value does not come out");
}

u32 crc_turn(u32 number) { return crc(number, arena, BUFFER_BYTES); }
