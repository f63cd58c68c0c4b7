/* Removes files, and empty folders.  rm [-r] [-f] path ...   -r: with all that is in them  -f: what is not there is fine */
#include "puppy.h"

enum { DEEP = 1, QUIET = 2 };

static int options;

static int is_folder(const char *path) {
  struct stat about;
  return lstat(path, &about) == 0 && (about.mode & S_IFMT) == S_IFDIR;
}

static int empty_out(const char *path);

static int remove_one(const char *path) {
  int folder = is_folder(path);
  if (folder && options & DEEP && empty_out(path)) return 1;
  int error = folder ? rmdir(path) : unlink(path);
  if (!error || (error == -ENOENT && options & QUIET)) return 0;
  return complain_of(path, error);
}

static int empty_out(const char *path) {
  struct entry *entries;
  int count = list_folder(path, &entries), worst = 0;
  if (count < 0) return complain_of(path, count);
  for (int i = 0; i < count; i++) {
    char *inside = join_path(path, entries[i].name);
    worst |= remove_one(inside);
    free(inside);
  }
  forget_entries(entries, count);
  return worst;
}

int main(int argc, char **argv) {
  int worst = 0;
  (void)argc;
  if ((options = take_options(&argv, "rf")) < 0) return 1;
  if (!*argv && !(options & QUIET)) return complain("remove what?");
  for (; *argv; argv++) worst |= remove_one(*argv);
  return worst;
}
