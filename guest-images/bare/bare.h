/*
 * What a workload may count on.  The same compute workloads are linked twice: for the board (board.c, serial port and
 * port 0xF4) and as a Linux program (linux.c, two system calls), so that both run the very same machine code and the
 * ratio between them says something.  There is no library; a workload is a function from a number to a checksum.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct workload {
  const char *name;
  u32 operations;               /* in one turn: what "per operation" divides by */
  u32 most;                     /* turns it can prepare for; 0 means any number */
  void (*prepare)(u32 times);   /* before the clock starts; may be null */
  u32 (*turn)(u32 number);      /* about a million instructions; the same number, the same checksum, everywhere */
};
extern const struct workload workloads[];
extern const u32 workload_count;

/* Says what came out wrong: the line will read FAILED, and the run ends with an error. */
void failed(const char *why);

/* --- the platform: board.c or linux.c --- */
enum mark { MARK_BEGIN = 1, MARK_END = 2 };
void mark(enum mark moment);
void say(const char *text);
u32 run(const char *command_line); /* in run.c; the exit status */

/* --- text.c --- */
void print(const char *format, ...); /* %s %u %x */
const char *option(const char *command_line, const char *name);
int value_is(const char *value, const char *word);
u32 number_in(const char *text);
void *memcpy(void *to, const void *from, u32 length);
void *memset(void *to, int value, u32 length);

/* Room for those who need much of it. */
#define MIB (1024u * 1024u)
extern u8 arena[];

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* Marsaglia's xorshift: good enough to be unpredictable, short enough not to be the workload. */
static inline u32 next_random(u32 *state) {
  u32 x = *state;
  x ^= x << 13, x ^= x >> 17, x ^= x << 5;
  return *state = x;
}

static inline u32 seed(u32 number) { return number * 2654435761u + 0x9e3779b9u; }

static inline u32 mix(u32 sum, u32 value) { return (sum << 5 | sum >> 27) ^ value * 0x85ebca6bu; }
