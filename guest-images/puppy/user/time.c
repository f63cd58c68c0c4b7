/* Runs a program and says how long that took.  time program [word ...] */
#include "puppy.h"

enum { MICROSECOND = 1000, MILLION = 1000000 };

static void say(const char *what, u64 ns) {
  u32 us = (u32)(ns / MICROSECOND);
  printf("%s %u.%06u s", what, us / MILLION, us % MILLION);
}

int main(int argc, char **argv) {
  char path[256];
  int status;
  if (argc < 2) return complain("what shall be timed?");
  snprintf(path, sizeof path, strchr(argv[1], '/') ? "%s" : "/bin/%s", argv[1]);
  u64 start = now_ns();
  int child = fork();
  if (child == 0) exit(complain_of(argv[1], execve(path, argv + 1, environ)) + 126);
  if (child < 0) return complain_of("fork", child);
  while (waitpid(child, &status, 0) == -EINTR) continue;
  say("real", now_ns() - start);
  say(", processor", spent_by_children_ns());
  printf("\n");
  return status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
}
