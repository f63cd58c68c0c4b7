/* The last lines, for whoever means one of them again. */
#include "sh.h"

enum { LINES = 100 };

static char *lines[LINES];
static u32 count; /* in all */

void remember(const char *line) {
  if (!*line || (count && !strcmp(remembered(1), line))) return;
  char **place = &lines[count++ % LINES];
  free(*place);
  *place = strdup(line);
}

const char *remembered(int ago) {
  return ago > 0 && (u32)ago <= count && ago <= LINES ? lines[(count - ago) % LINES] : 0;
}

void print_history(void) {
  for (u32 i = count > LINES ? count - LINES : 0; i < count; i++) printf("%5u  %s\n", i + 1, lines[i % LINES]);
}
