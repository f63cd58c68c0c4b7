/* System calls by name.  Numbers are Linux' for i386. */
#include "puppy.h"

enum { SYS_EXIT = 1, SYS_WRITE = 4 };

void exit(int status) {
  for (;;) system_call(SYS_EXIT, status);
}

int write(int file, const void *from, size_t length) { return system_call(SYS_WRITE, file, from, length); }
