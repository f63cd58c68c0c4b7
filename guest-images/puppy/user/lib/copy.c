/* Copying a file, and where things go when the last word is a folder. */
#include "puppy.h"

enum { PIECE_BYTES = 4096 };

int copy_file(const char *from, const char *to) {
  static char piece[PIECE_BYTES];
  struct stat about;
  int in = open(from, O_RDONLY, 0), length, error = 0;
  if (in < 0) return complain_of(from, in);
  stat(from, &about);
  int out = (about.mode & S_IFMT) == S_IFDIR ? -EISDIR : open(to, O_WRONLY | O_CREAT | O_TRUNC, about.mode & 0777);
  if (out < 0) return close(in), complain_of(out == -EISDIR ? from : to, out);
  while (!error && (length = read(in, piece, sizeof piece)) > 0) error = write_all(out, piece, length);
  close(in), close(out);
  if (!error && length < 0) return complain_of(from, length);
  return error ? complain_of(to, error) : 0;
}

int is_same_file(const char *one, const char *other) {
  struct stat a, b;
  return !stat(one, &a) && !stat(other, &b) && a.dev == b.dev && a.ino == b.ino;
}

int each_to_last(char **words, int (*deed)(const char *from, const char *to)) {
  struct stat about;
  int count = 0, worst = 0;
  while (words[count]) count++;
  if (count < 2) return complain("from where, and where to?");
  char *last = words[count - 1];
  int folder = !stat(last, &about) && (about.mode & S_IFMT) == S_IFDIR;
  if (!folder && count > 2) return complain_of(last, ENOTDIR);
  for (int i = 0; i < count - 1; i++) {
    char *to = folder ? join_path(last, last_part(words[i])) : strdup(last);
    worst |= is_same_file(words[i], to) ? complain("%s and %s are the same", words[i], to) : deed(words[i], to);
    free(to);
  }
  return worst;
}
