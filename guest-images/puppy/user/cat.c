/* Prints files, one after the other.  cat [file ...] */
#include "puppy.h"

static int print_file(int file, const char *name) {
  static char piece[4096];
  int length;
  while ((length = read(file, piece, sizeof piece)) > 0)
    if (write_all(1, piece, length)) return complain("nobody takes it");
  return length < 0 ? complain_of(name ? name : "input", length) : 0;
}

int main(int argc, char **argv) {
  (void)argc;
  return each_file(argv + 1, print_file);
}
