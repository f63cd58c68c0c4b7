/*
 * Works on files below a folder and looks whether they remember it: holes, growing and cutting, links, names that move,
 * folders that fill and empty.  Says "ok" if all did; what remains is for a checker of file systems to look at.
 *
 *      filework FOLDER
 */
#include "puppy.h"

enum { SYS_LINK = 9, SYS_UNLINK = 10, SYS_CHDIR = 12, SYS_LSEEK = 19, SYS_RENAME = 38, SYS_MKDIR = 39, SYS_RMDIR = 40 };
enum { SYS_SYMLINK = 83, SYS_READLINK = 85, SYS_FTRUNCATE = 93 };
enum { PIECE = 1000, PIECES = 400, HOLE_AT = 3000000, NAMES = 120 };

static char piece[PIECE], back[PIECE];
static int failures;

static void expect(int right, const char *what) {
  if (right) return;
  failures++;
  write(1, "filework: ", 10);
  write(1, what, strlen(what));
  write(1, " went wrong\n", 12);
}

static void fill(char *bytes, int seed) {
  for (int i = 0; i < PIECE; i++) bytes[i] = seed * 31 + i * 7;
}

static int same(const char *one, const char *other, int length) {
  while (length && *one == *other) one++, other++, length--;
  return !length;
}

/* Long enough to need blocks that name blocks. */
static void write_and_read(void) {
  int file = open("long", O_RDWR | O_CREAT, 0644), right = 0;
  for (int i = 0; i < PIECES; i++) {
    fill(piece, i);
    right += write(file, piece, PIECE) == PIECE;
  }
  expect(right == PIECES, "writing");
  system_call(SYS_LSEEK, file, 0, 0);
  for (int i = 0; i < PIECES; i++) {
    fill(piece, i);
    right -= read(file, back, PIECE) == PIECE && same(piece, back, PIECE);
  }
  expect(right == 0, "reading back");
  expect(read(file, back, 1) == 0, "the end of the file");
  expect(system_call(SYS_FTRUNCATE, file, PIECE / 2) == 0, "cutting");
  expect(system_call(SYS_LSEEK, file, HOLE_AT, 0) == HOLE_AT && write(file, "x", 1) == 1, "writing behind a hole");
  system_call(SYS_LSEEK, file, 0, 0);
  expect(read(file, back, PIECE) == PIECE, "reading a hole");
  fill(piece, 0);
  memset(piece + PIECE / 2, 0, PIECE / 2);
  expect(same(piece, back, PIECE), "what a hole reads as");
  close(file);
}

static void name_files(void) {
  char text[64], name[] = "a-name-that-is-not-short-000";
  expect(system_call(SYS_MKDIR, "names", 0755) == 0, "mkdir");
  expect(system_call(SYS_CHDIR, "names") == 0, "chdir");
  for (int i = 0; i < NAMES; i++) {
    for (int at = sizeof name - 2, rest = i; at > (int)sizeof name - 5; at--, rest /= 10) name[at] = '0' + rest % 10;
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
    expect(file >= 0, "creating");
    close(file);
    if (i % 3) expect(system_call(SYS_UNLINK, name) == 0, "unlinking");
  }
  expect(open(name, O_WRONLY | O_CREAT | O_EXCL, 0644) != -EEXIST, "the last name, which was free");
  expect(system_call(SYS_CHDIR, "..") == 0, "chdir ..");
  expect(system_call(SYS_RMDIR, "names") == -ENOTEMPTY, "keeping a folder that is not empty");
  expect(system_call(SYS_RENAME, "long", "names/moved") == 0, "moving");
  expect(system_call(SYS_LINK, "names/moved", "also") == 0, "linking");
  expect(system_call(SYS_SYMLINK, "names/moved", "points") == 0, "a symbolic link");
  expect(system_call(SYS_READLINK, "points", text, sizeof text) == 11, "reading a symbolic link");
  expect(system_call(SYS_UNLINK, "names/moved") == 0, "unlinking one of two names");
}

static void move_folders(void) {
  expect(system_call(SYS_MKDIR, "from", 0755) == 0 && system_call(SYS_MKDIR, "to", 0755) == 0, "two folders");
  expect(system_call(SYS_MKDIR, "from/inner", 0755) == 0, "a folder in a folder");
  expect(system_call(SYS_RENAME, "from/inner", "to/inner") == 0, "moving a folder");
  expect(system_call(SYS_RENAME, "to", "to/inner/itself") < 0, "not moving a folder into itself");
  expect(system_call(SYS_RMDIR, "from") == 0, "rmdir");
  expect(open("to/inner/../../also", O_RDONLY, 0) >= 0, "the way up from a folder that moved");
}

/* A file without a name lives until it is closed. */
static void use_nameless(void) {
  int file = open("nameless", O_RDWR | O_CREAT, 0600);
  expect(system_call(SYS_UNLINK, "nameless") == 0, "unlinking an open file");
  expect(write(file, "still here", 10) == 10, "writing to a file without a name");
  system_call(SYS_LSEEK, file, 0, 0);
  expect(read(file, back, PIECE) == 10 && same(back, "still here", 10), "reading a file without a name");
  close(file);
  expect(open("nameless", O_RDONLY, 0) < 0, "forgetting it");
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 2 || system_call(SYS_CHDIR, argv[1])) {
    write(2, "usage: filework FOLDER\n", 23);
    return 2;
  }
  write_and_read();
  name_files();
  move_folders();
  use_nameless();
  if (!failures) write(1, "filework: ok\n", 13);
  return failures != 0;
}
