/*
 * The program that faults.  It runs in ring 3, knows nothing of guests, and is as dull as a benchmark should be: touch
 * pages in some order, look at what they hold, give them back, again.
 */
#include "job.h"

enum { MISSING_READ = 4, MISSING_WRITE = 6, FORBIDDEN_WRITE = 7, NO_FAULT = -1 };
enum { TOGGLE_EVERY = 16 };

struct job job;

/* probe.user.S: an access with all registers under control.  The offsets between them are the kinds of access. */
void probe(u32 kind, u32 fault_expected);
enum { LOAD, STORE, ADD };
extern u32 announced_faults_missing;

static u32 system_call(u32 number, u32 a, u32 b) {
  u32 answer;
  __asm__ volatile("int $0x80" : "=a"(answer) : "0"(number), "b"(a), "c"(b) : "memory");
  return answer;
}

/* Announces the access and makes it; see probe.user.S.  Now and then with interrupts off, which ring 3 cannot do itself. */
static u32 announced(u32 kind, u32 address, u32 value, int error) {
  static u32 count;
  if (count++ % TOGGLE_EVERY == 0) {
    announcement.interrupts ^= EFLAGS_IF;
    system_call(SYS_INTERRUPTS, announcement.interrupts, 0);
  }
  u32 noise = mix(count * 0x9E3779B1u, address);
  announcement.address = announcement.edi = address;
  announcement.eax = value;
  announcement.error = error;
  announcement.ebx = noise;
  announcement.ecx = ~noise;
  announcement.edx = noise * 3;
  announcement.esi = noise * 5;
  announcement.ebp = noise * 7;
  announcement.esp = noise * 11; /* nothing uses it: traps change stacks */
  announcement.eflags = (noise & 0x204CD5) | 2; /* CF PF AF ZF SF DF OF NT ID */
  probe(kind, error != NO_FAULT);
  return announcement.eax;
}

static u32 load(u32 address, int error) {
  return job.verify ? announced(LOAD, address, 0, error) : *(volatile u32 *)address;
}

static void store(u32 address, u32 value, int error) {
  if (job.verify)
    announced(STORE, address, value, error);
  else
    *(volatile u32 *)address = value;
}

static void add(u32 address, u32 value, int error) {
  if (job.verify)
    announced(ADD, address, value, error);
  else
    __asm__ volatile("addl %1, %0" : "+m"(*(volatile u32 *)address) : "r"(value));
}

/* Where in its page the i-th access goes, and what it writes there. */
static u32 place(u32 i) { return page_address(page_in_order(i)) + (i * 40 % PAGE_SIZE & ~3u); }
static u32 value(u32 i) { return mix(job.seed, page_in_order(i)); }

/* Reads a written word and one that nobody wrote, which must still be zero. */
static u32 fold(u32 sum, u32 first, u32 count) {
  for (u32 i = first; i < first + count; i++) {
    sum = mix(sum, load(place(i), NO_FAULT));
    sum = mix(sum, load(place(i) ^ (PAGE_SIZE / 2), NO_FAULT));
  }
  return sum;
}

static void write_all(u32 first, u32 count, u32 extra, int error) {
  for (u32 i = first; i < first + count; i++) store(place(i), value(i) + extra, error);
}

static u32 read_all(u32 sum, u32 first, u32 count, int error) {
  for (u32 i = first; i < first + count; i++) sum = mix(sum, load(place(i), error));
  return sum;
}

static u32 fork_and_write(u32 sum, u32 first, u32 count) {
  write_all(first, count, 0, MISSING_WRITE);
  if (system_call(SYS_FORK, 0, 0) == 0) {
    for (u32 i = first; i < first + count; i++) add(place(i), 1, FORBIDDEN_WRITE);
    system_call(SYS_EXIT, fold(sum, first, count), 0);
  }
  sum = mix(sum, system_call(SYS_WAIT, 0, 0));
  sum = fold(sum, first, count); /* what the child wrote must not be seen here */
  write_all(first, count, 2, FORBIDDEN_WRITE);
  return sum;
}

static u32 chase(u32 sum, u32 first, u32 count) {
  static u32 next;
  if (first == 0) next = page_address(0);
  while (count--) {
    u32 here = next;
    next = load(here, MISSING_READ);
    sum = mix(sum, next);
    for (u32 word = 1; word < 8; word++) sum = mix(sum, load(here + word * sizeof(u32), NO_FAULT));
  }
  return sum;
}

static u32 work(u32 sum, u32 first, u32 count) {
  switch (job.pattern) {
    case COW:
      sum = read_all(sum, first, count, MISSING_READ);
      write_all(first, count, 0, FORBIDDEN_WRITE);
      break;
    case FORK: sum = fork_and_write(sum, first, count); break;
    case PROTECT:
      write_all(first, count, 0, MISSING_WRITE);
      system_call(SYS_PROTECT, 0, 0);
      sum = fold(sum, first, count);
      write_all(first, count, 1, FORBIDDEN_WRITE);
      break;
    case SHADOW:
      system_call(SYS_POPULATE, first, count);
      sum = read_all(sum, first, count, NO_FAULT);
      write_all(first, count, 0, NO_FAULT);
      break;
    case CHASE: return chase(sum, first, count);
    default: write_all(first, count, 0, MISSING_WRITE);
  }
  return fold(sum, first, count);
}

__attribute__((noreturn)) void program(void) {
  u32 sum = job.seed;
  for (u32 round = 0; round < job.rounds; round++)
    for (u32 first = 0; first < job.pages; first += job.batch) {
      u32 count = job.pages - first < job.batch ? job.pages - first : job.batch;
      sum = work(sum, first, count);
      system_call(SYS_UNMAP, 0, 0);
    }
  for (;;) system_call(SYS_DONE, mix(sum, announced_faults_missing), 0);
}
