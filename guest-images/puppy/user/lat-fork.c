/* How long it takes to make a process and be rid of it.  lat_fork [operations] */
#include "puppy.h"

int main(int argc, char **argv) {
  u32 count = operations_wanted(argc, argv, 400);
  u64 start = now_ns();
  for (u32 i = 0; i < count; i++) {
    int child = fork();
    if (child == 0) exit(0);
    if (child < 0) return complain_of("fork", child);
    waitpid(child, 0, 0);
  }
  report(count, now_ns() - start, "fork, exit, wait");
  return 0;
}
