/* Little functions written at run time; see generate.c. */
#pragma once
#include "system.h"

struct pair {
  u32 a, c;
};

/* Writes a function of so many operations; returns where it ends.  The same random number, the same function. */
u8 *generate(u8 *to, u32 random, u32 operations);
/* What that function makes of these values. */
struct pair predict(u32 random, u32 operations, struct pair values);

static inline struct pair call_generated(const void *code, struct pair values) {
  __asm__ volatile("call *%2" : "+a"(values.a), "+c"(values.c) : "r"(code) : "cc", "memory");
  return values;
}

static inline int pairs_equal(struct pair a, struct pair b) { return a.a == b.a && a.c == b.c; }
