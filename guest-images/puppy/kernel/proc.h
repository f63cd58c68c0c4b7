/*
 * What /proc is made of: names, and functions that write a page about a process, or about everything.
 */
#pragma once
#include "files.h"
#include "processes.h"

struct page {
  char *text;
  u32 used;
};
void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct proc_file {
  const char *name; /* null behind the last */
  void (*write)(struct page *page, struct process *process);
};
extern const struct proc_file system_files[];  /* proc-system.c; the process is null */
extern const struct proc_file process_files[]; /* proc-processes.c */

enum { TICKS_PER_SECOND = 100 };
static inline u32 ticks_of(u64 ns) { return (u32)(ns / (1000000000 / TICKS_PER_SECOND)); }
