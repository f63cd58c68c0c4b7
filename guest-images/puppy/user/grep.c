/*
 * Prints the lines a pattern is found in.  grep [-v] [-n] [-c] [-i] [-q] pattern [file ...]
 *
 *      -v: it is not found in  -n: with their numbers  -c: only how many  -i: large or small  -q: only say yes or no
 */
#include "puppy.h"

enum { INVERTED = 1, NUMBERED = 2, COUNTED = 4, ANY_CASE = 8, QUIET = 16 };

static int options, many, found_any;
static char *pattern;

static void make_small(char *text) {
  for (; *text; text++)
    if (*text >= 'A' && *text <= 'Z') *text += 'a' - 'A';
}

static int is_wanted(const char *line) {
  const char *end;
  char *small = options & ANY_CASE ? strdup(line) : 0;
  if (small) make_small(small);
  int found = find_pattern(pattern, small ? small : line, &end) != 0;
  free(small);
  return found != (options & INVERTED);
}

static int search(int file, const char *name) {
  static struct reader reader;
  struct text line = {0};
  u32 count = 0;
  reader.file = file, reader.at = reader.filled = 0;
  for (u32 number = 1; next_line(&reader, &line); number++) {
    if (!is_wanted(line.bytes)) continue;
    count++;
    if (options & (COUNTED | QUIET)) continue;
    if (many) printf("%s:", name);
    if (options & NUMBERED) printf("%u:", number);
    printf("%s\n", line.bytes);
  }
  if (options & COUNTED) printf(many ? "%s:%u\n" : "%s%u\n", many ? name : "", count);
  found_any |= count != 0;
  return 0;
}

int main(int argc, char **argv) {
  (void)argc;
  if ((options = take_options(&argv, "vnciq")) < 0) return 2;
  if (!(pattern = *argv)) return complain("which pattern?") + 1;
  if (options & ANY_CASE) make_small(pattern);
  many = argv[1] && argv[2];
  int worst = each_file(argv + 1, search);
  return worst ? 2 : !found_any;
}
