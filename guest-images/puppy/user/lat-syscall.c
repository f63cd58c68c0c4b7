/* How long the shortest system call takes.  lat_syscall [operations] */
#include "puppy.h"

int main(int argc, char **argv) {
  u32 count = operations_wanted(argc, argv, 20000);
  u64 start = now_ns();
  for (u32 i = 0; i < count; i++) getpid();
  report(count, now_ns() - start, "getpid");
  return 0;
}
