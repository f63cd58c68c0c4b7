/* The first lines, ten unless told.  head [-n] [count] [file ...], as in head -3 or head -n 3 */
#include "puppy.h"

static int wanted = 10;

static int print_first(int file, const char *name) {
  static struct reader reader;
  struct text line = {0};
  (void)name;
  reader.file = file, reader.at = reader.filled = 0;
  for (int left = wanted; left-- > 0 && next_line(&reader, &line);) printf("%s\n", line.bytes);
  return 0;
}

int main(int argc, char **argv) {
  (void)argc;
  wanted = take_count(&argv, wanted);
  return each_file(argv, print_first);
}
