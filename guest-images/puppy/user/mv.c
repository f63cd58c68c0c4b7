/* Gives files another name or place.  mv from to, or mv from ... folder */
#include "puppy.h"

static int move(const char *from, const char *to) {
  int error = rename(from, to);
  if (!error) return 0;
  if (error != -EXDEV) return complain_of(from, error);
  /* Another file system: all that can be done is to copy. */
  if (copy_file(from, to)) return 1;
  error = unlink(from);
  return error ? complain_of(from, error) : 0;
}

int main(int argc, char **argv) {
  (void)argc;
  return each_to_last(argv + 1, move);
}
