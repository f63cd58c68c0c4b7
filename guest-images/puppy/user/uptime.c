/* How long the machine is up, by the clock it was given. */
#include "puppy.h"

int main(void) {
  struct system system;
  u32 seconds = (u32)(now_ns() / 1000000000);
  sysinfo(&system);
  printf("up %u:%02u:%02u, %u processes\n", seconds / 3600, seconds / 60 % 60, seconds % 60, system.processes);
  return 0;
}
