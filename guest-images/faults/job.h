/*
 * What the kernel and its ring-3 program agree on: the job, the system calls, where the pages are, and in what order they
 * come.  Included by both sides.
 */
#pragma once
#include "lguest.h"

#define AREA 0x10000000u /* the pages that fault lie from here up */
#define AREA_LIMIT 0xB0000000u
#define STACK_TOP 0x08048000u
enum { PAGE_SIZE = 4096, WORDS = 1024 };

enum pattern { TOUCH, RANDOM, STRIDE, COW, FORK, PROTECT, SHADOW, CHASE, PATTERNS };
enum order { SEQUENTIAL, SHUFFLED, STRIDED };

/* int 0x80: number in eax, arguments in ebx and ecx, answer in eax. */
enum { SYS_DONE, SYS_UNMAP, SYS_PROTECT, SYS_FORK, SYS_EXIT, SYS_WAIT, SYS_POPULATE, SYS_INTERRUPTS, SYS_CALLS };

/* What the program says about an access before it makes it; the kernel compares when the fault arrives. */
enum { UNARMED, ARMED, SEEN };
struct announcement {
  u32 armed;
  u32 address, error, eip, interrupts;
  u32 eflags, esp;
  u32 edi, esi, ebp, unused, ebx, edx, ecx, eax; /* as popa takes them */
};

struct job {
  u32 pattern, order;
  u32 pages, batch, rounds;
  u32 seed, step, mask;
  u32 verify;
};
/* Both live in the program's data; the kernel fills the first before the program starts. */
extern struct job job;
extern struct announcement announcement;

/* A bijection on 0..mask: each step can be undone (SplitMix's finisher, on fewer bits). */
static inline u32 shuffle(u32 x) {
  u32 half = (33 - __builtin_clz(job.mask)) / 2;
  x = (x + job.seed) & job.mask;
  x = (x * 0x9E3779B1u) & job.mask;
  x ^= x >> half;
  x = (x * 0x85EBCA6Bu) & job.mask;
  return x ^ (x >> half);
}

static inline u32 multiply_modulo(u32 a, u32 b, u32 modulus) {
  u32 quotient, rest;
  __asm__("mull %3\n\tdivl %4" : "=&a"(quotient), "=&d"(rest) : "0"(a), "rm"(b), "rm"(modulus));
  return rest;
}

/* Which page comes i-th.  Every page comes exactly once. */
static inline u32 page_in_order(u32 i) {
  if (job.order == STRIDED) return multiply_modulo(i, job.step, job.pages);
  if (job.order == SHUFFLED)
    do i = shuffle(i);
    while (i >= job.pages);
  return i;
}

static inline u32 page_address(u32 page) { return AREA + page * PAGE_SIZE; }

/* Mixes whatever it is given; for page contents and checksums. */
static inline u32 mix(u32 sum, u32 value) { return (sum ^ value) * 0x01000193u + (sum >> 15); }
