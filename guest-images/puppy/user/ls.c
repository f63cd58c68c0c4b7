/*
 * What is in folders.  ls [-a] [-l] [-1] [path ...]
 *
 *      -a: the hidden as well  -l: with kind, rights, size  -1: one a line
 */
#include "puppy.h"

enum { ALL = 1, LONG = 2, ONE_A_LINE = 4, GAP = 2, DT_DIR = 4 };

static int options;

static void print_long(const char *path, const char *name) {
  static const char kinds[] = "?pc?d?b?-?l?????";
  struct stat about;
  char rights[] = "rwxrwxrwx", to[256];
  if (lstat(path, &about)) return printf("?????????? %11s %s\n", "?", name);
  for (int bit = 0; bit < 9; bit++)
    if (!(about.mode & 0400 >> bit)) rights[bit] = '-';
  printf("%c%s %3u ", kinds[about.mode >> 12], rights, about.nlink);
  if ((about.mode & S_IFMT) == S_IFCHR)
    printf("%3u,%4u %s", (u32)about.rdev >> 8, (u32)about.rdev & 0xff, name);
  else
    printf("%8llu %s", about.size, name);
  int length = (about.mode & S_IFMT) == S_IFLNK ? readlink(path, to, sizeof to - 1) : -1;
  if (length >= 0) to[length] = 0, printf(" -> %s", to);
  printf("\n");
}

/* As many columns as fit, filled from top to bottom. */
static void print_columns(const struct entry *entries, int count, const int *shown) {
  int widest = 0;
  for (int i = 0; i < count; i++) {
    int width = strlen(entries[shown[i]].name) + (entries[shown[i]].type == DT_DIR);
    if (width > widest) widest = width;
  }
  int columns = options & ONE_A_LINE || !is_terminal(1) ? 1 : terminal_size().columns / (widest + GAP);
  if (columns < 1) columns = 1;
  int rows = (count + columns - 1) / columns;
  for (int row = 0; row < rows; row++) {
    for (int i = row; i < count; i += rows) {
      const struct entry *entry = &entries[shown[i]];
      int folder = entry->type == DT_DIR && is_terminal(1);
      printf("%s%s", entry->name, folder ? "/" : "");
      if (i + rows < count) printf("%*s", widest + GAP - (int)strlen(entry->name) - folder, "");
    }
    printf("\n");
  }
}

static int list(const char *path) {
  struct entry *entries;
  int count = list_folder(path, &entries), wanted = 0;
  if (count < 0) return complain_of(path, count);
  int *shown = malloc((count + 1) * sizeof *shown);
  for (int i = 0; i < count; i++)
    if (options & ALL || entries[i].name[0] != '.') shown[wanted++] = i;
  for (int i = 0; options & LONG && i < wanted; i++) {
    char *whole = join_path(path, entries[shown[i]].name);
    print_long(whole, entries[shown[i]].name);
    free(whole);
  }
  if (!(options & LONG)) print_columns(entries, wanted, shown);
  free(shown);
  forget_entries(entries, count);
  return 0;
}

static int show(const char *path, int with_title) {
  struct stat about;
  int error = lstat(path, &about);
  if (error) return complain_of(path, error);
  if ((about.mode & S_IFMT) == S_IFLNK && !(options & LONG)) stat(path, &about);
  if ((about.mode & S_IFMT) == S_IFDIR) {
    if (with_title) printf("%s:\n", path);
    return list(path);
  }
  if (options & LONG) return print_long(path, path), 0;
  return printf("%s\n", path), 0;
}

int main(int argc, char **argv) {
  int worst = 0;
  (void)argc;
  if ((options = take_options(&argv, "al1")) < 0) return 1;
  if (!*argv) return show(".", 0);
  for (int many = argv[1] != 0; *argv; argv++) worst |= show(*argv, many);
  return worst;
}
