/* How long a byte is on its way to another process and back.  lat_pipe [operations] */
#include "puppy.h"

int main(int argc, char **argv) {
  u32 count = operations_wanted(argc, argv, 2000);
  int there[2], back[2], error = pipe(there);
  if (!error) error = pipe(back);
  if (error) return complain_of("pipe", error);
  char byte = 0;
  int child = fork();
  if (child < 0) return complain_of("fork", child);
  if (child == 0) {
    close(there[1]);
    while (read(there[0], &byte, 1) == 1) write(back[1], &byte, 1);
    exit(0);
  }
  u64 start = now_ns();
  for (u32 i = 0; i < count; i++)
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return complain("the other side is gone");
  u64 spent = now_ns() - start;
  close(there[1]);
  waitpid(child, 0, 0);
  report(count, spent, "a byte there and back");
  return 0;
}
