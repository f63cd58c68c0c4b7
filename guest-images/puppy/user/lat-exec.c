/* How long it takes to run another program, the smallest there is.  lat_exec [operations] */
#include "puppy.h"

int main(int argc, char **argv) {
  char *words[] = {"true", 0};
  u32 count = operations_wanted(argc, argv, 200);
  u64 start = now_ns();
  for (u32 i = 0; i < count; i++) {
    int child = fork(), status;
    if (child == 0) exit(complain_of("/bin/true", execve("/bin/true", words, environ)));
    if (child < 0) return complain_of("fork", child);
    waitpid(child, &status, 0);
    if (status) return 1;
  }
  report(count, now_ns() - start, "fork, exec, exit, wait");
  return 0;
}
