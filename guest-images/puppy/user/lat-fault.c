/*
 * How long a page fault takes, of three kinds.
 *
 *      lat_fault [touch|cow|protect] [pages]
 *
 * touch: a page is wanted for the first time, and comes as zeroes.  cow: a child writes to a page it shares with its
 * parent, and gets a copy.  protect: a program writes where it may not, is sent a signal, and allows itself to.
 *
 * Who counts from outside finds two faults an operation in the last two: the parent must get its page back before the
 * next round, and a page that is allowed again faults once more, for the kernel to look whether somebody shares it.
 */
#include "puppy.h"

enum { PAGE_BYTES = 4096, PAGES_AT_ONCE = 500 };

static volatile char *area;
static volatile u32 faulty; /* which page */

static int get_area(void) { return (area = map_zeroes(PAGES_AT_ONCE * PAGE_BYTES)) ? 0 : complain_of("mmap", ENOMEM); }

static u64 write_pages(u32 pages) {
  u64 start = now_ns();
  for (faulty = 0; faulty < pages; faulty++) area[faulty * PAGE_BYTES] = 1; /* to read it first were a fault more */
  return now_ns() - start;
}

static u64 touch(u32 pages) {
  if (get_area()) exit(1);
  u64 spent = write_pages(pages);
  unmap((void *)area, PAGES_AT_ONCE * PAGE_BYTES);
  return spent;
}

static u64 copy_on_write(u32 pages) {
  u64 spent = 0;
  int ends[2];
  if (!area && get_area()) exit(1);
  if (pipe(ends)) exit(1);
  write_pages(pages);
  int child = fork();
  if (child == 0) {
    spent = write_pages(pages);
    write(ends[1], &spent, sizeof spent);
    exit(0);
  }
  close(ends[1]);
  int got = read(ends[0], &spent, sizeof spent);
  close(ends[0]);
  waitpid(child, 0, 0);
  if (got != sizeof spent) exit(complain("the child said nothing"));
  return spent;
}

static void allow(int signal) {
  (void)signal;
  int error = protect((void *)(area + faulty * PAGE_BYTES), PAGE_BYTES, PROT_READ | PROT_WRITE);
  if (error) exit(complain_of("mprotect", error));
}

static u64 protection(u32 pages) {
  if (!area && get_area()) exit(1);
  write_pages(pages);
  on_signal(SIGSEGV, allow);
  protect((void *)area, PAGES_AT_ONCE * PAGE_BYTES, PROT_READ);
  return write_pages(pages);
}

static const struct { const char *name, *of; u64 (*measure)(u32 pages); } kinds[] = {
    {"touch", "first touch of a page", touch},
    {"cow", "first write to a page shared by fork", copy_on_write},
    {"protect", "write to a protected page, signal, mprotect", protection},
};

int main(int argc, char **argv) {
  u32 pages = operations_wanted(argc, argv, 4000), kind = 0;
  if (argc > 1 && !is_number(argv[1]))
    while (strcmp(kinds[kind].name, argv[1]))
      if (++kind == LENGTH(kinds)) return complain("there are touch, cow and protect, but no %s", argv[1]);
  u64 spent = 0;
  for (u32 left = pages; left;) {
    u32 now = left < PAGES_AT_ONCE ? left : (u32)PAGES_AT_ONCE;
    spent += kinds[kind].measure(now);
    left -= now;
  }
  report(pages, spent, kinds[kind].of);
  return 0;
}
