/*
 * Port output: to port 0x80, where PCs show progress codes and nobody listens, and now and then to the serial port's
 * scratch register, which must give back what it was given.
 */
#include "system.h"

enum { PROGRESS_PORT = 0x80, SCRATCH_PORT = 0x3ff, CHECK_EVERY = 500 };

static inline void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static inline u8 in(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

u32 port_turn(u32 number) {
  u32 sum = number;
  for (u32 i = 0; i < PORT_WRITES; i++) {
    if (i % CHECK_EVERY) {
      out(PROGRESS_PORT, i);
      continue;
    }
    u8 value = seed(i + number) >> 24;
    out(SCRATCH_PORT, value);
    u8 seen = in(SCRATCH_PORT);
    if (seen != value) failed("the scratch register forgot");
    sum = mix(sum, seen);
  }
  return sum;
}
