/* How much memory there is. */
#include "puppy.h"

int main(void) {
  struct system system;
  int error = sysinfo(&system);
  if (error) return complain_of("the kernel", error);
  u32 kib = system.unit / 1024, total = system.total * kib, unused = system.unused * kib;
  printf("%14s %10s %10s\nmemory %6uK %9uK %9uK\n", "total", "used", "free", total, total - unused, unused);
  return 0;
}
