/* Sorts lines.  sort [-n] [-r] [-u] [file ...]   -n: by the number they begin with  -r: backwards  -u: each only once */
#include "puppy.h"

enum { NUMBERS = 1, BACKWARDS = 2, ONCE = 4 };

static int options;
static char **lines;
static u32 count, room;

static int take_lines(int file, const char *name) {
  static struct reader reader;
  struct text line = {0};
  (void)name;
  reader.file = file, reader.at = reader.filled = 0;
  while (next_line(&reader, &line)) {
    if (count == room) lines = realloc(lines, (room = room * 2 + 64) * sizeof *lines);
    lines[count++] = strdup(line.bytes);
  }
  return 0;
}

static int number_of(const char *line) {
  while (is_space(*line)) line++;
  return parse_number(line);
}

static int compare(const void *one, const void *other) {
  const char *a = *(char *const *)one, *b = *(char *const *)other;
  int order = 0;
  if (options & NUMBERS) order = (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
  if (!order) order = strcmp(a, b);
  return options & BACKWARDS ? -order : order;
}

int main(int argc, char **argv) {
  (void)argc;
  if ((options = take_options(&argv, "nru")) < 0) return 1;
  int worst = each_file(argv, take_lines);
  sort(lines, count, sizeof *lines, compare);
  for (u32 i = 0; i < count; i++)
    if (!(options & ONCE) || !i || strcmp(lines[i], lines[i - 1])) printf("%s\n", lines[i]);
  return worst;
}
