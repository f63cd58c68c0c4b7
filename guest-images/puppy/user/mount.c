/* Which file systems are where.  The kernel mounts them itself; there is nothing to be said to it. */
#include "puppy.h"

int main(void) {
  char *mounts = read_whole("/proc/mounts");
  if (!mounts) return complain_of("/proc/mounts", ENOENT);
  for (char *line = mounts, *end; (end = strchr(line, '\n')); line = end + 1) {
    char *words[4] = {line};
    *end = 0;
    for (int i = 1; i < 4; i++) {
      char *space = strchr(words[i - 1], ' ');
      if (!space) return complain("the list makes no sense");
      *space = 0, words[i] = space + 1;
    }
    char *more = strchr(words[3], ' ');
    if (more) *more = 0;
    printf("%s on %s, %s, %s\n", words[0], words[1], words[2], words[3]);
  }
  return 0;
}
