/* Makes folders.  mkdir [-p] folder ...   -p: and those above it; what is there already is fine */
#include "puppy.h"

static int make(char *path, int with_parents) {
  for (char *slash = path + 1; with_parents && (slash = strchr(slash, '/')); *slash++ = '/') {
    *slash = 0;
    mkdir(path, 0777);
  }
  int error = mkdir(path, 0777);
  return error && !(with_parents && error == -EEXIST) ? complain_of(path, error) : 0;
}

int main(int argc, char **argv) {
  int options = take_options(&argv, "p"), worst = 0;
  (void)argc;
  if (options < 0) return 1;
  if (!*argv) return complain("which folder?");
  for (; *argv; argv++) worst |= make(*argv, options);
  return worst;
}
