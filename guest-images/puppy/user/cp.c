/* Copies files.  cp from to, or cp from ... folder */
#include "puppy.h"

int main(int argc, char **argv) {
  (void)argc;
  return each_to_last(argv + 1, copy_file);
}
