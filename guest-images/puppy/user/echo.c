/* Prints its words.  echo [-n] [word ...]   -n: and does not end the line */
#include "puppy.h"

int main(int argc, char **argv) {
  int first = 1, ends = 1;
  if (argc > 1 && !strcmp(argv[1], "-n")) first++, ends = 0;
  for (int i = first; i < argc; i++) printf(i > first ? " %s" : "%s", argv[i]);
  if (ends) printf("\n");
  return 0;
}
