/* The last lines, ten unless told.  tail [-n] [count] [file ...], as in tail -3 or tail -n 3 */
#include "puppy.h"

static int wanted = 10;

/* A ring of the lines read last. */
static int print_last(int file, const char *name) {
  static struct reader reader;
  struct text *ring = malloc((wanted + 1) * sizeof *ring);
  u32 read = 0;
  (void)name;
  memset(ring, 0, (wanted + 1) * sizeof *ring);
  reader.file = file, reader.at = reader.filled = 0;
  while (next_line(&reader, &ring[read % (wanted + 1)])) read++;
  for (u32 i = read > (u32)wanted ? read - wanted : 0; i < read; i++) printf("%s\n", ring[i % (wanted + 1)].bytes);
  for (int i = 0; i <= wanted; i++) free(ring[i].bytes);
  free(ring);
  return 0;
}

int main(int argc, char **argv) {
  (void)argc;
  wanted = take_count(&argv, wanted);
  return each_file(argv, print_last);
}
